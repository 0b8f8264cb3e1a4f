// The matrix as lines: one section for each host, techniques across, the cursor's cell kept in sight in both directions.
import {cellFace, type CellFace, type ValueMode} from '../report/cell-face.ts';
import {shortName, wrapHeadings} from '../report/heading.ts';
import type {Matrix, MatrixCell, MatrixRow} from '../report/matrix.ts';
import {matrixRows} from '../report/matrix.ts';
import {faceText} from '../report/plain.ts';
import {clip} from '../report/printable.ts';
import {chooseWidths, GAP, totalWidth, type TableWidths} from '../report/table.ts';
import {EMPTY_LINE, span, textLine, type Line, type Span} from './line.ts';

export interface MatrixFrame {
  readonly matrix: Matrix;
  readonly mode: ValueMode;
  readonly row: number;
  readonly column: number;
  readonly width: number;
  readonly height: number;
}

interface Layout {
  readonly label: number;
  readonly widths: readonly number[];
  /** Columns on screen: `from` up to and without `to`. */
  readonly from: number;
  readonly to: number;
  readonly markWidth: number;
}

const CURSOR = '▸';
/** Lines below which every one is needed for workloads. */
const LEAST_WITH_SIGN = 5;

/** Widths as in a plain table, the label giving way on a narrow screen. */
function chooseLayout({matrix, mode, width, column}: MatrixFrame): Layout {
  const rows = matrixRows(matrix);
  const faces = rows.map((row) => row.cells.map((cell) => cellFace(cell, mode)));
  const markWidth = Math.max(1, ...faces.flat().map(({mark}) => mark.length));
  const texts = rows.map((row, at) => [row.label, ...faces[at].map((face) => faceText(face, markWidth))]);
  const chosen = chooseWidths({corner: 'workload', columns: matrix.techniques.map(shortName), rows: texts}, width);
  const label = Math.min(chosen.label, Math.max(8, Math.floor(width * 0.4)));
  return {label, widths: chosen.columns, markWidth, ...shownColumns({...chosen, label}, column, width)};
}

/** The leftmost run of columns that fits and holds the cursor's. */
function shownColumns({label, columns}: TableWidths, cursor: number, width: number): {from: number; to: number} {
  const room = width - label - 2;
  const fits = (from: number, to: number): boolean =>
    columns.slice(from, to).reduce((sum, column) => sum + GAP + column, 0) <= room;
  let from = 0;
  while (from < cursor && !fits(from, cursor + 1)) from++;
  let to = Math.min(cursor + 1, columns.length);
  while (to < columns.length && fits(from, to + 1)) to++;
  return {from, to};
}

const blankCorner = (label: number): string => ' '.repeat(label);

/**
 * Technique names, with signs at the edges where more columns wait. `compact` cuts each to one line: the line below the
 * matrix has the whole name of the cursor's.
 */
export function headingLines(frame: MatrixFrame, compact = false): Line[] {
  const {label, widths, from, to} = chooseLayout(frame);
  const names = frame.matrix.techniques.map((name, at) => ({name: shortName(name), width: widths[at]}));
  const all = compact ? names.map(({name, width}) => [clip(name, width)]) : wrapHeadings(names);
  const height = all[0]?.length ?? 1;
  return Array.from({length: height}, (_, at): Line => {
    const last = at === height - 1;
    const cells = all.slice(from, to).map((lines, shown): Span =>
      span(' '.repeat(GAP) + lines[at].padStart(widths[from + shown]), from + shown === frame.column ? 'title' : 'heading'));
    const edges = last ? [from > 0 ? '‹' : ' ', to < widths.length ? ' ›' : ''] : [' ', ''];
    return [span(last ? clip('workload', label).padEnd(label) : blankCorner(label), 'heading'), span(edges[0], 'key'), ...cells, span(edges[1], 'key')];
  });
}

function cellSpans(face: CellFace, width: number, {selected, markWidth}: {selected: boolean; markWidth: number}): Span[] {
  const text = clip(faceText(face, markWidth), width).padStart(width);
  if (!selected) return [span(' '.repeat(GAP) + text, face.tone)];
  return [span(' '.repeat(GAP - 1)), {text: `${CURSOR}${text}`, tone: face.tone, selected: true}];
}

function rowLine(row: MatrixRow, frame: MatrixFrame, layout: Layout, selected: boolean): Line {
  const {label, widths, from, to, markWidth} = layout;
  const cells = row.cells.slice(from, to).flatMap((cell, at) =>
    cellSpans(cellFace(cell, frame.mode), widths[from + at], {selected: selected && from + at === frame.column, markWidth}));
  return [span(clip(row.label, label).padEnd(label + 1), selected ? 'title' : 'plain'), ...cells];
}

interface BodyLine {
  readonly host: string;
  readonly line: Line;
  readonly workload: boolean;
  readonly atCursor: boolean;
}

function allLines(frame: MatrixFrame, layout: Layout): BodyLine[] {
  let row = 0;
  return frame.matrix.hosts.flatMap(({host, rows}, section) => [
    ...(section === 0 ? [] : [{host, line: EMPTY_LINE, workload: false, atCursor: false}]),
    {host, line: hostLine(host, layout, frame.width), workload: false, atCursor: false},
    ...rows.map((cells): BodyLine => {
      const atCursor = row++ === frame.row;
      return {host, line: rowLine(cells, frame, layout, atCursor), workload: true, atCursor};
    }),
  ]);
}

/** Host sections in the height given, scrolled so that the cursor's row is among them and its host's name above it. */
export function bodyLines(frame: MatrixFrame): Line[] {
  const layout = chooseLayout(frame);
  const all = allLines(frame, layout);
  const cursor = all.findIndex(({atCursor}) => atCursor);
  const from = Math.max(0, Math.min(cursor - Math.floor(frame.height / 2), all.length - frame.height));
  const [first, ...rest] = all.slice(from, from + frame.height);
  if (first === undefined) return [];
  const pinned = from > 0 && !first.atCursor && rest[0]?.host === first.host ? hostLine(first.host, layout, frame.width) : first.line;
  return [pinned, ...withSignOfMore(rest, all.slice(from + frame.height)).map(({line}) => line)];
}

/** The last line gives way to the number of workloads below it. */
function withSignOfMore(shown: readonly BodyLine[], below: readonly BodyLine[]): readonly BodyLine[] {
  const last = shown.at(-1);
  if (last === undefined || shown.length < LEAST_WITH_SIGN || below.length === 0 || last.atCursor) return shown;
  const more = [last, ...below].filter(({workload}) => workload).length;
  return [...shown.slice(0, -1), {...last, line: [span(`↓ ${more} more`, 'key')]}];
}

function hostLine(host: string, {label, widths, from, to}: Layout, width: number): Line {
  const table = totalWidth({label: label + 1, columns: widths.slice(from, to)});
  return textLine(`── ${host} ${'─'.repeat(Math.max(0, table - host.length - 4))}`, width, 'heading');
}

/** The cell under the cursor, or null in an empty matrix. */
export const cellAt = (matrix: Matrix, row: number, column: number): MatrixCell | null =>
  matrixRows(matrix)[row]?.cells[column] ?? null;
