// Runs a plan for a command that shows something else than the run itself: progress on standard error, Ctrl-C as everywhere.
import type {CatalogueSource} from '../lab/catalogue.ts';
import type {PlannedCell} from '../lab/plan.ts';
import type {RunResult} from '../lab/result.ts';
import {startRun} from '../lab/run.ts';
import {showProgress} from './progress.ts';
import type {Surroundings} from './surroundings.ts';

/** The result is incomplete when the run was interrupted. */
export async function runPlan(plan: readonly PlannedCell[], source: CatalogueSource, jobs: number | null,
  surroundings: Surroundings): Promise<RunResult> {
  const {command, runner, stderr, signals} = surroundings;
  const run = startRun(plan, {catalogue: source, jobs, command, pluginOutput: stderr, runner});
  const release = signals(() => run.interrupt());
  const progress = showProgress(run, stderr);
  try {
    return await run.done;
  } finally {
    progress.end();
    release();
    run.interrupt();
  }
}
