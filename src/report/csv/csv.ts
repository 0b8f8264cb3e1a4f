// The report as tidy CSV (RFC 4180): one fact a row, with the cell it belongs to in the first columns, so that any tool can
// filter and pivot it without knowing the document.
import type {CellResult, RunResult} from '../../lab/result.ts';
import {formatParams} from '../figures.ts';
import {printable} from '../printable.ts';

export const CSV_COLUMNS = [
  'workload', 'params', 'technique', 'cpu', 'memory', 'io', 'architecture', 'host', 'clock',
  'fact', 'name', 'from', 'to', 'kind', 'reason', 'detail', 'category', 'grade', 'value', 'unit', 'exact',
] as const;

type Value = string | number | boolean | null;

interface Fact {
  readonly fact: string;
  readonly name?: string;
  /** Columns `from` to `grade`, already joined, where the fact has any. */
  readonly middle?: string;
  readonly value: Value;
  readonly unit?: string;
  /** False for what this computer measured. */
  readonly exact?: boolean;
}

const NO_MIDDLE = ','.repeat(6);
const FORMULA = /^[=+\-@]/;

/** Quoted where it must be; text a spreadsheet would take for a formula gets an apostrophe in front. */
export function csvText(text: string): string {
  const safe = printable(text);
  const plain = FORMULA.test(safe) ? `'${safe}` : safe;
  return /[",]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

const valueText = (value: Value): string => (typeof value === 'string' ? csvText(value) : value === null ? '' : String(value));

const line = (cell: string, {fact, name = '', middle = NO_MIDDLE, value, unit = '', exact = true}: Fact): string =>
  `${cell},${fact},${csvText(name)},${middle},${valueText(value)},${unit},${exact ? 'true' : 'false'}\n`;

const named = (fact: string, unit: string, values: Readonly<Record<string, Value | undefined>>, exact = true): Fact[] =>
  Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [{fact, name, value, unit, exact}]));

function outcomeFacts({outcome, reason, exitCode, console, claimsEquivalence, equivalence, notes = []}: CellResult): Fact[] {
  return [
    {fact: 'outcome', value: outcome}, ...(reason === undefined ? [] : [{fact: 'reason', value: reason}]), {fact: 'exit code', value: exitCode},
    {fact: 'equivalence', name: 'verdict', value: equivalence.verdict}, {fact: 'equivalence', name: 'claimed', value: claimsEquivalence},
    {fact: 'equivalence', name: 'clock', value: equivalence.clock}, {fact: 'equivalence', name: 'detail', value: equivalence.detail},
    {fact: 'console', value: console}, ...notes.map(note => ({fact: 'note', value: note})),
  ];
}

const switchFacts = ({switches}: CellResult): Fact[] => switches.map(({from, to, kind, reason, detail, count}) =>
  ({fact: 'switch', middle: `${from},${to},${kind},${csvText(reason)},${csvText(detail)},,`, value: count, unit: 'count'}));

const eventFacts = ({events}: CellResult): Fact[] => events.flatMap(({name, category, grade, count, unitCost}) => {
  const middle = `,,,,,${category},${grade}`;
  return [{fact: 'event', name, middle, value: count, unit: 'count'}, {fact: 'unit cost', name, middle, value: unitCost, unit: 'cycles'}];
});

function measuredFacts({measured}: CellResult): Fact[] {
  if (measured === null) return [];
  const {samples, meanMs, p99Ms, rme, samplesMs = []} = measured;
  return [
    ...named('measured', 'ms', {mean: meanMs, p99: p99Ms}, false), ...named('measured', '%', {rme}, false),
    ...named('measured', 'count', {samples}, false),
    ...samplesMs.map((value, at) => ({fact: 'sample', name: String(at + 1), value, unit: 'ms', exact: false})),
  ];
}

const auditFacts = ({audit = []}: CellResult): Fact[] =>
  audit.flatMap(({instruction, executed, trapped, differing}) => named(`audit ${instruction}`, 'count', {executed, trapped, differing}));

function facts(cell: CellResult): Fact[] {
  const {instructions, cycles, feedback, perOperation, statistics = {}} = cell;
  return [
    ...outcomeFacts(cell), ...named('instructions', 'count', instructions),
    ...named('cycles', 'cycles', {region: cycles.region, total: cycles.total}),
    ...Object.entries(cycles.byCategory).map(([category, value]) =>
      ({fact: 'cycles', name: 'category', middle: `,,,,,${category},`, value, unit: 'cycles'})),
    ...(perOperation === null ? [] : named('per operation', 'count', {...perOperation})), ...named('feedback', 'count', feedback),
    ...switchFacts(cell), ...eventFacts(cell), ...named('statistic', 'count', statistics), ...auditFacts(cell), ...measuredFacts(cell),
  ];
}

function cellColumns({workload, params, technique, host, clock}: CellResult): string {
  const {name, cpu, memory, io, architecture} = technique;
  return [workload, formatParams(params), name, cpu, memory ?? '', io ?? '', architecture ?? '', host, clock].map(csvText).join(',');
}

/** Ends with a newline; the same run gives the same bytes. */
export const formatCsv = ({cells}: RunResult): string => `${CSV_COLUMNS.join(',')}\n${cells.map(cell => {
  const columns = cellColumns(cell);
  return facts(cell).map(fact => line(columns, fact)).join('');
}).join('')}`;
