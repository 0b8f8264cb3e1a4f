// Cycles by category in one bar: a letter for each part, so that it reads without colours as well, and the letters' meaning.
import {CATEGORIES, type Category} from '../ledger/context.ts';
import {span, type Line, type Span} from './line.ts';

/** No two alike. */
const LETTERS: Readonly<Record<Category, string>> = {
  guest: 'G', 'ring-crossing': 'R', 'world-switch': 'W', vmm: 'V', mmu: 'M', 'page-walk': 'P', translation: 'T', 'device-model': 'D',
  'back-end': 'B', idle: 'i',
};

export type Parts = Readonly<Partial<Record<Category, number>>>;

const present = (parts: Parts): Category[] => CATEGORIES.filter(name => (parts[name] ?? 0) > 0);

/** Columns of each part by largest remainder: together exactly `width` where there is anything. */
function columnsOf(parts: Parts, whole: number, width: number): Map<Category, number> {
  const names = present(parts);
  const exact = names.map(name => (width * parts[name]!) / whole);
  const columns = exact.map(Math.floor);
  const missing = Math.round(exact.reduce((sum, each) => sum + each, 0)) - columns.reduce((sum, each) => sum + each, 0);
  const byRemainder = names.map((_, at) => at).toSorted((a, b) => exact[b] - columns[b] - (exact[a] - columns[a]));
  for (const at of byRemainder.slice(0, missing)) columns[at]++;
  return new Map(names.map((name, at) => [name, columns[at]]));
}

/** `whole` cycles fill `width` columns; parts that add up to less leave the rest empty. */
export const stackedBar = (parts: Parts, whole: number, width: number): Span[] =>
  whole === 0 ? [] : [...columnsOf(parts, whole, width)].map(([name, columns]): Span => span(LETTERS[name].repeat(columns), `in-${name}`));

/** `G guest  V vmm`, of the categories that occur. */
export const barLegend = (...all: readonly Parts[]): Line =>
  CATEGORIES.filter(name => all.some(parts => (parts[name] ?? 0) > 0)).flatMap((name, at) =>
    [span(at === 0 ? '' : '  '), span(LETTERS[name], `in-${name}`), span(` ${name}`, 'muted')]);
