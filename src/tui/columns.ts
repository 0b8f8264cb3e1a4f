// A table inside a screen: columns as wide as their content, those that may yield cut until the line fits.
import {clip} from '../report/printable.ts';
import {clipLine, span, type Line} from './line.ts';

export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** May be cut down to ten characters when the screen is narrow. */
  readonly yields?: boolean;
}

export const GAP = '  ';

export const longest = (texts: readonly string[]): number => Math.max(0, ...texts.map((text) => text.length));

/** Widths as the content asks, the yielding columns cut, widest first, until the line fits. */
function fit(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): number[] {
  const widths = columns.map(({title}, at) => longest([title, ...rows.map((row) => row[at])]));
  const total = (): number => widths.reduce((sum, each) => sum + each, GAP.length * (widths.length - 1));
  for (;;) {
    const yielding = columns.flatMap(({yields}, at) => (yields === true && widths[at] > 10 ? [at] : []));
    if (total() <= width || yielding.length === 0) return widths;
    const widest = yielding.reduce((best, at) => (widths[at] > widths[best] ? at : best));
    widths[widest]--;
  }
}

export function tableLines(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): Line[] {
  const widths = fit(columns, rows, width);
  const line = (texts: readonly string[]): string => texts.map((text, at) => {
    const cut = clip(text, widths[at]);
    return columns[at].align === 'left' ? cut.padEnd(widths[at]) : cut.padStart(widths[at]);
  }).join(GAP).trimEnd();
  return [
    clipLine([span(line(columns.map(({title}) => title)), 'muted')], width),
    ...rows.map((row) => clipLine([span(line(row))], width)),
  ];
}
