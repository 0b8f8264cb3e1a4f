// A cell explained, as lines: what it did, its switches, where its cycles went, whether it equals bare metal, what it printed,
// and what the words mean. As long as it needs to be; the view scrolls.
import type {CellResult} from '../lab/result.ts';
import {AUDIT_TITLE} from '../report/audit.ts';
import {estimatedCycles, failure} from '../report/figures.ts';
import {formatCount, formatEach, formatMs, formatNumbered, formatShare, formatSlowdown} from '../report/format.ts';
import {OUTCOME_MEANINGS} from '../report/glossary.ts';
import type {MatrixCell} from '../report/matrix.ts';
import {consoleLines, printable, wrapWords} from '../report/printable.ts';
import {auditLines, categoryLines, eventLines, statisticLines, stepLines, switchLines} from './cell-tables.ts';
import {EMPTY_LINE, span, textLine, type Line, type SpanTone} from './line.ts';
import {wordLines} from './word-lines.ts';

const CONSOLE_TAIL = 12;
const LABEL_WIDTH = 13;

const section = (title: string, lines: readonly Line[]): Line[] =>
  lines.length === 0 ? [] : [EMPTY_LINE, [span(title, 'heading')], ...lines];

function fact(label: string, text: string, width: number, tone: SpanTone = 'plain'): Line[] {
  const room = Math.max(10, width - LABEL_WIDTH);
  return wrapWords(printable(text), room).map((line, at) =>
    [span((at === 0 ? label : '').padEnd(LABEL_WIDTH), 'muted'), span(line, tone)]);
}

function outcomeLines(cell: CellResult, native: CellResult | null, width: number): Line[] {
  const failed = failure(cell, native);
  const code = cell.exitCode === null ? '' : `, exit code ${cell.exitCode}`;
  return [
    ...fact('outcome', `${cell.outcome}${code}: ${OUTCOME_MEANINGS[cell.outcome]}`, width, failed === null ? 'plain' : 'failed'),
    ...(failed?.startsWith('exit ') ? fact('', `bare metal's exit code is ${native!.exitCode}`, width, 'failed') : []),
    ...(cell.reason === undefined ? [] : fact('reason', cell.reason, width)),
  ];
}

function figureLines(cell: CellResult, native: CellResult | null, width: number): Line[] {
  const {cycles, instructions, feedback, perOperation: each} = cell;
  const slowdown = native !== null && native.cycles.region > 0 ? `, ${formatSlowdown(cycles.region / native.cycles.region)} against native` : '';
  const lines = fact('cycles', `${formatCount(cycles.region)} in the region${slowdown}; ${formatShare(estimatedCycles(cell), cycles.region)} rest on estimates`, width);
  if (each !== null) lines.push(...fact('an operation', `${formatEach(each.cycles, 'cycle')}, ${formatEach(each.instructions, 'instruction')}, `
    + `${formatEach(each.exits, 'exit')}, ${formatEach(each.switches, 'switch', 'switches')} (${formatNumbered(each.operations, 'operation')})`, width));
  lines.push(...fact('instructions', `${formatCount(instructions.region)} in the region, ${formatShare(instructions.direct, instructions.region)} executed directly, ${formatCount(instructions.emulated)} emulated`, width));
  if (Object.values(feedback).some((value) => value > 0)) lines.push(...fact('time', `the guest looked at it: ${formatCount(feedback.timerInterrupts)} timer interrupts, ${formatCount(feedback.rdtsc)} RDTSC, ${formatCount(feedback.deviceWaits)} waits for devices`, width));
  if (cell.measured !== null) lines.push(...fact('measured', `${formatMs(cell.measured.meanMs)} ± ${cell.measured.rme.toFixed(1)}% to simulate, ${cell.measured.samples} samples`, width));
  return lines;
}

function verdictLines({equivalence, claimsEquivalence}: CellResult, width: number): Line[] {
  const unequal = equivalence.verdict === 'not-equivalent';
  const claim = claimsEquivalence ? 'claimed' : 'not claimed by this technique';
  return [
    ...fact('verdict', `${equivalence.verdict}${equivalence.clock === null ? '' : `, ${equivalence.clock} clock`}; equivalence is ${claim}`, width, unequal ? (claimsEquivalence ? 'unequal' : 'different') : 'plain'),
    ...equivalence.detail.split('\n').filter((line) => line !== '').flatMap((line, at) => fact(at === 0 ? 'detail' : '', line, width)),
  ];
}

function consoleTail(cell: CellResult, width: number): Line[] {
  const lines = cell.screen === undefined ? consoleLines(cell.console) : [];
  const skipped = lines.length - CONSOLE_TAIL;
  return [
    ...(skipped > 0 ? [textLine(`… ${formatCount(skipped)} lines before`, width, 'muted')] : []),
    ...lines.slice(-CONSOLE_TAIL).map((line) => textLine(line, width)),
  ];
}

/** All lines of the cell at this width. */
export function cellLines({result, status, native}: MatrixCell, width: number): Line[] {
  if (result === null) return [textLine(status === 'running' ? 'This cell is running now.' : 'This cell has not run yet.', width)];
  if (result.outcome === 'refused') return outcomeLines(result, native, width);
  return [
    ...outcomeLines(result, native, width), ...figureLines(result, native, width),
    ...section('Mode switches in the region', result.switches.length === 0 ? [textLine('none', width, 'muted')] : switchLines(result, width)),
    ...section('Where the cycles went', categoryLines(result, width)),
    ...section('The four steps of a trap', stepLines(result, width)),
    ...section('Dearest events', eventLines(result, width)),
    ...section('Against bare metal', verdictLines(result, width)),
    ...section("The strategies' own statistics", statisticLines(result, width)),
    ...section(AUDIT_TITLE, auditLines(result, width)),
    ...section('Notes', (result.notes ?? []).flatMap((note) => fact('', note, width))),
    ...section('Console', consoleTail(result, width)),
    ...section('Screen', (result.screen ?? '').split('\n').filter((_, at, lines) => lines.length > 1 || lines[at] !== '').map(line => textLine(printable(line), width))),
    ...section('What the words mean', wordLines(result, width)),
  ];
}
