// What other prices change, as plain text: a sentence, winners that change, cells by the size of their change.
import type {RunResult} from '../../lab/result.ts';
import {formatNumbered, formatPerOperation, formatSlowdown} from '../format.ts';
import {clip, printable, wrapWords} from '../printable.ts';
import {cellChanges, places, winnerChanges, type CellChange, type WinnerChange} from './recosted.ts';

const MOST = 30;

const list = (names: readonly string[]): string => names.join(' and ') || 'no one alone';
export const winnerLine = ({row, host, before, after}: WinnerChange): string => `${row} on ${host}: ${list(after)} instead of ${list(before)}`;

function changeRow({row, technique, host, before, after, slowdowns, estimate}: CellChange): string[] {
  const figure = (cell: CellChange['before']): string => formatPerOperation(cell.perOperation?.cycles ?? cell.cycles.region);
  return [printable(`${row} | ${technique} | ${host}`), figure(before), `${estimate ? '~' : ''}${figure(after)}`,
    ...(slowdowns === null ? ['', ''] : [formatSlowdown(slowdowns[0]), `${estimate ? '~' : ''}${formatSlowdown(slowdowns[1])}`])];
}

/** Ends with a newline. */
export function recostText(before: RunResult, after: RunResult, width: number): string {
  const changes = cellChanges(before, after);
  const flips = winnerChanges(places(before), places(after));
  const ran = before.cells.filter(({outcome}) => outcome !== 'refused').length;
  const sentence = changes.length === 0 ? 'Nothing changes: no cell pays another price than before.'
    : `${changes.length} of ${formatNumbered(ran, 'cell')} change; ${flips.length === 0 ? 'the fastest techniques stay the same everywhere' : `another technique is fastest on ${formatNumbered(flips.length, 'workload')}`}.`;
  const rows = changes.slice(0, MOST).map(changeRow);
  return `${[
    ...wrapWords(sentence, width), '', ...flips.flatMap(flip => wrapWords(printable(`  ${winnerLine(flip)}`), width)), ...(flips.length > 0 ? [''] : []),
    ...tables(rows, width), ...(changes.length > MOST ? [`and ${changes.length - MOST} more`, ''] : []),
    ...(changes.some(({estimate}) => estimate) ? wrapWords('~ an estimate: the guest looked at time, so at other prices it might have gone another way.', width) : []),
  ].join('\n').trimEnd()}\n`;
}

/** Names as whole as the line allows. */
function tables(rows: readonly (readonly string[])[], width: number): string[] {
  if (rows.length === 0) return [];
  const head = ['cell', 'cycles', 'recosted', 'slowdown', 'recosted'];
  const widths = head.map((name, at) => Math.max(name.length, ...rows.map(row => row[at].length)));
  widths[0] = Math.min(widths[0], width - widths.slice(1).reduce((sum, each) => sum + each + 2, 0));
  const line = (row: readonly string[]): string =>
    row.map((text, at) => (at === 0 ? clip(text, widths[0]).padEnd(widths[0]) : text.padStart(widths[at]))).join('  ').trimEnd();
  return [line(head), ...rows.map(line), ''];
}
