// The Markdown report: environment, what the run found, a matrix per host, switches per operation, then every cell in detail
// (markdown-cell.ts). Text that a guest or a plugin made is escaped (markdown-text.ts).
import type {Environment, RunResult} from '../lab/result.ts';
import {cellFace, legend, VALUE_TITLES, type ValueMode} from './cell-face.ts';
import {failure} from './figures.ts';
import {formatDuration, formatNumbered} from './format.ts';
import {COLUMN_MEANINGS} from './glossary.ts';
import {cellSection, wordsSection} from './markdown-cell.ts';
import {codeSpan, escapeMarkdown, table} from './markdown-text.ts';
import {buildMatrix, matrixRows, runEntries, type HostTable, type Matrix, type MatrixCell} from './matrix.ts';
import {summarize} from './summary.ts';

function environmentSection(environment: Environment): string[] {
  const rows: [string, string][] = [
    ['worldswitch', environment.worldswitch], ['Node', environment.node], ['platform', environment.platform],
    ['processor', `${environment.cpuModel} (${environment.cpuCount})`], ['started', environment.startedAt],
    ['finished', environment.finishedAt], ['took', formatDuration(environment.elapsedMs)],
  ];
  return [
    '## Environment', '',
    table([['what', 'value'], ...rows.map(([what, value]) => [what, escapeMarkdown(value)]), ['command', codeSpan(environment.command.join(' '))]]), '',
    'Modelled cycles do not depend on this computer; measured milliseconds do.', '',
  ];
}

function hostTable({host, rows}: HostTable, matrix: Matrix, mode: ValueMode): string[] {
  const head = ['workload', ...matrix.techniques.map(codeSpan)];
  const body = rows.map((row) => [codeSpan(row.label), ...row.cells.map((cell) => {
    const {text, mark} = cellFace(cell, mode);
    return escapeMarkdown(`${text}${mark === '' ? '' : ` ${mark}`}`);
  })]);
  return [`### ${escapeMarkdown(host)}`, '', table([head, ...body], {align: ['l', ...matrix.techniques.map(() => 'r')]}), ''];
}

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function matrixSection(matrix: Matrix, mode: ValueMode): string[] {
  const faces = matrixRows(matrix).flatMap((row) => row.cells.map((cell) => cellFace(cell, mode)));
  const title = VALUE_TITLES[mode];
  const word = mode === 'slowdown' ? 'slowdown' : mode;
  return [
    `## ${capitalized(title)}`, '',
    `${escapeMarkdown(capitalized(COLUMN_MEANINGS[word]))}.`, '',
    ...matrix.hosts.flatMap((host) => hostTable(host, matrix, mode)),
    ...legend(faces).flatMap((line) => [`- ${escapeMarkdown(line)}`]), '',
  ];
}

/** A report of more cells is read by its tables; those that failed or differ are told in any case. */
const MOST_DETAILED = 1000;

function cellSections(matrix: Matrix): string[] {
  const cells = matrixRows(matrix).flatMap((row) => row.cells).filter((cell) => cell?.result != null);
  const doubtful = ({result, native}: MatrixCell): boolean => failure(result!, native) !== null || result!.equivalence.verdict === 'not-equivalent';
  const shown = cells.length <= MOST_DETAILED ? cells : cells.filter((cell, at) => at < MOST_DETAILED || doubtful(cell!));
  const note = shown.length === cells.length ? [] : [`In detail ${formatNumbered(shown.length, 'cell')} of ${formatNumbered(cells.length, 'cell')}: the first and all that failed or differ. The JSON report holds every one.`, ''];
  return ['## Cells', '', ...note, ...shown.flatMap((cell) => cellSection(cell!)), ...wordsSection(shown.map((cell) => cell!.result!))];
}

function simplificationsSection(simplifications: readonly string[]): string[] {
  if (simplifications.length === 0) return [];
  return ['## What the model leaves out', '', ...simplifications.map((line) => `- ${escapeMarkdown(line)}`), ''];
}

/** The whole report; the same run gives the same bytes. */
export function formatMarkdown(run: RunResult): string {
  const matrix = buildMatrix(runEntries(run));
  const counted = run.cells.some((cell) => cell.perOperation !== null);
  const modes: ValueMode[] = counted ? ['slowdown', 'cycles', 'exits', 'switches'] : ['slowdown'];
  return [
    '# worldswitch report', '',
    ...(run.complete ? [] : ['**Interrupted:** only the cells that had ended are in this report.', '']),
    ...summarize(run).map(escapeMarkdown).flatMap((sentence) => [sentence, '']),
    ...modes.flatMap((mode) => matrixSection(matrix, mode)),
    ...cellSections(matrix),
    ...simplificationsSection(run.environment.simplifications),
    ...environmentSection(run.environment),
  ].join('\n').replace(/\n+$/, '\n');
}
