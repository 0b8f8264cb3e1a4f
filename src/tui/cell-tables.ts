// The tables of the cell view: switches by edge, cycles by category as bars, dearest events, statistics.
import type {CellResult} from '../lab/result.ts';
import {AUDIT_HEAD, auditRows} from '../report/audit.ts';
import {eventCycles, isExit, perOperation, rankedCategories, rankedEvents, rankedSwitches} from '../report/figures.ts';
import {fourSteps, STEP_MEANINGS, STEPS} from '../report/four-steps.ts';
import {formatCount, formatPerOperation, formatShare} from '../report/format.ts';
import {printable} from '../report/printable.ts';
import {shownReason} from '../report/vendor-spelling.ts';
import {GAP, longest, tableLines, type Column} from './columns.ts';
import {bar} from './frame-lines.ts';
import {clipLine, span, type Line} from './line.ts';
import {stackedBar} from './stacked-bar.ts';

const DEAREST = 10;
const WIDEST_BAR = 40;
const WIDEST_STACK = 100;

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
  return tableLines([
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
  return [clipLine(stackedBar(cell.cycles.byCategory, cell.cycles.region, Math.min(WIDEST_STACK, width)), width), ...rows.map(([category, cycles]): Line => clipLine([
    span(category.padEnd(name) + GAP), span(bar(cycles, cell.cycles.region, room), 'bar'),
    span(GAP + formatShare(cycles, cell.cycles.region).padStart(6) + GAP + formatCount(cycles).padStart(count)),
  ], width))];
}

/** The four steps of every trap, as far as the technique has any. */
export function stepLines(cell: CellResult, width: number): Line[] {
  const steps = fourSteps(cell);
  const whole = STEPS.reduce((sum, step) => sum + steps[step], 0);
  if (whole === 0) return [];
  const rows = STEPS.map(step => [step, STEP_MEANINGS[step], each(cell, steps[step]), formatCount(Math.round(steps[step])), formatShare(steps[step], whole)]);
  return tableLines([
    {title: 'step', align: 'left'}, {title: 'what', align: 'left', yields: true}, {title: 'cycles per op', align: 'right'},
    {title: 'cycles', align: 'right'}, {title: 'share', align: 'right'},
  ], rows, width);
}

export function eventLines(cell: CellResult, width: number): Line[] {
  const events = rankedEvents(cell).slice(0, DEAREST);
  if (events.length === 0) return [];
  const rows = events.map((event) => [
    event.name, each(cell, event.count), formatCount(event.unitCost), event.grade, formatCount(eventCycles(event)),
    formatShare(eventCycles(event), cell.cycles.region),
  ]);
  return tableLines([
    {title: 'event', align: 'left', yields: true}, {title: 'per op', align: 'right'}, {title: 'unit cost', align: 'right'},
    {title: 'grade', align: 'left'}, {title: 'cycles', align: 'right'}, {title: 'share', align: 'right'},
  ], rows, width);
}

export function statisticLines(cell: CellResult, width: number): Line[] {
  const rows = Object.keys(cell.statistics ?? {}).toSorted().map((name) => [printable(name), formatCount(cell.statistics![name])]);
  return rows.length === 0 ? [] : tableLines([{title: 'statistic', align: 'left', yields: true}, {title: 'count', align: 'right'}], rows, width);
}

export function auditLines(cell: CellResult, width: number): Line[] {
  const rows = auditRows(cell).map(row => row.map(text => printable(text)));
  const columns = AUDIT_HEAD.map((title, at): Column => ({title, align: at === 0 || at === 4 ? 'left' : 'right', ...(at === 4 ? {yields: true} : {})}));
  return rows.length === 0 ? [] : tableLines(columns, rows, width);
}
