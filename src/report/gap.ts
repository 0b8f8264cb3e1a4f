// Why one technique takes more cycles than another on the same workload: which category the difference lies in, and which
// exits the slower one makes more of.
import type {CellResult} from '../lab/result.ts';
import {CATEGORIES} from '../ledger/context.ts';
import {exitGroups, perOperation, type ExitGroup} from './figures.ts';
import {formatCount, formatPerOperation, formatShare} from './format.ts';
import {shownReason} from './vendor-spelling.ts';

interface ExitDifference {
  readonly group: ExitGroup;
  readonly slow: number;
  readonly fast: number;
}

/** Exits per operation, or of the region where the workload marks no operations. */
const rate = (cell: CellResult, count: number): number => perOperation(cell, count) ?? count;

/** The exits that the slower cell makes most more of, or null where it makes no more of any. */
function moreExits(slow: CellResult, fast: CellResult): ExitDifference | null {
  const others = exitGroups(fast);
  const differences = exitGroups(slow).map((group): ExitDifference => {
    const same = others.find(({reason, detail}) => reason === group.reason && detail === group.detail);
    return {group, slow: rate(slow, group.count), fast: rate(fast, same?.count ?? 0)};
  });
  const [most] = differences.toSorted((a, b) => b.slow - b.fast - (a.slow - a.fast));
  return most !== undefined && most.slow - most.fast >= 0.05 ? most : null;
}

/** The category with the largest share of the difference in cycles. */
function dearestDifference(slow: CellResult, fast: CellResult): {category: string; share: string} {
  const differences = CATEGORIES.map((category) => ({
    category, cycles: (slow.cycles.byCategory[category] ?? 0) - (fast.cycles.byCategory[category] ?? 0),
  }));
  const more = differences.filter(({cycles}) => cycles > 0);
  const total = more.reduce((sum, {cycles}) => sum + cycles, 0);
  const [{category, cycles}] = more.toSorted((a, b) => b.cycles - a.cycles);
  return {category, share: formatShare(cycles, total)};
}

/** A clause: `because each operation makes 1 EXCEPTION_NMI pf-trace exit where the other makes 0; ...`. `slow` has more cycles. */
export function gapReason(slow: CellResult, fast: CellResult): string {
  const {category, share} = dearestDifference(slow, fast);
  const where = `${share} of the difference is ${category}`;
  const exits = moreExits(slow, fast);
  if (exits === null) return `without more exits of any kind: ${where}`;
  const counted = slow.perOperation !== null && fast.perOperation !== null;
  const [most, least] = [exits.slow, exits.fast].map(counted ? formatPerOperation : formatCount);
  const name = `${shownReason(slow, exits.group)}${exits.group.detail === '' ? '' : ` ${exits.group.detail}`}`;
  return `because ${counted ? 'each operation' : 'the region'} makes ${most} ${name} ${most === '1' ? 'exit' : 'exits'} where the other makes ${least}; ${where}`;
}
