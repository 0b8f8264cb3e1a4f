// The tables of the cell view: switches by edge, cycles by category as bars, dearest events, statistics.
import type {CellResult} from '../lab/result.ts';
import {AUDIT_HEAD, auditRows} from '../report/audit.ts';
import {eventCycles, isExit, perOperation, rankedCategories, rankedEvents, rankedSwitches} from '../report/figures.ts';
import {formatCount, formatPerOperation, formatShare} from '../report/format.ts';
import {clip, printable} from '../report/printable.ts';
import {shownReason} from '../report/vendor-spelling.ts';
import {bar} from './frame-lines.ts';
import {clipLine, span, type Line} from './line.ts';

const DEAREST = 10;
const GAP = '  ';
const WIDEST_BAR = 40;

interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** May be cut down to ten characters when the screen is narrow. */
  readonly yields?: boolean;
}

const longest = (texts: readonly string[]): number => Math.max(0, ...texts.map((text) => text.length));

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

function table(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): Line[] {
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

const each = (cell: CellResult, count: number): string => {
  const figure = perOperation(cell, count);
  return figure === null ? '' : formatPerOperation(figure);
};

export function switchLines(cell: CellResult, width: number): Line[] {
  const total = cell.switches.reduce((sum, edge) => sum + edge.count, 0);
  const rows = rankedSwitches(cell).map((edge) => [
    `${edge.from} → ${edge.to}`, edge.kind, printable(shownReason(cell, edge)), printable(edge.detail), isExit(edge) ? 'exit' : '',
    formatCount(edge.count), each(cell, edge.count), formatShare(edge.count, total),
  ]);
  return table([
    {title: 'from → to', align: 'left', yields: true}, {title: 'kind', align: 'left'}, {title: 'reason', align: 'left', yields: true},
    {title: 'detail', align: 'left', yields: true}, {title: '', align: 'left'}, {title: 'count', align: 'right'},
    {title: 'per op', align: 'right'}, {title: 'share', align: 'right'},
  ], rows, width);
}

export function categoryLines(cell: CellResult, width: number): Line[] {
  const rows = rankedCategories(cell);
  const name = longest(rows.map(([category]) => category));
  const count = longest(rows.map(([, cycles]) => formatCount(cycles)));
  const room = Math.max(0, Math.min(WIDEST_BAR, width - name - count - 6 - 3 * GAP.length));
  return rows.map(([category, cycles]) => clipLine([
    span(category.padEnd(name) + GAP), span(bar(cycles, cell.cycles.region, room), 'bar'),
    span(GAP + formatShare(cycles, cell.cycles.region).padStart(6) + GAP + formatCount(cycles).padStart(count)),
  ], width));
}

export function eventLines(cell: CellResult, width: number): Line[] {
  const events = rankedEvents(cell).slice(0, DEAREST);
  if (events.length === 0) return [];
  const rows = events.map((event) => [
    event.name, each(cell, event.count), formatCount(event.unitCost), event.grade, formatCount(eventCycles(event)),
    formatShare(eventCycles(event), cell.cycles.region),
  ]);
  return table([
    {title: 'event', align: 'left', yields: true}, {title: 'per op', align: 'right'}, {title: 'unit cost', align: 'right'},
    {title: 'grade', align: 'left'}, {title: 'cycles', align: 'right'}, {title: 'share', align: 'right'},
  ], rows, width);
}

export function statisticLines(cell: CellResult, width: number): Line[] {
  const rows = Object.keys(cell.statistics ?? {}).toSorted().map((name) => [printable(name), formatCount(cell.statistics![name])]);
  return rows.length === 0 ? [] : table([{title: 'statistic', align: 'left', yields: true}, {title: 'count', align: 'right'}], rows, width);
}

export function auditLines(cell: CellResult, width: number): Line[] {
  const rows = auditRows(cell).map(row => row.map(text => printable(text)));
  const columns = AUDIT_HEAD.map((title, at): Column => ({title, align: at === 0 || at === 4 ? 'left' : 'right', ...(at === 4 ? {yields: true} : {})}));
  return rows.length === 0 ? [] : table(columns, rows, width);
}
