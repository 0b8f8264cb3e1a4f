// `worldswitch baseline`: golden counts of the configuration's matrix, written to be committed, or with --check compared with what
// is committed. Under the instruction clock, so that no count depends on a price.
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {loadCatalogue} from '../lab/catalogue.ts';
import {loadConfig} from '../lab/config.ts';
import {planCells} from '../lab/plan.ts';
import type {RunResult} from '../lab/result.ts';
import {UsageError} from '../lab/usage-error.ts';
import {EXIT_CODES, strongest} from '../lab/exit-codes.ts';
import {exitCodeOf} from '../lab/verdict.ts';
import {formatBaseline} from '../report/baseline/baseline.ts';
import {compareRuns, type Comparison} from '../report/compare/comparison.ts';
import {readSide} from '../report/compare/side.ts';
import {comparisonText} from '../report/compare/text.ts';
import {replaceFiles} from '../report/files.ts';
import {reportLine} from '../report/plain.ts';
import {lineWidth} from '../report/terminal.ts';
import type {WrittenFlags} from './flags.ts';
import {jobsOf, planRequest} from './request.ts';
import {runPlan} from './run-plan.ts';
import {catalogueSource, expectedExit} from './run.ts';
import type {Surroundings} from './surroundings.ts';

export interface BaselineFlags extends WrittenFlags {
  readonly check?: boolean;
}

const NAME = /^[\w.-]+$/;

/** @throws UsageError before anything runs */
export async function baselineCommand(name: string, flags: BaselineFlags, surroundings: Surroundings): Promise<number> {
  if (!NAME.test(name)) throw new UsageError(`a baseline's name becomes a file's; '${name}' holds more than letters, digits, dots and dashes`);
  const config = await loadConfig({cwd: surroundings.cwd, file: flags.config, defaults: surroundings.defaults});
  const given = {workloads: [], flags, config, cwd: surroundings.cwd};
  const folder = join(config.out, 'baseline');
  const file = join(folder, `${name}.json`);
  if (flags.check && !existsSync(file)) throw new UsageError(`there is no baseline ${file}; write it with 'worldswitch baseline' and commit it`);
  const source = catalogueSource(config, surroundings);
  const catalogue = await loadCatalogue(source);
  const plan = planCells({...planRequest(given), clock: 'instructions', samples: 0}, catalogue);
  const before = flags.check ? await readSide(file, file) : null;
  const run = await runPlan(plan, source, jobsOf(given), surroundings);
  const judged = exitCodeOf(run, workload => expectedExit(catalogue, workload));
  if (!run.complete) return judged;
  if (before) return strongest([judged, check(compareRuns({a: before, b: {name: 'this run', run, countsOnly: false}, gates: []}), surroundings)]);
  surroundings.stdout.write(`${(await write(folder, name, run)).join('\n')}\n`);
  return judged;
}

const write = async (folder: string, name: string, run: RunResult): Promise<string[]> =>
  reportLine(await replaceFiles(folder, [{name: `${name}.json`, text: formatBaseline(run)}]));

/** Any difference fails, also for the better: a count that moved is to be looked at. */
function check(comparison: Comparison, {stdout}: Surroundings): number {
  const {pairs, onlyA, onlyB} = comparison;
  const same = onlyA.length === 0 && onlyB.length === 0 && pairs.every(({judgement}) => judgement === 'identical');
  stdout.write(comparisonText(comparison, lineWidth(stdout)));
  if (same) return EXIT_CODES.expected;
  stdout.write("\nCounts differ from the baseline. If that is meant, run 'npm run baseline' (worldswitch baseline) and commit the file.\n");
  return EXIT_CODES.regression;
}
