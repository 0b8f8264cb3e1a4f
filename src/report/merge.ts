// Several reports as one, for sweeps and for machines that shared the work: each cell once, from the last report that holds it.
import type {CellResult, RunResult} from '../lab/result.ts';
import {formatParams} from './figures.ts';

const key = ({workload, params, technique, host, clock}: CellResult): string =>
  JSON.stringify([workload, formatParams(params), technique.name, host, clock]);

/** `runs` must not be empty; the environment is the first one's. */
export function mergeRuns(runs: readonly RunResult[]): RunResult {
  const [first] = runs;
  if (runs.length === 1) return first;
  const cells = new Map(runs.flatMap(run => run.cells).map(cell => [key(cell), cell]));
  return {...first, complete: runs.every(({complete}) => complete), cells: [...cells.values()]};
}
