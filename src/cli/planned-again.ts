// The cells of a stored report, planned to be run again: the same workloads with their parameters, techniques and hosts.
import type {Catalogue} from '../lab/catalogue.ts';
import {planCells, type PlannedCell, type PlanRequest} from '../lab/plan.ts';
import type {CellResult, RunResult} from '../lab/result.ts';
import {UsageError} from '../lab/usage-error.ts';
import {formatParams} from '../report/figures.ts';

const paramsKey = ({workload, params}: Pick<CellResult, 'workload' | 'params'>): string => JSON.stringify([workload, formatParams(params)]);
const cellKey = (cell: Pick<CellResult, 'workload' | 'params' | 'host'>, technique: string): string => `${paramsKey(cell)} ${technique} ${cell.host}`;

/**
 * Cells that were refused stay away. `request` gives what a report does not hold: memory, command line, budget.
 * @throws UsageError when a name of the report is not known here any more
 */
export function plannedAgain({cells}: RunResult, request: PlanRequest, catalogue: Catalogue): readonly PlannedCell[] {
  const ran = cells.filter(({outcome}) => outcome !== 'refused');
  if (ran.length === 0) throw new UsageError('the report holds no cell that ran, so there is nothing to run again');
  const wanted = new Set(ran.map(cell => cellKey(cell, cell.technique.name)));
  const rows = [...Map.groupBy(ran, paramsKey).values()];
  const planned = rows.flatMap(row => planCells({
    ...request, workloads: [row[0].workload], params: row[0].params, clock: row[0].clock,
    techniques: [...new Set(row.map(({technique}) => technique.name))], hosts: [...new Set(row.map(({host}) => host))],
    samples: Math.max(...row.map(({measured}) => measured?.samples ?? 0)),
  }, catalogue));
  return planned.filter(({spec}) => wanted.has(cellKey(spec, spec.technique.name)));
}
