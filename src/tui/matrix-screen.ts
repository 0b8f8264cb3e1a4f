// The first screen: progress, the matrix filling in, the cell under the cursor in words, and at the end what the run found.
import {cellFace, legend, VALUE_TITLES} from '../report/cell-face.ts';
import {formatNumbered} from '../report/format.ts';
import {shortName} from '../report/heading.ts';
import {matrixRows, type Matrix} from '../report/matrix.ts';
import {flow, printable, wrapWords} from '../report/printable.ts';
import {keyLine, progressLine, titleLine} from './frame-lines.ts';
import {EMPTY_LINE, textLine, type Line} from './line.ts';
import {bodyLines, cellAt, headingLines, type MatrixFrame} from './matrix-lines.ts';
import {messageLines, SHORT, stack, type Ending, type Screen, type ScreenInput} from './screen.ts';
import {selectionLines} from './selection-line.ts';

const rowCount = (matrix: Matrix): number => matrixRows(matrix).length;

/** How the person arranged the matrix; nothing when as planned. */
function arrangementLines({place: {filter, sort, reverse, editing}, columns}: ScreenInput): Line[] {
  const parts = [
    ...(filter === '' || editing ? [] : [`only "${filter}" (Backspace shows all)`]),
    ...(sort === null ? [] : [`sorted by ${shortName(sort)}`]), ...(reverse ? [sort === null ? 'in reverse' : 'smallest first'] : []),
  ];
  return parts.length === 0 ? [] : [textLine(printable(parts.join(', ')), columns, 'key')];
}

function axes(matrix: Matrix): string {
  const rows = matrix.hosts[0]?.rows.length ?? 0;
  return [formatNumbered(rows, 'workload'), formatNumbered(matrix.techniques.length, 'technique'), formatNumbered(matrix.hosts.length, 'host')].join(' × ');
}

/** The summary cut to `most` lines, then the reports or why there are none. */
export function endingLines({summary, reports, problem}: Ending, width: number, most: number): Line[] {
  const sentences = summary.flatMap((sentence) => wrapWords(printable(sentence), width));
  const shown = sentences.slice(0, most).map((line, at) =>
    textLine(at === most - 1 && sentences.length > most ? `${line.slice(0, width - 2)} …` : line, width, at === 0 ? 'title' : 'plain'));
  const where = reports.length === 0 ? [] : [textLine(`Reports: ${reports.map(printable).join(', ')}`, width, 'heading')];
  return [...shown, ...where, ...(problem === null ? [] : wrapWords(printable(problem), width).slice(0, Math.max(1, most)).map((line) => textLine(line, width, 'failed')))];
}

function legendLines({matrix, place}: ScreenInput, width: number): Line[] {
  const faces = matrixRows(matrix).flatMap((row) => row.cells.map((cell) => cellFace(cell, place.mode)));
  return flow(legend(faces), width).map((line) => textLine(line, width, 'muted'));
}

/** What explains the matrix, from everything down to what nobody can do without. */
function bottomChoices(input: ScreenInput): Line[][] {
  const {matrix, place, ending, columns, rows} = input;
  const selection = selectionLines(cellAt(matrix, place.row, place.column), columns);
  const legend = legendLines(input, columns);
  const ended = (most: number): Line[] => endingLines(ending, columns, most);
  const keys = [...messageLines(input), keyLine(place, columns)];
  const apart = (lines: readonly Line[]): Line[] => (lines.length === 0 ? [] : [EMPTY_LINE, ...lines]);
  const most = Math.max(2, Math.floor(rows / 6));
  return [
    [EMPTY_LINE, ...selection, ...legend, ...apart(ended(most)), EMPTY_LINE, ...keys],
    [EMPTY_LINE, ...selection, ...apart(ended(most)), EMPTY_LINE, ...keys],
    [EMPTY_LINE, ...selection, ...ended(2), ...keys],
    [...selection, ...ended(1).slice(0, 2), ...keys],
    [selection[0], ...keys],
  ];
}

/** Rows of the matrix that must stay in sight before what explains it is shortened. */
const enough = (total: number): number => Math.min(total, 5);

export function matrixScreen(input: ScreenInput): Screen {
  const {snapshot, matrix, whole, stopping, columns, rows} = input;
  const total = rowCount(matrix);
  const place = {...input.place, row: Math.min(input.place.row, Math.max(0, total - 1))};
  const frame = (height: number): MatrixFrame => ({matrix, mode: place.mode, row: place.row, column: place.column, width: columns, height});
  const short = rows < SHORT;
  const title = [titleLine(axes(whole), VALUE_TITLES[place.mode], columns), progressLine(snapshot, stopping, columns), ...arrangementLines(input)];
  const top = [...title, ...(short ? [] : [EMPTY_LINE]), ...headingLines(frame(0), short)];
  const choices = bottomChoices({...input, place});
  const bottom = choices.find((lines) => rows - 1 - top.length - lines.length >= enough(total) + 1) ?? choices.at(-1)!;
  const page = Math.max(1, rows - 1 - top.length - bottom.length - matrix.hosts.length);
  const lines = stack(input, {top, bottom}, (height) => bodyLines(frame(height)));
  return {lines, extent: {rows: total, techniques: matrix.techniques, costs: [], page, scrollable: 0}};
}
