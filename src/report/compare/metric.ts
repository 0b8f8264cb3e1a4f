// The figures two cells are compared by. All but `time` are exact: they come out of the model the same on every computer, so
// any difference is real. Less is better in each.
import type {CellResult} from '../../lab/result.ts';
import {CATEGORIES, type Category} from '../../ledger/context.ts';
import {isExit} from '../figures.ts';

export interface Metric {
  readonly name: string;
  readonly unit: string;
  readonly exact: boolean;
  readonly better: 'lower';
  /** Of the measured region; null where the cell has no such figure. */
  readonly of: (cell: CellResult) => number | null;
}

const exact = (name: string, unit: string, of: (cell: CellResult) => number): Metric => ({name, unit, exact: true, better: 'lower', of});
const edges = (cell: CellResult, counts: (edge: CellResult['switches'][number]) => boolean): number =>
  cell.switches.filter(counts).reduce((sum, {count}) => sum + count, 0);

export const CYCLES = exact('cycles', 'modelled cycles', ({cycles}) => cycles.region);
export const EXITS = exact('exits', 'exits', cell => edges(cell, isExit));
export const SWITCHES = exact('switches', 'mode switches', cell => edges(cell, () => true));

/** Those shown whenever they differ; cycles first, because they decide what is better. */
export const PLAIN_METRICS: readonly Metric[] = [
  CYCLES, EXITS, SWITCHES,
  exact('instructions', 'guest instructions', ({instructions}) => instructions.region),
  exact('emulated', 'emulated instructions', ({instructions}) => instructions.emulated),
];

export const TIME: Metric = {
  name: 'time', unit: 'measured milliseconds', exact: false, better: 'lower', of: ({measured}) => measured?.meanMs ?? null,
};

const isCategory = (name: string): name is Category => CATEGORIES.some(category => category === name);
const isReason = /^(?:[A-Z][A-Z_]*|[a-z]+(?:_[a-z]+)+)$/;

/** A metric by name: one of the plain ones, `time`, a category of cycles, or the reason of exits; null for no such name. */
export function findMetric(name: string): Metric | null {
  const plain = [...PLAIN_METRICS, TIME].find(metric => metric.name === name);
  if (plain) return plain;
  if (isCategory(name)) return exact(name, 'modelled cycles', ({cycles}) => cycles.byCategory[name] ?? 0);
  return isReason.test(name) ? exact(name, 'exits', cell => edges(cell, edge => isExit(edge) && edge.reason === name)) : null;
}
