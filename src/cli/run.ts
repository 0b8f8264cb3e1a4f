// `worldswitch run`: configuration and flags to a plan, the plan to a run, the run to a face and an exit code.
import {loadCatalogue} from '../lab/catalogue.ts';
import type {Catalogue, CatalogueSource} from '../lab/catalogue.ts';
import {loadConfig} from '../lab/config.ts';
import type {Config} from '../lab/config.ts';
import {planCells} from '../lab/plan.ts';
import {startRun} from '../lab/run.ts';
import {exitCodeOf} from '../lab/verdict.ts';
import {prepareFolder} from '../report/files.ts';
import type {WrittenFlags} from './flags.ts';
import {chooseFace} from './present.ts';
import {jobsOf, planRequest, reportRequest} from './request.ts';
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
  if (reports) await prepareFolder(reports.folder);
  const face = chooseFace(flags, surroundings);
  const {command, runner} = surroundings;
  const run = startRun(plan, {catalogue: source, jobs, command, pluginOutput: face.pluginOutput, runner});
  try {
    return exitCodeOf(await face.present(run, reports), workload => expectedExit(catalogue, workload));
  } finally {
    run.interrupt();
  }
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
