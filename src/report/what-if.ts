// The matrix under other costs: every cell costed again from its events, and the rows in which another technique wins.
import type {EventCount} from '../lab/result.ts';
import type {Category} from '../ledger/context.ts';
import type {Matrix, MatrixCell, MatrixEntry} from './matrix.ts';
import {buildMatrix, matrixRows} from './matrix.ts';
import {eventCycles} from './figures.ts';
import {isEstimate, recost} from './recost.ts';

/** By what the unit cost of each cost named is multiplied, on every host. */
export type Factors = Readonly<Record<string, number>>;

const newCost = (factors: Factors) => ({name, unitCost}: EventCount): number => Math.round(unitCost * (factors[name] ?? 1));

/** What other costs did to the row's winner. Rows without a winner on either side changed nothing one could name. */
function marked(before: MatrixCell | null, after: MatrixCell | null): MatrixCell | null {
  if (before === null || after === null || before.fastest === after.fastest) return after;
  return {...after, change: after.fastest ? 'gained' : 'lost'};
}

/** `matrix` must hold all cells of its rows; it is what it was, with other cycles and with `change` where the winner changed. */
export function whatIfMatrix(matrix: Matrix, entries: readonly MatrixEntry[], factors: Factors): Matrix {
  if (Object.keys(factors).length === 0) return matrix;
  const again = buildMatrix(entries.map(entry => (entry.result === null ? entry : {...entry, result: recost(entry.result, newCost(factors))})));
  return {
    ...again,
    hosts: again.hosts.map(({host, rows}, section) => ({
      host, rows: rows.map(({label, cells}, at) => ({label, cells: cells.map((cell, column) => marked(matrix.hosts[section].rows[at].cells[column], cell))})),
    })),
  };
}

const OWN: ReadonlySet<string> = new Set<Category>(['guest', 'ring-crossing']);

/**
 * Costs that occur, those with most cycles over all cells first, each cell counting alike; after them the costs of what the
 * guest does by itself, under every technique.
 */
export function costsByWeight(matrix: Matrix): string[] {
  const weights = new Map<string, number>();
  const own = new Set<string>();
  for (const {result} of matrixRows(matrix).flatMap(({cells}) => cells.filter(cell => cell !== null))) {
    if (result === null || result.cycles.region === 0) continue;
    for (const event of result.events) {
      if (OWN.has(event.category)) own.add(event.name);
      weights.set(event.name, (weights.get(event.name) ?? 0) + eventCycles(event) / result.cycles.region);
    }
  }
  const byWeight = [...weights].filter(([, weight]) => weight > 0).toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([name]) => name);
  return [...byWeight.filter(name => !own.has(name)), ...byWeight.filter(name => own.has(name))];
}

export interface Consequence {
  /** Rows whose winner is another now. */
  readonly changed: number;
  /** Rows that have a winner. */
  readonly rows: number;
  /** Cells whose new figure is an estimate. */
  readonly estimates: number;
}

export function consequence(before: Matrix, after: Matrix): Consequence {
  const rows = matrixRows(after);
  const cells = rows.flatMap(row => row.cells.filter(cell => cell !== null));
  return {
    changed: rows.filter(row => row.cells.some(cell => cell?.change === 'gained')).length,
    rows: matrixRows(before).filter(row => row.cells.some(cell => cell?.fastest)).length,
    estimates: cells.filter(({result}) => result !== null && result.outcome === 'completed' && isEstimate(result)).length,
  };
}
