// One cell in detail, and the words that the cells' tables use with their meanings, as sections of the Markdown report.
import type {CellResult} from '../lab/result.ts';
import {AUDIT_HEAD, AUDIT_TITLE, auditRows} from './audit.ts';
import {estimatedCycles, eventCycles, failure, isExit, perOperation, rankedCategories, rankedEvents, rankedSwitches} from './figures.ts';
import {formatCount, formatEach, formatMs, formatNumbered, formatPerOperation, formatShare, formatSlowdown} from './format.ts';
import {explain, explainDetail} from './glossary.ts';
import {codeBlock, codeSpan, escapeMarkdown, table} from './markdown-text.ts';
import type {MatrixCell} from './matrix.ts';
import {consoleLines, printable} from './printable.ts';
import {shownReason} from './vendor-spelling.ts';

const CONSOLE_TAIL = 20;
const DEAREST_EVENTS = 12;

const slash = (cell: CellResult, count: number): string => {
  const each = perOperation(cell, count);
  return each === null ? '' : formatPerOperation(each);
};

function factLines(cell: CellResult, native: CellResult | null): string[] {
  const {instructions, cycles, feedback} = cell;
  const facts = [
    `exit code ${cell.exitCode ?? 'none'}, guest clock ${cell.clock}`,
    `${formatCount(cycles.region)} modelled cycles in the region`
      + (native !== null && native.cycles.region > 0 ? `, ${formatSlowdown(cycles.region / native.cycles.region)} against native` : '')
      + `; ${formatCount(cycles.total)} in the whole run; ${formatShare(estimatedCycles(cell), cycles.region)} of the region rests on estimates`,
    `${formatCount(instructions.region)} guest instructions in the region, ${formatShare(instructions.direct, instructions.region)} executed directly, `
      + `${formatCount(instructions.emulated)} emulated`,
  ];
  if (cell.perOperation !== null) facts.push(`${formatNumbered(cell.perOperation.operations, 'operation')} of ${formatEach(cell.perOperation.cycles, 'cycle')}, `
    + `${formatEach(cell.perOperation.exits, 'exit')}, ${formatEach(cell.perOperation.switches, 'switch', 'switches')}`);
  if (Object.values(feedback).some((value) => value > 0)) facts.push(`looked at time: ${formatCount(feedback.timerInterrupts)} timer interrupts, `
    + `${formatCount(feedback.rdtsc)} RDTSC, ${formatCount(feedback.idleCycles)} idle cycles, ${formatCount(feedback.deviceWaits)} waits for devices`);
  facts.push(`${cell.equivalence.verdict}${cell.equivalence.clock === null ? '' : ` under the ${cell.equivalence.clock} clock`}`
    + `${cell.claimsEquivalence ? '' : ' (the technique does not claim equivalence)'}: ${cell.equivalence.detail}`);
  if (cell.measured !== null) facts.push(`simulation measured ${cell.measured.samples} times: mean ${formatMs(cell.measured.meanMs)} ± ${cell.measured.rme.toFixed(1)}%, p99 ${formatMs(cell.measured.p99Ms)}`);
  return [...facts, ...(cell.notes ?? [])].map((fact) => `- ${escapeMarkdown(fact)}`);
}

function switchesTable(cell: CellResult): string[] {
  if (cell.switches.length === 0) return ['No mode switches in the region.', ''];
  const total = cell.switches.reduce((sum, edge) => sum + edge.count, 0);
  const rows = rankedSwitches(cell).map((edge) => [
    edge.from, edge.to, edge.kind, codeSpan(shownReason(cell, edge)), codeSpan(edge.detail), isExit(edge) ? 'yes' : '',
    formatCount(edge.count), slash(cell, edge.count), formatShare(edge.count, total),
  ]);
  const head = ['from', 'to', 'kind', 'reason', 'detail', 'exit', 'count', 'per operation', 'share'];
  return [table([head, ...rows], {align: ['l', 'l', 'l', 'l', 'l', 'l', 'r', 'r', 'r']}), ''];
}

function cyclesTable(cell: CellResult): string[] {
  const rows = rankedCategories(cell).map(([category, cycles]) =>
    [category, formatCount(cycles), slash(cell, cycles), formatShare(cycles, cell.cycles.region)]);
  return rows.length === 0 ? [] : [table([['cycles by category', 'cycles', 'per operation', 'share'], ...rows], {align: ['l', 'r', 'r', 'r']}), ''];
}

