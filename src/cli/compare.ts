// `worldswitch compare`: two stored reports, a stored report and a run made now, or two techniques.
import {existsSync, writeFileSync} from 'node:fs';
import {resolve} from 'node:path';
import {loadCatalogue, type Catalogue, type CatalogueSource} from '../lab/catalogue.ts';
import {loadConfig} from '../lab/config.ts';
import {planCells, type PlanRequest} from '../lab/plan.ts';
import {resolveTechnique} from '../lab/presets.ts';
import type {RunResult} from '../lab/result.ts';
import {UsageError} from '../lab/usage-error.ts';
import {compareRuns, compareTechniques, type Comparison, type Side} from '../report/compare/comparison.ts';
import {comparisonJson} from '../report/compare/document.ts';
import {DEFAULT_GATES, readGates, type Gate} from '../report/compare/gate.ts';
import {comparisonMarkdown} from '../report/compare/markdown.ts';
import {readSide} from '../report/compare/side.ts';
import {comparisonText} from '../report/compare/text.ts';
import {comparisonExitCode} from '../report/compare/verdict.ts';
import {writeReports} from '../report/files.ts';
import {shortName} from '../report/heading.ts';
import {readReport} from '../report/json.ts';
import {ReportError} from '../report/report-error.ts';
import {lineWidth} from '../report/terminal.ts';
import type {WrittenFlags} from './flags.ts';
import {plannedAgain} from './planned-again.ts';
import {jobsOf, planRequest, reportRequest, type Given} from './request.ts';
import {runPlan} from './run-plan.ts';
import {catalogueSource, expectedExit} from './run.ts';
import type {Surroundings} from './surroundings.ts';

export interface CompareFlags extends WrittenFlags {
  readonly report?: string;
  readonly workload?: readonly string[];
  readonly failOn?: readonly string[];
  readonly markdown?: string;
}

interface Job {
  readonly flags: CompareFlags;
  readonly surroundings: Surroundings;
  readonly given: Given;
  readonly request: PlanRequest;
  readonly source: CatalogueSource;
  readonly catalogue: Catalogue;
  readonly gates: readonly Gate[] | null;
}

interface Found {
  readonly comparison: Comparison;
  /** Of a run made for the comparison. */
  readonly interrupted: boolean;
  readonly bothSides: boolean;
}

const isFile = (text: string, cwd: string): boolean => /\.json$/i.test(text) || existsSync(resolve(cwd, text));

/** @throws UsageError, ReportError; nothing has run then */
export async function compareCommand(names: readonly string[], flags: CompareFlags, surroundings: Surroundings): Promise<number> {
  const job = await prepare(flags, surroundings);
  const {comparison, ...found} = await find(names, job);
  const exitCode = comparisonExitCode(comparison, {...found, expected: workload => expectedExit(job.catalogue, workload)});
  if (flags.markdown !== undefined) writeMarkdown(comparison, flags.markdown, surroundings);
  if (flags.json) surroundings.stdout.write(comparisonJson(comparison, exitCode));
  else if (flags.markdown !== '-') surroundings.stdout.write(comparisonText(comparison, lineWidth(surroundings.stdout)));
  return exitCode;
}

async function prepare(flags: CompareFlags, surroundings: Surroundings): Promise<Job> {
  const gates = flags.failOn === undefined ? null : readGates(flags.failOn);
  if (flags.json && flags.markdown === '-') throw new UsageError('--json and --markdown - both want standard output; give --markdown a file');
  const config = await loadConfig({cwd: surroundings.cwd, file: flags.config, defaults: surroundings.defaults});
  const given = {workloads: flags.workload ?? [], flags, config, cwd: surroundings.cwd};
  const source = catalogueSource(config, surroundings);
  return {flags, surroundings, given, request: planRequest(given), source, catalogue: await loadCatalogue(source), gates};
}

/** Which of the forms is meant: files end in .json or are there, everything else is a technique. */
function find(names: readonly string[], job: Job): Promise<Found> {
  const {cwd} = job.surroundings;
  const files = names.filter(name => isFile(name, cwd));
  if (files.length !== names.length && files.length > 0) {
    throw new UsageError(`'${names.find(name => !files.includes(name))}' is no file and '${files[0]}' is one; give two reports, or two techniques with --report ${files[0]}`);
  }
  if (files.length === 0 && names.length === 2) return twoTechniques([names[0], names[1]], job);
  if (files.length === 0) throw new UsageError(`'${names[0]}' is no report; give one report to run it again, two reports, or two techniques`);
  if (job.flags.report !== undefined) throw new UsageError('--report is for two techniques; reports to compare are given by themselves');
  return files.length === 2 ? twoFiles([files[0], files[1]], job) : fileAndRun(files[0], job);
}

async function twoFiles([first, second]: readonly [string, string], {surroundings: {cwd}, gates}: Job): Promise<Found> {
  const [a, b] = [await readSide(resolve(cwd, first), first), await readSide(resolve(cwd, second), second)];
  return {comparison: compareRuns({a, b, gates: gates ?? DEFAULT_GATES}), interrupted: false, bothSides: false};
}

async function fileAndRun(file: string, job: Job): Promise<Found> {
  const a = await readSide(resolve(job.surroundings.cwd, file), file);
  const run = await runPlan(plannedAgain(a.run, job.request, job.catalogue), job.source, jobsOf(job.given), job.surroundings);
  await save(run, job);
  const b: Side = {name: 'this run', run, countsOnly: false};
  return {comparison: compareRuns({a, b, gates: job.gates ?? DEFAULT_GATES}), interrupted: !run.complete, bothSides: false};
}

/** Between techniques nothing is a regression unless a gate says so. */
async function twoTechniques(names: readonly [string, string], job: Job): Promise<Found> {
  const {flags, surroundings} = job;
  const stored = flags.report === undefined ? null : await readReport(resolve(surroundings.cwd, flags.report));
  const [first, second] = names.map(name => canonical(name, stored, job));
  if (first === second) throw new UsageError(`'${names[0]}' and '${names[1]}' are the same technique`);
  const run = stored ?? await runPlan(planCells({...job.request, techniques: [first, second]}, job.catalogue), job.source, jobsOf(job.given),
    surroundings);
  if (!stored) await save(run, job);
  const [a, b] = [first, second].map((name): Side => ({name: shortName(name), run, countsOnly: false}));
  return {comparison: compareTechniques({a, b, gates: job.gates ?? []}, [first, second]), interrupted: !stored && !run.complete, bothSides: true};
}

/** As the report has it, else as the strategies that are loaded know it. */
function canonical(name: string, stored: RunResult | null, {catalogue}: Job): string {
  const known = stored?.cells.map(({technique}) => technique.name) ?? [];
  const found = known.find(each => each === name || shortName(each) === name);
  const technique = found ?? resolveTechnique(name, catalogue.plugins).name;
  if (stored && !known.includes(technique)) throw new UsageError(`the report has no cell under '${name}'; it has ${[...new Set(known)].map(shortName).join(', ')}`);
  return technique;
}

async function save(run: RunResult, {flags, given}: Job): Promise<void> {
  const reports = flags.out === undefined ? null : reportRequest(given);
  if (reports) await writeReports(reports.folder, run, reports.formats);
}

function writeMarkdown(comparison: Comparison, file: string, {stdout, cwd}: Surroundings): void {
  const text = comparisonMarkdown(comparison);
  if (file === '-') {
    stdout.write(text);
    return;
  }
  try {
    writeFileSync(resolve(cwd, file), text);
  } catch (error) {
    throw new ReportError(`Cannot write ${file}: ${(error as Error).message}.`, {cause: error});
  }
}
