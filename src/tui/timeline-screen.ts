// The timeline of one cell.
import type {MatrixCell} from '../report/matrix.ts';
import {printable, wrapWords} from '../report/printable.ts';
import {withoutFigures} from './flow-screen.ts';
import {textLine, type Line} from './line.ts';
import type {Screen, ScreenInput} from './screen.ts';
import {scrollScreen} from './scroll-screen.ts';
import {timelineLines} from './timeline-lines.ts';

function lines(cell: MatrixCell, width: number, {timeline}: ScreenInput): readonly Line[] {
  const without = withoutFigures(cell, width);
  if (without !== null) return without;
  if (timeline === null) return [textLine('The cell runs again, observed ...', width, 'muted')];
  return typeof timeline === 'string'
    ? wrapWords(printable(timeline), width).map(line => textLine(line, width, 'failed'))
    : timelineLines(cell.result!, timeline, width);
}

export const timelineScreen = (input: ScreenInput): Screen => scrollScreen(input, (cell, {width}) => lines(cell, width, input));
