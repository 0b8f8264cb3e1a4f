// Figures that follow from one cell's record: exits grouped by reason, cycles resting on estimates, shares. The record
// itself is lab/result.ts.
import type {CellResult, EventCount, SwitchCount} from '../lab/result.ts';
import {CATEGORIES, type Category, type Context, type Kind} from '../ledger/context.ts';

const isGuest = (context: Context): boolean => context === 'guest-user' || context === 'guest-kernel';

/** An edge out of the guest: from guest-user or guest-kernel to any context of the host's. */
export const isExit = (edge: SwitchCount): boolean => isGuest(edge.from) && !isGuest(edge.to);

export interface ExitGroup {
  readonly reason: string;
  readonly detail: string;
  readonly kind: Kind;
  readonly count: number;
}

/** Exits by (reason, detail, kind), most frequent first. */
export function exitGroups(cell: CellResult): ExitGroup[] {
  const groups = new Map<string, ExitGroup>();
  for (const edge of cell.switches.filter(isExit)) {
    const key = `${edge.reason} ${edge.detail} ${edge.kind}`;
    const count = (groups.get(key)?.count ?? 0) + edge.count;
    groups.set(key, {reason: edge.reason, detail: edge.detail, kind: edge.kind, count});
  }
  return [...groups.values()].toSorted((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1));
}

/** Switches, most frequent first, ties in the order recorded. */
export const rankedSwitches = (cell: CellResult): SwitchCount[] => cell.switches.toSorted((a, b) => b.count - a.count);

export const eventCycles = (event: EventCount): number => event.count * event.unitCost;

/** Named costs, dearest first. */
export const rankedEvents = (cell: CellResult): EventCount[] =>
  cell.events.filter((event) => event.count > 0).toSorted((a, b) => eventCycles(b) - eventCycles(a));

/** Categories that have cycles, dearest first. */
export const rankedCategories = (cell: CellResult): [Category, number][] =>
  CATEGORIES.map((category): [Category, number] => [category, cell.cycles.byCategory[category] ?? 0])
    .filter(([, cycles]) => cycles > 0)
    .toSorted((a, b) => b[1] - a[1]);

/** Cycles of the region whose unit cost is graded `estimated`. */
export const estimatedCycles = (cell: CellResult): number =>
  cell.events.filter((event) => event.grade === 'estimated').reduce((sum, event) => sum + eventCycles(event), 0);

/** `count` per marker-3 operation, or null where the workload marks none. */
export const perOperation = (cell: CellResult, count: number): number | null =>
  cell.perOperation === null || cell.perOperation.operations === 0 ? null : count / cell.perOperation.operations;

/** `name=value, ...` in order of name, empty without parameters. */
export const formatParams = (params: CellResult['params']): string =>
  Object.keys(params).toSorted().map((name) => `${name}=${params[name]}`).join(',');

/** Why the cell counts as failed, in a word or two, or null. Refused is not failed. */
export function failure(cell: CellResult, native: CellResult | null): string | null {
  if (cell.outcome === 'refused') return null;
  if (cell.outcome !== 'completed') return cell.outcome;
  if (native?.outcome === 'completed' && native.exitCode !== cell.exitCode) return `exit ${cell.exitCode}`;
  return null;
}

/** Whether the cell's cycles may be compared with others': it ended well and nothing showed that it computed something else. */
export const isComparable = (cell: CellResult, native: CellResult | null): boolean =>
  cell.outcome === 'completed' && failure(cell, native) === null && cell.equivalence.verdict !== 'not-equivalent';
