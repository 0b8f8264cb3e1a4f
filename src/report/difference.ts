// What differs between two cells of one workload, largest first: cycles by category and by named cost, exits and switches by
// reason. Per operation where both mark operations, else of the whole region.
import type {CellResult, SwitchCount} from '../lab/result.ts';
import {CATEGORIES} from '../ledger/context.ts';
import {eventCycles, isExit, perOperation} from './figures.ts';
import {shownReason} from './vendor-spelling.ts';

export interface Difference {
  readonly name: string;
  readonly a: number;
  readonly b: number;
}

export interface Differences {
  /** True when the figures are per operation. */
  readonly each: boolean;
  readonly cycles: Difference;
  readonly exits: Difference;
  readonly switches: Difference;
  readonly byCategory: readonly Difference[];
  /** By named cost, in cycles. */
  readonly byCost: readonly Difference[];
  /** By reason and detail. */
  readonly byExit: readonly Difference[];
  /** By edge, exits apart: `vmm → host-kernel call request`. */
  readonly bySwitch: readonly Difference[];
}

type Sums = ReadonlyMap<string, number>;

function sumBy<T>(items: readonly T[], name: (item: T) => string, amount: (item: T) => number): Sums {
  const sums = new Map<string, number>();
  for (const item of items) sums.set(name(item), (sums.get(name(item)) ?? 0) + amount(item));
  return sums;
}

const gap = ({a, b}: Difference): number => Math.abs(b - a);

/** Every name of either side with both figures, largest difference first, then in order of name. */
function pair(a: Sums, b: Sums): Difference[] {
  const names = [...new Set([...a.keys(), ...b.keys()])].toSorted();
  return names.map(name => ({name, a: a.get(name) ?? 0, b: b.get(name) ?? 0})).toSorted((x, y) => gap(y) - gap(x));
}

const exitName = (cell: CellResult) => (edge: SwitchCount): string =>
  `${shownReason(cell, edge)}${edge.detail === '' ? '' : ` ${edge.detail}`}`;
const edgeName = (cell: CellResult) => (edge: SwitchCount): string => `${edge.from} → ${edge.to} ${edge.kind} ${exitName(cell)(edge)}`;

/** `a` and `b` should be of one workload with the same parameters. */
export function differences(a: CellResult, b: CellResult): Differences {
  const each = [a, b].every(({perOperation: rate}) => rate !== null && rate.operations > 0);
  const rate = (cell: CellResult, count: number): number => (each ? perOperation(cell, count)! : count);
  const both = (name: string, of: (cell: CellResult) => number): Difference => ({name, a: rate(a, of(a)), b: rate(b, of(b))});
  const by = (sums: (cell: CellResult, scaled: (count: number) => number) => Sums): Difference[] =>
    pair(sums(a, count => rate(a, count)), sums(b, count => rate(b, count)));
  const count = (edges: readonly SwitchCount[]): number => edges.reduce((sum, edge) => sum + edge.count, 0);
  return {
    each,
    cycles: both('cycles', ({cycles}) => cycles.region),
    exits: both('exits', ({switches}) => count(switches.filter(isExit))),
    switches: both('switches', ({switches}) => count(switches)),
    byCategory: by((cell, scaled) => sumBy(CATEGORIES, name => name, name => scaled(cell.cycles.byCategory[name] ?? 0))),
    byCost: by((cell, scaled) => sumBy(cell.events, ({name}) => name, event => scaled(eventCycles(event)))),
    byExit: by((cell, scaled) => sumBy(cell.switches.filter(isExit), exitName(cell), edge => scaled(edge.count))),
    bySwitch: by((cell, scaled) => sumBy(cell.switches.filter(edge => !isExit(edge)), edgeName(cell), edge => scaled(edge.count))),
  };
}
