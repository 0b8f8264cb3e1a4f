// A screen about the cell under the cursor: its name, where one is in the text, and lines that scroll.
import type {MatrixCell} from '../report/matrix.ts';
import {printable} from '../report/printable.ts';
import {keyLine, progressLine} from './frame-lines.ts';
import {EMPTY_LINE, span, spread, textLine, type Line} from './line.ts';
import {cellAt} from './matrix-lines.ts';
import {messageLines, SHORT, stack, type Screen, type ScreenInput} from './screen.ts';

/** The text about a cell for a screen `width` wide and `height` high. */
export type CellText = (cell: MatrixCell, size: {readonly width: number; readonly height: number}, input: ScreenInput) => readonly Line[];

/** Where in the text one is: `lines 1-30 of 52`. */
function position(first: number, height: number, total: number): string {
  return total <= height ? '' : `lines ${first + 1}-${Math.min(total, first + height)} of ${total}`;
}

export function scrollScreen(input: ScreenInput, text: CellText): Screen {
  const {snapshot, matrix, place, stopping, columns, rows} = input;
  const cell = cellAt(matrix, place.row, place.column);
  const blank = rows < SHORT ? [] : [EMPTY_LINE];
  const name: Line[] = cell === null ? [] : [textLine(printable(cell.technique), columns, 'title')];
  const where = cell === null ? '' : printable(`${cell.rowKey} on ${cell.host}`);
  const running = snapshot.finished ? [] : [progressLine(snapshot, stopping, columns)];
  const frame = {top: [...name, EMPTY_LINE, ...blank], bottom: [...messageLines(input), ...running, ...blank, keyLine(place, columns)]};
  let shown = {scroll: 0, height: 1, total: 0};
  const lines = stack({rows, columns}, frame, (height) => {
    const content = cell === null ? [textLine('There is no such cell.', columns)] : text(cell, {width: columns, height}, input);
    const scroll = Math.max(0, Math.min(place.scroll, content.length - height));
    shown = {scroll, height, total: content.length};
    return content.slice(scroll, scroll + height);
  });
  lines[name.length] = spread([span(where, 'heading')], [span(position(shown.scroll, shown.height, shown.total), 'muted')], columns);
  return {
    lines: lines.slice(0, Math.max(1, rows - 1)),
    extent: {
      rows: matrix.hosts.length, techniques: matrix.techniques, costs: [],
      page: Math.max(1, shown.height - 1), scrollable: Math.max(0, shown.total - shown.height),
    },
  };
}