function eventsTable(cell: CellResult): string[] {
  const rows = rankedEvents(cell).slice(0, DEAREST_EVENTS).map((event) => [
    codeSpan(event.name), event.category, formatCount(event.count), formatCount(event.unitCost), event.grade,
    formatCount(eventCycles(event)), formatShare(eventCycles(event), cell.cycles.region),
  ]);
  const head = ['dearest events', 'category', 'count', 'unit cost', 'grade', 'cycles', 'share'];
  return rows.length === 0 ? [] : [table([head, ...rows], {align: ['l', 'l', 'r', 'r', 'l', 'r', 'r']}), ''];
}

function statisticsLines(cell: CellResult): string[] {
  const names = Object.keys(cell.statistics ?? {}).toSorted();
  if (names.length === 0) return [];
  return [table([['statistic', 'count'], ...names.map((name) => [escapeMarkdown(name), formatCount(cell.statistics![name])])], {align: ['l', 'r']}), ''];
}

function auditTable(cell: CellResult): string[] {
  const rows = auditRows(cell).map(([instruction, ...rest]) => [codeSpan(instruction), ...rest.map(escapeMarkdown)]);
  return rows.length === 0 ? [] : [`${AUDIT_TITLE}:`, '', table([[...AUDIT_HEAD], ...rows], {align: ['l', 'r', 'r', 'r', 'l']}), ''];
}

function consoleSection(cell: CellResult): string[] {
  const lines = consoleLines(cell.console);
  if (lines.length === 0 || cell.screen !== undefined) return [];
  const cut = lines.length > CONSOLE_TAIL ? `Console, last ${CONSOLE_TAIL} of ${formatCount(lines.length)} lines:` : 'Console:';
  return [cut, '', ...codeBlock(lines.slice(-CONSOLE_TAIL)), ''];
}

/** A guest that printed nothing may have drawn on the screen. */
function screenSection({screen = ''}: CellResult): string[] {
  return screen === '' ? [] : ['Screen:', '', ...codeBlock(screen.split('\n').map(printable)), ''];
}

/** `### workload | technique | host` and everything recorded of the cell; a refused or failed one says why first. */
export function cellSection({rowKey, technique, host, result, native}: MatrixCell): string[] {
  if (result === null) return [];
  const title = `### ${[rowKey, technique, host].map(codeSpan).join(' on ')}`;
  const failed = failure(result, native);
  const reason = result.reason === undefined ? '' : `: ${escapeMarkdown(result.reason)}`;
  if (result.outcome === 'refused') return [title, '', `Refused${reason}`, ''];
  return [
    title, '',
    ...(failed === null ? [] : [`**Failed, ${escapeMarkdown(failed)}**${reason}`, '']),
    ...factLines(result, native), '',
    ...switchesTable(result), ...cyclesTable(result), ...eventsTable(result), ...statisticsLines(result), ...auditTable(result), ...consoleSection(result), ...screenSection(result),
  ];
}

/** Every reason, detail, category and cost that occurs in these cells, with its meaning. */
export function wordsSection(cells: readonly CellResult[]): string[] {
  const words = new Set(cells.flatMap((cell) => [
    ...cell.switches.flatMap(({from, to, kind}) => [from, to, kind]),
    ...rankedCategories(cell).map(([category]) => category), ...rankedEvents(cell).map(({name}) => name),
  ]));
  const reasons = new Map(cells.flatMap((cell) => cell.switches.map((edge) => [shownReason(cell, edge), explain(edge.reason)] as const)));
  const details = new Set(cells.flatMap((cell) => cell.switches.map(({detail}) => detail)));
  const rows = [
    ...[...words].filter((word) => !reasons.has(word)).map((word) => [word, explain(word)] as const), ...reasons,
    ...[...details].map((detail) => [detail, explainDetail(detail)] as const),
  ].filter(([word, meaning]) => word !== '' && meaning !== null).toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (rows.length === 0) return [];
  return ['## What the words mean', '', table([['word', 'meaning'], ...rows.map(([word, meaning]) => [codeSpan(word), escapeMarkdown(meaning!)])]), ''];
}
