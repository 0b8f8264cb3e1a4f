// A finished cell under other costs of the same machine, from the events it holds and without running again. Exact where the
// guest never looked at time; elsewhere an estimate, which the caller must say (`isEstimate`).
import type {CellResult, EventCount} from '../lab/result.ts';
import {CATEGORIES, type Category} from '../ledger/context.ts';

/** The unit cost, in whole cycles, of an event that had another. */
export type NewCost = (event: EventCount) => number;

/** Whether other costs could have led the guest another way: it read the clock, was interrupted by it or waited for a device. */
export function isEstimate({feedback}: CellResult): boolean {
  return feedback.timerInterrupts > 0 || feedback.rdtsc > 0 || feedback.deviceWaits > 0 || feedback.idleCycles > 0;
}

/**
 * Idle cycles after the rest has become `more` cycles longer. A guest that waits for its timer sleeps the less the more it
 * works, since the ticks stay where they are; a wait for a device begins when the request is made and keeps its length.
 */
function idleAfter({feedback, cycles}: CellResult, more: number): number {
  const {idle} = cycles.byCategory;
  return feedback.timerInterrupts > 0 && feedback.deviceWaits === 0 ? Math.max(0, idle - more) : idle;
}

function categories(cell: CellResult, events: readonly EventCount[]): Record<Category, number> {
  const sums = Object.fromEntries(CATEGORIES.map(name => [name, 0])) as Record<Category, number>;
  for (const {category, count, unitCost} of events) sums[category] += count * unitCost;
  const busy = Object.values(sums).reduce((sum, cycles) => sum + cycles, 0);
  return {...sums, idle: sums.idle + idleAfter(cell, busy - (cell.cycles.region - cell.cycles.byCategory.idle))};
}

/** `cell` with every unit cost replaced; `cycles.total`, which lies outside the events, keeps what lies outside the region. */
export function recost(cell: CellResult, newCost: NewCost): CellResult {
  const events = cell.events.map(event => ({...event, unitCost: newCost(event)}));
  if (events.every((event, at) => event.unitCost === cell.events[at].unitCost)) return cell;
  const byCategory = categories(cell, events);
  const region = CATEGORIES.reduce((sum, name) => sum + byCategory[name], 0);
  const each = cell.perOperation;
  return {
    ...cell, events, cycles: {total: cell.cycles.total - cell.cycles.region + region, region, byCategory},
    perOperation: each === null || each.operations === 0 ? each : {...each, cycles: region / each.operations},
  };
}
