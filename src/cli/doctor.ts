// `worldswitch doctor`: looks whether everything is in place, and how fit this computer is for measured time.
import {loadCatalogue} from '../lab/catalogue.ts';
import {loadConfig} from '../lab/config.ts';
import {planCells} from '../lab/plan.ts';
import {EXIT_CODES} from '../lab/exit-codes.ts';
import {compareRuns, type Side} from '../report/compare/comparison.ts';
import {timeSentence, verdictSentence} from '../report/compare/verdict.ts';
import {printable, wrapWords} from '../report/printable.ts';
import {lineWidth} from '../report/terminal.ts';
import {allChecks, type Check} from './doctor-checks.ts';
import {planRequest} from './request.ts';
import {runPlan} from './run-plan.ts';
import {catalogueSource} from './run.ts';
import type {Surroundings} from './surroundings.ts';

export interface DoctorFlags {
  readonly report?: boolean;
  readonly aa?: boolean;
  readonly json?: boolean;
  readonly config?: string;
}

/** @throws UsageError only where `--aa` cannot be planned */
export async function doctorCommand(flags: DoctorFlags, surroundings: Surroundings): Promise<number> {
  const checks = [...await allChecks(surroundings, flags.config), ...(flags.aa ? await selfTest(flags, surroundings) : [])];
  const {stdout} = surroundings;
  if (flags.json) stdout.write(`${JSON.stringify({schemaVersion: 1, checks}, null, 2)}\n`);
  else stdout.write(flags.report ? forReport(checks, surroundings) : plain(checks, lineWidth(stdout)));
  return checks.some(({state}) => state === 'problem') ? EXIT_CODES.failed : EXIT_CODES.expected;
}

const MARKS: Readonly<Record<Check['state'], string>> = {ok: 'ok', note: 'note', problem: 'PROBLEM'};

function plain(checks: readonly Check[], width: number): string {
  const names = Math.max(...checks.map(({about}) => about.length));
  const lines = checks.flatMap(({about, state, found}) => wrapWords(printable(found), width - names - 11)
    .map((line, at) => `${(at === 0 ? MARKS[state] : '').padEnd(7)}  ${(at === 0 ? about : '').padEnd(names)}  ${line}`));
  const [notes, problems] = (['note', 'problem'] as const).map(state => checks.filter(check => check.state === state).length);
  const sum = problems > 0 ? `${problems} to be mended.` : notes > 0 ? `Everything works; ${notes} to know about.` : 'Everything is in place.';
  return `${[...lines, '', sum].join('\n')}\n`;
}

/** A block to paste into a bug report. */
const forReport = (checks: readonly Check[], {command}: Surroundings): string =>
  `\`\`\`text\n${[`command: ${command.join(' ')}`, ...checks.map(({about, state, found}) => `${about}: ${found}${state === 'ok' ? '' : ` (${state})`}`)].map(printable).join('\n')}\n\`\`\`\n`;

const SAMPLES = 8;

/** A/A: the same cells measured twice must not differ; the counts not at all, time not significantly. */
async function selfTest({config: file}: DoctorFlags, surroundings: Surroundings): Promise<Check[]> {
  const config = await loadConfig({cwd: surroundings.cwd, file, defaults: surroundings.defaults});
  const source = catalogueSource(config, surroundings);
  const catalogue = await loadCatalogue(source);
  const workloads = [...catalogue.workloads.keys()].slice(0, 4);
  const plan = planCells({...planRequest({workloads, flags: {}, config, cwd: surroundings.cwd}), techniques: ['native'], samples: SAMPLES,
    params: {}}, catalogue);
  const sides: Side[] = [];
  for (const name of ['first', 'second']) sides.push({name, run: await runPlan(plan, source, 1, surroundings), countsOnly: false});
  const comparison = compareRuns({a: sides[0], b: sides[1], gates: []});
  const exact = comparison.pairs.every(({judgement}) => judgement === 'identical');
  const alarms = comparison.pairs.filter(({time}) => time !== null && !('notCompared' in time) && time.significant).length;
  return [
    {about: 'A/A counts', state: exact ? 'ok' : 'problem', found: verdictSentence(comparison)},
    {about: 'A/A time', state: alarms === 0 ? 'ok' : 'note',
      found: `${timeSentence(comparison) ?? 'nothing was measured'}${alarms === 0 ? '' : ' The same cells differ: do not trust measured time here.'}`},
  ];
}
