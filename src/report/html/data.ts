// What the page holds of a run: every name once, cells as numbers that point to them, so that ten thousand cells stay a file
// that a browser opens at once.
import type {CellResult, RunResult} from '../../lab/result.ts';
import {CATEGORIES} from '../../ledger/context.ts';
import {estimatedCycles, failure, formatParams, isComparable, isExit} from '../figures.ts';
import {CATEGORY_MEANINGS, explain, explainSwitch} from '../glossary.ts';
import {shortName} from '../heading.ts';
import {buildMatrix, matrixRows, runEntries, type MatrixCell} from '../matrix.ts';
import {consoleLines, printable} from '../printable.ts';
import {isEstimate} from '../recost.ts';
import {shownReason} from '../vendor-spelling.ts';

export interface PageEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: string;
  readonly reason: string;
  readonly detail: string;
  readonly exit: boolean;
  readonly meaning: string;
}

export interface PageEvent {
  readonly name: string;
  readonly category: string;
  readonly grade: string;
  readonly meaning: string;
}

export interface PageRow {
  readonly label: string;
  readonly workload: string;
  readonly params: Readonly<Record<string, string | number>>;
}

/** Short names, because there are ten thousand of these. */
export interface PageCell {
  /** Numbers of row, technique and host. */
  readonly row: number;
  readonly tech: number;
  readonly host: number;
  /** `completed`, `refused`, or why it failed. */
  readonly state: string;
  /** Against native; null where there is none to compare with. */
  readonly slow: number | null;
  /** Operations, or 0: then figures are of the region. */
  readonly ops: number;
  readonly cycles: number;
  readonly exits: number;
  readonly switches: number;
  /** Per cent of the cycles that rest on estimates. */
  readonly est: number;
  readonly verdict: string;
  readonly best: boolean;
  readonly ms: number | null;
  /** Cycles by category, in the order of `PageData.categories`. */
  readonly cats: readonly number[];
  /** Edge and count; event, count and unit cost. */
  readonly edges: readonly (readonly [number, number])[];
  readonly events: readonly (readonly [number, number, number])[];
  /** Sentences: reason, equivalence, notes. */
  readonly says: readonly string[];
  readonly console: string;
}

export interface PageData {
  readonly rows: readonly PageRow[];
  /** Short names; the canonical ones beside them. */
  readonly techniques: readonly string[];
  readonly names: readonly string[];
  readonly hosts: readonly string[];
  readonly categories: readonly {readonly name: string; readonly meaning: string}[];
  readonly edges: readonly PageEdge[];
  readonly events: readonly PageEvent[];
  readonly cells: readonly PageCell[];
}

/** Things numbered in the order in which they are first met. */
class Numbered<T> {
  readonly list: T[] = [];
  readonly #numbers = new Map<string, number>();

  of(key: string, make: () => T): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.list.length);
    return this.list.push(make()) - 1;
  }
}

const CONSOLE_TAIL = 20;

interface Names {
  readonly edges: Numbered<PageEdge>;
  readonly events: Numbered<PageEvent>;
  readonly techniques: readonly string[];
  readonly hosts: readonly string[];
}

function edgesOf(cell: CellResult, {edges}: Names): [number, number][] {
  return cell.switches.map(edge => {
    const reason = shownReason(cell, edge);
    const {from, to, kind, detail, count} = edge;
    const make = (): PageEdge => ({
      from, to, kind, reason: printable(reason), detail: printable(detail), exit: isExit(edge), meaning: explainSwitch(edge.reason, detail) ?? '',
    });
    return [edges.of([from, to, kind, reason, detail].join(' '), make), count];
  });
}

const eventsOf = (cell: CellResult, {events}: Names): [number, number, number][] => cell.events.map(({name, category, grade, count, unitCost}) =>
  [events.of(`${name} ${grade}`, () => ({name: printable(name), category, grade, meaning: explain(name) ?? ''})), count, unitCost]);

function sentences(cell: CellResult): string[] {
  const {reason, equivalence, claimsEquivalence, notes = [], technique, exitCode} = cell;
  return [
    ...(reason === undefined ? [] : [reason]), ...(cell.outcome === 'refused' ? [] : [
      `exit code ${exitCode ?? 'none'}`,
        `${equivalence.verdict}${claimsEquivalence || technique.name === 'native' ? '' : ' (equivalence is not claimed)'}: ${equivalence.detail}`,
    ]), ...(isEstimate(cell) ? ['the guest looked at time, so recosting this cell is an estimate'] : []), ...notes,
  ].map(printable);
}

function pageCell({result, native, fastest}: MatrixCell & {readonly result: CellResult}, row: number, names: Names): PageCell {
  const {perOperation, cycles, measured} = result;
  const ops = perOperation?.operations ?? 0;
  const of = (count: number): number => (ops > 0 ? count / ops : count);
  const total = (counts: readonly {count: number}[]): number => counts.reduce((sum, {count}) => sum + count, 0);
  const isRatio = native?.outcome === 'completed' && native.cycles.region > 0 && isComparable(result, native);
  const ratio = isRatio ? cycles.region / native.cycles.region : null;
  return {
    row, tech: names.techniques.indexOf(result.technique.name), host: names.hosts.indexOf(result.host),
    state: result.outcome === 'refused' ? 'refused' : failure(result, native) ?? 'completed', slow: ratio, ops,
    cycles: of(cycles.region), exits: of(total(result.switches.filter(isExit))), switches: of(total(result.switches)),
    est: cycles.region === 0 ? 0 : (100 * estimatedCycles(result)) / cycles.region, verdict: result.equivalence.verdict, best: fastest,
    ms: measured?.meanMs ?? null, cats: CATEGORIES.map(name => of(cycles.byCategory[name] ?? 0)),
    edges: edgesOf(result, names), events: eventsOf(result, names), says: sentences(result),
    console: consoleLines(result.console).slice(-CONSOLE_TAIL).join('\n'),
  };
}

const printableParams = (params: CellResult['params']): PageRow['params'] =>
  Object.fromEntries(Object.entries(params).map(([name, value]) => [printable(name), typeof value === 'string' ? printable(value) : value]));

export function pageData(run: RunResult): PageData {
  const matrix = buildMatrix(runEntries(run));
  const rows = new Numbered<PageRow>();
  const names: Names = {edges: new Numbered(), events: new Numbered(), techniques: matrix.techniques, hosts: matrix.hosts.map(({host}) => host)};
  const cells = matrixRows(matrix).flatMap(({label, cells: ofRow}) => ofRow.flatMap(cell => {
    if (cell?.result == null) return [];
    const {workload, params} = cell.result;
    const row = rows.of(`${workload} ${formatParams(params)}`, () => ({label, workload: printable(workload), params: printableParams(params)}));
    return [pageCell({...cell, result: cell.result}, row, names)];
  }));
  return {
    rows: rows.list, techniques: matrix.techniques.map(name => printable(shortName(name))), names: matrix.techniques.map(printable),
    hosts: names.hosts.map(printable),
    categories: CATEGORIES.map(name => ({name, meaning: CATEGORY_MEANINGS[name]})), edges: names.edges.list, events: names.events.list, cells,
  };
}
