// `worldswitch run`: configuration and flags to a plan, the plan to a run, the run to a face and an exit code.
import {existsSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {loadCatalogue} from '../lab/catalogue.ts';
import type {Catalogue, CatalogueSource} from '../lab/catalogue.ts';
import {loadConfig} from '../lab/config.ts';
import type {Config} from '../lab/config.ts';
import {planCells, type PlannedCell} from '../lab/plan.ts';
import {keptCells} from '../lab/resume.ts';
import {startRun, type Kept} from '../lab/run.ts';
import {UsageError} from '../lab/usage-error.ts';
import {exitCodeOf} from '../lab/verdict.ts';
import {prepareFolder} from '../report/files.ts';
import {readReport} from '../report/json.ts';
import type {WrittenFlags} from './flags.ts';
import {chooseFace} from './present.ts';
import {jobsOf, planRequest, reportRequest, type Given} from './request.ts';
import type {Surroundings} from './surroundings.ts';

/** @throws UsageError before anything runs, ReportError when a report cannot be written, if possible before anything runs */
export async function runCommand(workloads: readonly string[], flags: WrittenFlags, surroundings: Surroundings): Promise<number> {
  const config = await loadConfig({cwd: surroundings.cwd, file: flags.config, defaults: surroundings.defaults});
  const given = {workloads, flags, config, cwd: surroundings.cwd};
  const reports = reportRequest(given);
  const jobs = jobsOf(given);
  const source = catalogueSource(config, surroundings);
  const catalogue = await loadCatalogue(source);
  const plan = planCells(planRequest(given), catalogue);
  const kept = flags.resume ? await interruptedRun(plan, given) : null;
  if (reports) await prepareFolder(reports.folder);
  const face = chooseFace(flags, surroundings);
  const {command, runner} = surroundings;
  const run = startRun(plan, {catalogue: source, jobs, command, pluginOutput: face.pluginOutput, runner, ...(kept ? {kept} : {})});
  try {
    return exitCodeOf(await face.present(run, reports), workload => expectedExit(catalogue, workload));
  } finally {
    run.interrupt();
  }
}

/** @throws UsageError when there is no interrupted run of this plan where reports go */
async function interruptedRun(plan: readonly PlannedCell[], {flags, config, cwd}: Given): Promise<Kept> {
  const file = join(flags.out === undefined ? config.out : resolve(cwd, flags.out), 'latest.json');
  if (!existsSync(file)) throw new UsageError(`there is no ${file} to resume; run without --resume`);
  const before = await readReport(file);
  const {startedAt, elapsedMs} = before.environment;
  return {results: keptCells(plan, before, file), startedAt: new Date(startedAt), elapsedMs};
}

/** The strategies and workloads a command works with. */
export function catalogueSource(config: Config, surroundings: Surroundings): CatalogueSource {
  return {plugins: {...config.plugins, builtIns: surroundings.builtIns}, workloads: surroundings.workloads};
}

/** QEMU's isa-debug-exit: the process ends with (value << 1) | 1. */
export function expectedExit({workloads}: Catalogue, name: string): number | null {
  const definition = workloads.get(name)?.definition;
  return definition ? (definition.exitValue << 1) | 1 : null;
}
