// The flow of one cell: its contexts and the switches between them.
import {flowLines} from './flow-lines.ts';
import {textLine, type Line} from './line.ts';
import type {MatrixCell} from '../report/matrix.ts';
import type {Screen, ScreenInput} from './screen.ts';
import {scrollScreen} from './scroll-screen.ts';

/** What stands in place of figures a cell does not have, or null. */
export function withoutFigures({result, status}: MatrixCell, width: number): Line[] | null {
  if (result === null) return [textLine(status === 'running' ? 'This cell is running now.' : 'This cell has not run yet.', width)];
  return result.outcome === 'refused' ? [textLine(`This cell was refused: ${result.reason ?? 'no reason given'}`, width)] : null;
}

export const flowScreen = (input: ScreenInput): Screen =>
  scrollScreen(input, (cell, {width}) => withoutFigures(cell, width) ?? flowLines(cell.result!, width));
