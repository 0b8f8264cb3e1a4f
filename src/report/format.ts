// How figures are written, the same in every report and view. Exact figures stay exact; rounded ones carry one decimal.

const grouped = (digits: string): string => digits.replace(/\B(?=(?:\d{3})+$)/g, ',');

const withDecimals = (value: number, decimals: number): string => {
  const [whole, fraction] = Math.abs(value).toFixed(decimals).split('.');
  const sign = value < 0 ? '-' : '';
  return `${sign}${grouped(whole)}${fraction === undefined ? '' : `.${fraction}`}`;
};

/** A whole number with thousands separators: `12,700`. */
export const formatCount = (value: number): string => withDecimals(value, 0);

/** Modelled cycles: exact below ten million, then three or more significant digits with M or G: `12.7M`. */
export function formatCycles(value: number): string {
  if (value >= 1e10) return `${withDecimals(value / 1e9, 1)}G`;
  if (value >= 1e7) return `${withDecimals(value / 1e6, 1)}M`;
  return formatCount(value);
}

/** A figure per operation: an exact integer when it is one, else one decimal; `<0.1` rather than a false zero. */
export function formatPerOperation(value: number): string {
  if (Number.isInteger(value)) return formatCount(value);
  if (value > 0 && value < 0.05) return '<0.1';
  return withDecimals(value, 1);
}

/** A ratio of modelled cycles: `1.00x`, `132.5x`, `1,234x`. */
export function formatSlowdown(ratio: number): string {
  if (ratio < 100) return `${withDecimals(ratio, 2)}x`;
  return `${withDecimals(ratio, ratio < 1000 ? 1 : 0)}x`;
}

/** A part of a whole in per cent: `12.3%`; `<0.1%` rather than a false zero; `0%` of nothing. */
export function formatShare(part: number, whole: number): string {
  if (whole === 0 || part === 0) return '0%';
  const percent = (100 * part) / whole;
  if (percent < 0.05) return '<0.1%';
  return percent === 100 ? '100%' : `${withDecimals(percent, 1)}%`;
}

/** Measured milliseconds: `0.124 ms`, `3.21 ms`, `140 ms`. */
export function formatMs(ms: number): string {
  if (ms < 1) return `${withDecimals(ms, 3)} ms`;
  return `${withDecimals(ms, ms < 100 ? 2 : 0)} ms`;
}

/** Wall-clock in whole seconds: `3 s`, `1 min 05 s`. */
export function formatSeconds(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${grouped(String(Math.floor(seconds / 60)))} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/** Wall-clock of something that has ended: `0.4 s`, `12 s`, `3 min 05 s`. */
export const formatDuration = (ms: number): string => (ms < 9950 ? `${withDecimals(ms / 1000, 1)} s` : formatSeconds(ms));

/** A figure per operation with its noun: `1 exit`, `0.5 exits`, `2 switches`. */
export const formatEach = (value: number, singular: string, plural = `${singular}s`): string =>
  `${formatPerOperation(value)} ${value === 1 ? singular : plural}`;

/** `1 cell`, `12 cells`. */
export const formatNumbered = (count: number, singular: string, plural = `${singular}s`): string =>
  `${formatCount(count)} ${count === 1 ? singular : plural}`;
