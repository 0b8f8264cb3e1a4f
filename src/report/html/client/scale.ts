// Linear and logarithmic axes: where a value stands, and which values are marked.

export interface Scale {
  readonly place: (value: number) => number;
  readonly ticks: readonly number[];
}

/** A logarithmic axis from `low` to `high` over `length`, marked at powers of ten, or at 1, 2 and 5 where those are few. */
export function logScale(low: number, high: number, length: number): Scale {
  const [from, to] = low < high ? [Math.log10(low), Math.log10(high)] : [Math.log10(low) - 0.5, Math.log10(low) + 0.5];
  const steps = to - from <= 2 ? [1, 2, 5] : [1];
  const powers = Array.from({length: Math.ceil(to) - Math.floor(from) + 1}, (_, step) => Math.floor(from) + step);
  const isWithin = (tick: number): boolean => Math.log10(tick) >= from - 1e-9 && Math.log10(tick) <= to + 1e-9;
  const ticks = powers.flatMap(power => steps.map(factor => factor * 10 ** power)).filter(isWithin);
  return {place: value => ((Math.log10(Math.max(value, low / 10)) - from) / (to - from)) * length, ticks};
}

/** A linear axis from 0, marked at round values. */
export function linearScale(high: number, length: number): Scale {
  const top = high > 0 ? high : 1;
  const raw = 10 ** Math.floor(Math.log10(top));
  const step = [0.2, 0.5, 1, 2].map(factor => factor * raw).find(each => top / each <= 6) ?? raw * 2;
  return {place: value => (value / top) * length, ticks: Array.from({length: Math.floor(top / step + 1e-9) + 1}, (_, at) => at * step)};
}

/** `10`, `0.1`, `2k`, `1M`. */
export function tickText(value: number): string {
  if (value >= 1e9) return `${Number((value / 1e9).toPrecision(3))}G`;
  if (value >= 1e6) return `${Number((value / 1e6).toPrecision(3))}M`;
  return value >= 1e4 ? `${Number((value / 1e3).toPrecision(3))}k` : String(Number(value.toPrecision(3)));
}
