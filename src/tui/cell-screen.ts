// The second screen: one cell explained, scrolled.
import {printable} from '../report/printable.ts';
import {cellLines} from './cell-lines.ts';
import {keyLine, progressLine} from './frame-lines.ts';
import {EMPTY_LINE, span, spread, textLine, type Line} from './line.ts';
import {cellAt} from './matrix-lines.ts';
import {SHORT, stack, type Screen, type ScreenInput} from './screen.ts';

/** Where in the text one is: `lines 1-30 of 52`. */
function position(first: number, height: number, total: number): string {
  return total <= height ? '' : `lines ${first + 1}-${Math.min(total, first + height)} of ${total}`;
}

export function cellScreen(input: ScreenInput): Screen {
  const {snapshot, matrix, place, stopping, columns, rows} = input;
  const cell = cellAt(matrix, place.row, place.column);
  const content = cell === null ? [textLine('The plan has no such cell.', columns)] : cellLines(cell, columns);
  const blank = rows < SHORT ? [] : [EMPTY_LINE];
  const name: Line[] = cell === null ? [] : [textLine(printable(cell.technique), columns, 'title')];
  const where = cell === null ? '' : printable(`${cell.rowKey} on ${cell.host}`);
  let scroll = 0;
  let height = 1;
  const running = snapshot.finished ? [] : [progressLine(snapshot, stopping, columns)];
  const frame = {top: [...name, EMPTY_LINE, ...blank], bottom: [...running, ...blank, keyLine(place, columns)]};
  const lines = stack({rows, columns}, frame, (room) => {
    height = room;
    scroll = Math.max(0, Math.min(place.scroll, content.length - room));
    return content.slice(scroll, scroll + room);
  });
  lines[name.length] = spread([span(where, 'heading')], [span(position(scroll, height, content.length), 'muted')], columns);
  return {
    lines: lines.slice(0, Math.max(1, rows - 1)),
    extent: {rows: matrix.hosts.length, columns: matrix.techniques.length, page: Math.max(1, height - 1), scrollable: Math.max(0, content.length - height)},
  };
}
