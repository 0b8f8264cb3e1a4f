// A comparison of two runs, or of two techniques in one run: which cells belong together, and all pairs compared.
import type {CellResult, RunResult} from '../../lab/result.ts';
import {UsageError} from '../../lab/usage-error.ts';
import {formatParams} from '../figures.ts';
import {shortName} from '../heading.ts';
import {breaches, type Breach, type Gate} from './gate.ts';
import {comparePair, weight, type Judgement, type PairComparison, type Sides} from './pair.ts';
import {compareTimes, otherComputer} from './time.ts';

/** One side: a stored report, a baseline, or a run made for the comparison. */
export interface Side {
  /** As it is called in what is shown: a file's name or a technique. */
  readonly name: string;
  readonly run: RunResult;
  /** A baseline: counts without cycles. */
  readonly countsOnly: boolean;
}

export interface Comparison {
  readonly a: Side;
  readonly b: Side;
  /** Worst first, the largest change first among equals; identical ones last. */
  readonly pairs: readonly PairComparison[];
  readonly onlyA: readonly string[];
  readonly onlyB: readonly string[];
  readonly gates: readonly Gate[];
  readonly breaches: readonly Breach[];
  readonly countsOnly: boolean;
}

const row = ({workload, params}: CellResult): string => {
  const written = formatParams(params);
  return written === '' ? workload : `${workload}[${written}]`;
};
const wholeName = (cell: CellResult): string => `${row(cell)} | ${cell.technique.name} | ${cell.host}`;
const shortLabel = (cell: CellResult): string => `${cell.workload} | ${shortName(cell.technique.name)} | ${cell.host}`;

/** Cells by name; a name as short as tells them apart. */
function labels(cells: readonly CellResult[], long: (cell: CellResult) => string, short: (cell: CellResult) => string): (cell: CellResult) => string {
  const uses = new Map<string, Set<string>>();
  for (const cell of cells) uses.set(short(cell), (uses.get(short(cell)) ?? new Set()).add(long(cell)));
  return cell => (uses.get(short(cell))!.size === 1 ? short(cell) : long(cell));
}

const ran = ({cells}: RunResult): CellResult[] => cells.filter(({outcome}) => outcome !== 'refused');

function matched(a: readonly CellResult[], b: readonly CellResult[], key: (cell: CellResult) => string, label: (cell: CellResult) => string) {
  const others = new Map(b.map(cell => [key(cell), cell]));
  const known = new Set(a.map(key));
  const sides: Sides[] = a.flatMap(cell => {
    const other = others.get(key(cell));
    return other ? [{cell: label(cell), a: cell, b: other}] : [];
  });
  return {sides, onlyA: a.filter(cell => !others.has(key(cell))).map(label), onlyB: b.filter(cell => !known.has(key(cell))).map(label)};
}

interface Asked {
  readonly a: Side;
  readonly b: Side;
  readonly gates: readonly Gate[];
}

/**
 * The same cells of two runs.
 * @throws UsageError when there is none in both, or they were run under different clocks
 */
export function compareRuns(asked: Asked): Comparison {
  const [a, b] = [ran(asked.a.run), ran(asked.b.run)];
  const found = matched(a, b, wholeName, labels([...a, ...b], wholeName, shortLabel));
  if (found.sides.length === 0) throw new UsageError(`nothing to compare: no cell is in both ${asked.a.name} and ${asked.b.name}`);
  const clocks = found.sides.find(({a: before, b: after}) => before.clock !== after.clock);
  if (clocks) {
    throw new UsageError(`${asked.a.name} was run with --clock ${clocks.a.clock} and ${asked.b.name} with --clock ${clocks.b.clock}; counts depend on the clock, run both with one`);
  }
  return compared(asked, found);
}

/**
 * Two techniques on the same workloads and hosts of one run.
 * @throws UsageError when no workload ran under both
 */
export function compareTechniques(asked: Asked, [first, second]: readonly [string, string]): Comparison {
  const of = (side: Side, name: string): CellResult[] => ran(side.run).filter(({technique}) => technique.name === name);
  const [a, b] = [of(asked.a, first), of(asked.b, second)];
  const long = (cell: CellResult): string => `${row(cell)} | ${cell.host}`;
  const found = matched(a, b, long, labels([...a, ...b], long, ({workload, host}) => `${workload} | ${host}`));
  if (found.sides.length === 0) throw new UsageError(`nothing to compare: no workload ran under both ${shortName(first)} and ${shortName(second)}`);
  return compared(asked, found);
}

function compared({a, b, gates}: Asked, {sides, onlyA, onlyB}: ReturnType<typeof matched>): Comparison {
  const countsOnly = a.countsOnly || b.countsOnly;
  const times = compareTimes(sides, otherComputer(a.run.environment, b.run.environment));
  const pairs = sides.map((pair, at) => comparePair(pair, times[at], countsOnly)).toSorted((x, y) =>
    ORDER.indexOf(x.judgement) - ORDER.indexOf(y.judgement) || weight(y) - weight(x));
  return {a, b, pairs, onlyA, onlyB, gates, countsOnly, breaches: breaches(gates, pairs, countsOnly)};
}

const ORDER: readonly Judgement[] = ['incomparable', 'worse', 'better', 'changed', 'identical'];

export const ofJudgement = ({pairs}: Comparison, judgement: Judgement): PairComparison[] => pairs.filter(pair => pair.judgement === judgement);
