// `npm run fuzz`: random guest programs under every technique that claims equivalence, on all processors of this computer.
// `--programs N --seed S --from N --every N --technique T --plugin FILE --jobs N` (every: each technique takes every N-th program);
// `--instructions N --seed S`: random instructions in random modes on bare metal instead, which must never end in an error of the model's
// own. Exit codes: 0 no difference or error, 1 some, 2 usage.
import {availableParallelism} from 'node:os';
import {parseArgs} from 'node:util';
import {Worker} from 'node:worker_threads';
import {loadCatalogue, type CatalogueSource} from '../lab/catalogue.ts';
import {UsageError} from '../lab/usage-error.ts';
import {huntInstructions} from './instructions/hunt.ts';
import {findingText, Hunt, noCoverage, type Coverage} from './hunt.ts';
import type {Contender} from './techniques.ts';
import type {Report, Share} from './worker.ts';

const OPTIONS = {
  programs: {type: 'string', default: '1000'}, seed: {type: 'string', default: '1'}, from: {type: 'string', default: '0'}, every: {type: 'string', default: '1'},
  jobs: {type: 'string', default: String(availableParallelism())}, instructions: {type: 'string'},
  technique: {type: 'string', multiple: true}, plugin: {type: 'string', multiple: true},
} as const;

const say = (text: string): void => { process.stdout.write(`${text}\n`); };

function wholeNumber(name: string, written: string): number {
  if (/^\d{1,9}$/.test(written)) return Number(written);
  throw new UsageError(`--${name} is '${written}'; give a whole number from 0 to 999999999`);
}

interface Order {
  readonly catalogue: CatalogueSource;
  readonly techniques: readonly string[];
  readonly numbers: Readonly<Record<'programs' | 'seed' | 'from' | 'jobs' | 'every', number>>;
  /** Random instructions instead of programs; 0 = none. */
  readonly instructions: number;
}

function readOrder(): Order {
  try {
    const {values} = parseArgs({options: OPTIONS});
    const number = (name: 'programs' | 'seed' | 'from' | 'jobs' | 'every'): number => wholeNumber(name, values[name]);
    return {
      catalogue: {plugins: {entries: values.plugin ?? [], base: process.cwd(), source: 'command line'}}, techniques: values.technique ?? [],
      instructions: values.instructions === undefined ? 0 : wholeNumber('instructions', values.instructions),
      numbers: {programs: number('programs'), seed: number('seed'), from: number('from'), jobs: Math.max(1, number('jobs')), every: Math.max(1, number('every'))},
    };
  } catch (error) {
    if (error instanceof TypeError && 'code' in error) throw new UsageError(error.message);
    throw error;
  }
}

interface Outcome { findings: number; readonly coverage: Coverage }

/** One worker's share; it rejects when the thread dies. */
function hire(share: Share, outcome: Outcome): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('worker.js', import.meta.url), {workerData: share});
    worker.on('message', (report: Report) => take(report, outcome));
    worker.on('error', reject);
    worker.on('exit', () => resolve());
  });
}

function take(report: Report, outcome: Outcome): void {
  if ('coverage' in report) {
    for (const name of Object.keys(outcome.coverage) as Array<keyof Coverage>) outcome.coverage[name] += report.coverage[name];
    return;
  }
  outcome.findings++;
  say(`${findingText(report.finding)}\n`);
}

const names = (contenders: readonly Contender[]): string => contenders.map(({technique, host}) => `${technique.name} on ${host}`).join(', ') || 'none';

function randomInstructions(seed: number, wanted: number): number {
  const {findings, coverage: {instructions, stretches, byMode}} = huntInstructions(seed, wanted);
  for (const {stretch, start: {mode, paging, ring}, eip, what} of findings) say(`stretch ${stretch} (${mode}, paging ${paging}, ring ${ring}), eip 0x${(eip >>> 0).toString(16)}: ${what}\n`);
  say(`${instructions} instructions of seed ${seed} from ${stretches} random states: ${Object.entries(byMode).map(([mode, count]) => `${mode} ${count}`).join(', ')}`);
  say(findings.length === 0 ? "no error of the model's own, no byte outside the guest touched" : `${findings.length} errors of the model's own`);
  return findings.length === 0 ? 0 : 1;
}

async function main(): Promise<number> {
  const {catalogue, techniques, instructions, numbers: {programs, seed, from, jobs, every}} = readOrder();
  if (instructions > 0) return randomInstructions(seed, instructions);
  const {always, inTurn} = new Hunt(await loadCatalogue(catalogue), techniques, seed).field;
  say(`programs ${from} to ${from + programs - 1} of seed ${seed}, ${every === 1 ? 'each' : `one in ${every} in turn`} under ${names(always)}, and in turn under one of ${inTurn.length} with other options`);
  const outcome: Outcome = {findings: 0, coverage: noCoverage()};
  const shares = Array.from({length: Math.min(jobs, Math.max(1, programs))}, (_, at): Share => ({catalogue, techniques, seed, first: from + at, end: from + programs, stride: jobs, every}));
  await Promise.all(shares.map(share => hire(share, outcome)));
  return summary(outcome);
}

function summary({findings, coverage}: Outcome): number {
  const each = (total: number): string => (total / coverage.programs).toFixed(1);
  say(`${coverage.programs} programs, ${coverage.runs} runs under techniques; each on average ${each(coverage.instructions)} instructions, ${each(coverage.interrupts)} interrupts, ` +
    `${each(coverage.exceptions)} exceptions and interrupts handled; ${coverage.refused} ended where the model is not complete`);
  say(findings === 0 ? 'no difference to bare metal' : `${findings} differences to bare metal`);
  return findings === 0 ? 0 : 1;
}

process.exitCode = await main().catch((error: unknown) => {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n`);
  return 2;
});
