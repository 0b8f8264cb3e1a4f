// Linear and logarithmic axes: where a value stands, and which values are marked.

export interface Scale {
  readonly place: (value: number) => number;
  readonly ticks: readonly number[];
}

/** A logarithmic axis from `low` to `high` over `length`, marked at powers of ten, or at 1, 2 and 5 where those are few. */
export function logScale(low: number, high: number, length: number): Scale {
  const [first, last] = [Math.floor(Math.log10(low) + 1e-9), Math.ceil(Math.log10(high) - 1e-9)];
  const from = first === last ? first - 1 : first;
  const place = (value: number): number => ((Math.log10(Math.max(value, 10 ** from)) - from) / (last - from)) * length;
  const steps = last - from <= 2 ? [1, 2, 5] : [1];
  const ticks = Array.from({length: last - from + 1}, (_, step) => steps.map(factor => factor * 10 ** (from + step))).flat().filter(tick => tick <= 10 ** last * 1.0001);
  return {place, ticks};
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
