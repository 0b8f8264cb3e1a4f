// What the cell under the cursor is, in full, in one line or two: names that the table shortens and figures it does not show.
import {failure} from '../report/figures.ts';
import {formatCycles, formatEach, formatSlowdown} from '../report/format.ts';
import type {MatrixCell} from '../report/matrix.ts';
import {printable} from '../report/printable.ts';
import {textLine, type Line} from './line.ts';

function figures({result, status, native, technique}: MatrixCell): string {
  if (result === null) return status === 'running' ? 'running now' : 'waiting';
  if (result.outcome === 'refused') return `refused: ${result.reason ?? 'no reason given'}`;
  const failed = failure(result, native);
  if (failed !== null) return `failed, ${failed}${result.reason === undefined ? '' : `: ${result.reason}`}`;
  const each = result.perOperation;
  const parts = each === null
    ? [`${formatCycles(result.cycles.region)} cycles`]
    : [formatEach(each.cycles, 'cycle'), formatEach(each.exits, 'exit'), `${formatEach(each.switches, 'switch', 'switches')} an operation`];
  if (native !== null && native.cycles.region > 0) parts.push(formatSlowdown(result.cycles.region / native.cycles.region));
  if (technique !== 'native') parts.push(result.equivalence.verdict);
  return parts.join(', ');
}

export function selectionLines(cell: MatrixCell | null, width: number): Line[] {
  if (cell === null) return [textLine('no cell here', width, 'muted')];
  return [
    textLine(printable(`${cell.rowKey} | ${cell.technique} | ${cell.host}`), width, 'title'),
    textLine(printable(figures(cell)), width),
  ];
}
