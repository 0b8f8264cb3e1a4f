// Two cells side by side: every exact figure that differs, what the difference is made of, and what that means.
import type {CellResult} from '../../lab/result.ts';
import {differences, type Difference, type Differences} from '../difference.ts';
import {CYCLES, EXITS, PLAIN_METRICS, SWITCHES, type Metric} from './metric.ts';
import type {TimeOutcome} from './time.ts';

/** `changed`: other counts at the same cycles, exits and switches; `incomparable`: one side failed or computed something else. */
export type Judgement = 'worse' | 'incomparable' | 'better' | 'changed' | 'identical';

export interface MetricChange {
  readonly metric: Metric;
  readonly a: number;
  readonly b: number;
}

export interface PairComparison {
  readonly cell: string;
  readonly a: CellResult;
  readonly b: CellResult;
  readonly judgement: Judgement;
  readonly comparable: boolean;
  /** Exact figures of the region that differ. */
  readonly changes: readonly MetricChange[];
  readonly differences: Differences;
  /** Events of the region that were counted otherwise, the largest difference first. */
  readonly events: readonly Difference[];
  /** Costs with another price on the two sides. */
  readonly prices: readonly Difference[];
  /** What else differs, each in a few words: outcome, verdict, console. */
  readonly others: readonly string[];
  readonly time: TimeOutcome;
}

export interface Sides {
  readonly cell: string;
  readonly a: CellResult;
  readonly b: CellResult;
}

const ended = ({outcome, equivalence}: CellResult): boolean => outcome === 'completed' && equivalence.verdict !== 'not-equivalent';

function otherDifferences({a, b}: Sides, countsOnly: boolean): string[] {
  const pairs: [string, string, string][] = [
    ['outcome', a.outcome, b.outcome], ['exit code', String(a.exitCode), String(b.exitCode)],
    ['equivalence', a.equivalence.verdict, b.equivalence.verdict],
  ];
  const told = pairs.filter(([, before, after]) => before !== after).map(([what, before, after]) => `${what} ${before} against ${after}`);
  return countsOnly || a.console === b.console ? told : [...told, 'the console shows something else'];
}

function priceChanges(a: CellResult, b: CellResult): Difference[] {
  const before = new Map(a.events.map(({name, unitCost}) => [name, unitCost]));
  return b.events.filter(({name, unitCost}) => before.has(name) && before.get(name) !== unitCost)
    .map(({name, unitCost}) => ({name, a: before.get(name)!, b: unitCost}));
}

/** Single events, prices or edges that differ though no figure above them does. */
const hiddenChange = ({byCost, byExit, bySwitch}: Differences, events: readonly Difference[], prices: readonly Difference[]): boolean =>
  prices.length > 0 || [byCost, byExit, bySwitch, events].some(rows => rows.some(({a, b}) => a !== b));

function eventChanges(a: CellResult, b: CellResult): Difference[] {
  const [before, after] = [a, b].map(({events}) => new Map(events.map(({name, count}) => [name, count])));
  return [...new Set([...before.keys(), ...after.keys()])].map(name => ({name, a: before.get(name) ?? 0, b: after.get(name) ?? 0}))
    .filter(change => change.a !== change.b).toSorted((x, y) => Math.abs(y.b - y.a) - Math.abs(x.b - x.a));
}

/** The first of cycles, exits and switches that differs decides. */
function direction(changes: readonly MetricChange[]): Judgement {
  const [deciding] = [CYCLES, EXITS, SWITCHES].flatMap(metric => changes.find(change => change.metric === metric) ?? []);
  if (deciding === undefined) return 'changed';
  return deciding.b > deciding.a ? 'worse' : 'better';
}


/** `countsOnly`: one side holds no cycles. */
export function comparePair(sides: Sides, time: TimeOutcome, countsOnly: boolean): PairComparison {
  const {a, b} = sides;
  const metrics = countsOnly ? PLAIN_METRICS.filter(metric => metric !== CYCLES) : PLAIN_METRICS;
  const changes = metrics.map(metric => ({metric, a: metric.of(a)!, b: metric.of(b)!})).filter(change => change.a !== change.b);
  const others = otherDifferences(sides, countsOnly);
  const comparable = ended(a) && ended(b);
  const found = differences(a, b);
  const prices = countsOnly ? [] : priceChanges(a, b);
  const events = eventChanges(a, b);
  const same = changes.length === 0 && others.length === 0 && !hiddenChange(countsOnly ? {...found, byCost: []} : found, events, prices);
  const judgement = same ? 'identical' : comparable ? direction(changes) : 'incomparable';
  return {...sides, changes, others, time, judgement, comparable, differences: found, events, prices};
}

/** Growth of the deciding figure, for the order of what is shown: the largest either way first. */
export function weight({changes}: PairComparison): number {
  const [deciding] = changes;
  if (deciding === undefined) return 0;
  return deciding.a === 0 ? Infinity : Math.abs(Math.log((deciding.b || 0.5) / deciding.a));
}
