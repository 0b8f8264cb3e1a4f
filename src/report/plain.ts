// The plain text report: what a run shows where there is no terminal to draw on, with the same information. Colour only
// where asked for. The lines printed while a run goes on are in plain-progress.ts.
import {styleText} from 'node:util';
import type {CellResult, RunResult} from '../lab/result.ts';
import {AUDIT_TITLE, auditSentence} from './audit.ts';
import {cellFace, legend, VALUE_TITLES, type CellFace, type Tone, type ValueMode} from './cell-face.ts';
import {failure} from './figures.ts';
import {formatDuration, formatNumbered} from './format.ts';
import {shortName} from './heading.ts';
import {buildMatrix, matrixRows, runEntries, type HostTable, type Matrix} from './matrix.ts';
import {flow, printable, wrapWords} from './printable.ts';
import {summarize} from './summary.ts';
import {layTable} from './table.ts';

export interface PlainOptions {
  /** Characters in a line; tables keep to it, names and reasons may be longer. */
  readonly width: number;
  readonly colour: boolean;
}

const STYLES: Readonly<Partial<Record<Tone, Parameters<typeof styleText>[0]>>> = {
  fastest: 'bold', different: 'yellow', unequal: ['bold', 'red'], failed: ['bold', 'red'], muted: 'dim',
};

/** `text` in the style of `tone`, or as it is without colour. */
export function paint(text: string, tone: Tone | 'title', {colour}: Pick<PlainOptions, 'colour'>): string {
  const style = tone === 'title' ? 'bold' : STYLES[tone];
  return colour && style !== undefined ? styleText(style, text, {validateStream: false}) : text;
}

/** Figure and mark in one text of fixed mark width, so that figures stand under each other. */
export const faceText = ({text, mark}: CellFace, markWidth: number): string =>
  mark === '' && text.length > 0 && markWidth > 0 ? `${text}${' '.repeat(markWidth)}` : `${text}${mark.padEnd(markWidth)}`;

function hostTable(table: HostTable, matrix: Matrix, {mode, width}: {mode: ValueMode; width: number}): string[] {
  const faces = table.rows.map((row) => row.cells.map((cell) => cellFace(cell, mode)));
  const markWidth = Math.max(0, ...faces.flat().map(({mark}) => mark.length));
  const rows = table.rows.map((row, at) => [row.label, ...faces[at].map((face) => faceText(face, markWidth))]);
  return layTable({corner: table.host, columns: matrix.techniques.map(shortName), rows}, width);
}

function matrixSection(matrix: Matrix, mode: ValueMode, options: PlainOptions): string[] {
  const faces = matrixRows(matrix).flatMap((row) => row.cells.map((cell) => cellFace(cell, mode)));
  const marks = flow(legend(faces), options.width).map((line) => paint(line, 'muted', options));
  return [
    paint(capitalized(VALUE_TITLES[mode]), 'title', options), '',
    ...matrix.hosts.flatMap((table) => [...hostTable(table, matrix, {mode, width: options.width}), '']),
    ...marks, ...(marks.length === 0 ? [] : ['']),
  ];
}

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Cells that did not end well or were refused, each with its reason; a refusal that holds for all workloads once. */
function reasons(matrix: Matrix, options: PlainOptions): string[] {
  const lines = new Set<string>();
  for (const cell of matrixRows(matrix).flatMap((row) => row.cells)) {
    const said = cell?.result == null ? null : explainedReason(cell.result, cell.native);
    if (said === null) continue;
    const name = said.perCell ? `${cell!.rowKey} | ${cell!.technique} | ${cell!.host}` : `${cell!.technique} on ${cell!.host}`;
    lines.add(printable(`${name}: ${said.text}`));
  }
  return lines.size === 0 ? [] : [paint('Refused, failed or different', 'title', options), '', ...lines, ''];
}

function explainedReason(cell: CellResult, native: CellResult | null): {text: string; perCell: boolean} | null {
  if (cell.outcome === 'refused') return {text: `refused: ${cell.reason ?? 'no reason given'}`, perCell: false};
  const failed = failure(cell, native);
  if (failed !== null) return {text: `${failed}${cell.reason === undefined ? '' : `: ${cell.reason}`}`, perCell: true};
  return cell.equivalence.verdict === 'not-equivalent'
    ? {text: `not equivalent: ${cell.equivalence.detail}`, perCell: true}
    : null;
}

/** What moved guest kernels executed outside their ring, cell by cell. */
function audits(matrix: Matrix, options: PlainOptions): string[] {
  const lines = matrixRows(matrix).flatMap(row => row.cells).flatMap(cell => {
    const said = cell?.result == null ? null : auditSentence(cell.result);
    return said === null ? [] : [printable(`${cell!.rowKey} | ${cell!.technique} | ${cell!.host}: ${said}`)];
  });
  return lines.length === 0 ? [] : [paint(AUDIT_TITLE, 'title', options), '', ...lines, ''];
}

/** Everything after the last cell: tables, what was refused or failed and why, the summary. Ends with a newline. */
export function plainReport(run: RunResult, options: PlainOptions): string {
  const matrix = buildMatrix(runEntries(run));
  const counted = run.cells.some((cell) => cell.perOperation !== null);
  return [
    ...matrixSection(matrix, 'slowdown', options),
    ...(counted ? [...matrixSection(matrix, 'exits', options), ...matrixSection(matrix, 'switches', options)] : []),
    ...reasons(matrix, options),
    ...audits(matrix, options),
    paint('Summary', 'title', options), '',
    ...summarize(run).flatMap((sentence) => wrapWords(printable(sentence), options.width)), '',
    `${formatNumbered(run.cells.length, 'cell')} in ${formatDuration(run.environment.elapsedMs)}.`, '',
  ].join('\n');
}

/** What stays on the terminal when the live view has closed: the summary and where the reports are. */
export function closingText(run: RunResult, reports: readonly string[], options: PlainOptions): string {
  const sentences = summarize(run).flatMap((sentence) => wrapWords(printable(sentence), options.width));
  return `${[...sentences, ...reportLine(reports)].join('\n')}\n`;
}

/** `Reports: a, b`, or nothing when none were written. */
export const reportLine = (reports: readonly string[]): string[] =>
  reports.length === 0 ? [] : [`Reports: ${reports.map(printable).join(', ')}`];
