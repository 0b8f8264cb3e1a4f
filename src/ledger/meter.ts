// Counts what is charged: one number per named cost. The clock advances by the same charge, so counts times unit costs
// plus idle are the cycles.
import {COST_NAMES, COSTS} from '../host/costs.ts';
import type {Category, Grade} from './context.ts';
import {CATEGORIES} from './context.ts';

/** Unit costs in whole cycles, by cost number, with the grade of each. */
export interface PriceList {
  readonly units: Int32Array;
  readonly grades: readonly Grade[];
}

/** Number of the cost that is nothing: instructions whose work is charged by what it leads to. */
export const NO_COST = COST_NAMES.length;

export class Meter {
  /** Events by cost number; the last slot is NO_COST. */
  readonly counts = new Float64Array(COST_NAMES.length + 1);
  readonly units = new Int32Array(COST_NAMES.length + 1);
  /** Cycles the processor slept. */
  idle = 0;

  constructor(prices: PriceList) {
    this.units.set(prices.units);
  }

  /** Cycles charged so far, idle included. */
  cycles(): number {
    let sum = this.idle;
    for (let at = 0; at < this.counts.length; at++) sum += this.counts[at] * this.units[at];
    return sum;
  }
}

/** Cycles by category of a set of counts. */
export function byCategory(counts: Float64Array, units: Int32Array, idle: number): Record<Category, number> {
  const sums = Object.fromEntries(CATEGORIES.map(name => [name, 0])) as Record<Category, number>;
  COST_NAMES.forEach((name, at) => { sums[COSTS[name].category] += counts[at] * units[at]; });
  sums.idle += idle;
  return sums;
}
