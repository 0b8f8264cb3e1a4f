// Interrupting a run and going on with it: in this process, and in a terminal of its own where keys are pressed.
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {PassThrough} from 'node:stream';
import {pathToFileURL} from 'node:url';
import pty from '@lydell/node-pty';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {folder} from '../lab/testing/folder.ts';
import type {RunResult} from '../lab/result.ts';
import {commandLine} from './testing-cli.ts';

const address = (path: string): string => new URL(path, import.meta.url).href;

/** The testing runner, but that `other` under a technique waits for ever until the file `go` is there; each cell it runs is noted. */
const RUNNER = `
  import {appendFileSync, existsSync} from 'node:fs';
  import {runCell as run} from ${JSON.stringify(address('../lab/testing/runner.js'))};
  const here = name => new URL(name, import.meta.url);
  export function runCell(spec) {
    appendFileSync(here('ran'), spec.key + '\\n');
    if (spec.workload === 'other' && spec.technique.name !== 'native') { console.log('waiting'); while (!existsSync(here('go'))); }
    return {...run(spec), console: ''};
  }`;

function workplace(t: ExecutionContext) {
  const {root, run} = commandLine(t, {'runner.mjs': RUNNER, 'ran': ''}, {workloads: ['quick', 'other', 'chatty'], jobs: 1});
  const runner = pathToFileURL(join(root, 'runner.mjs')).href;
  const report = (): RunResult => JSON.parse(readFileSync(join(root, 'reports/latest.json'), 'utf8')) as RunResult;
  const interrupted = async (): Promise<number> => {
    const stderr = new PassThrough();
    let interrupt = (): void => {};
    stderr.on('data', chunk => { if (String(chunk).includes('waiting')) interrupt(); });
    const {status} = await run(['run', '--plain'], {runner, stderr, signals(register) { interrupt = register; return () => {}; }});
    writeFileSync(join(root, 'go'), '');
    return status;
  };
  const ran = (): string[] => readFileSync(join(root, 'ran'), 'utf8').trim().split('\n').map(key => key.split(' | ').slice(0, 2).join(' ').replace('+emulated@hypervisor', ''));
  return {root, report, interrupted, ran, again: (...flags: string[]) => run(['run', '--plain', ...flags], {runner})};
}

test('an interrupted run keeps what had ended; --resume runs only the rest and gives the whole report', async t => {
  const {report, interrupted, again, ran, root} = workplace(t);
  t.is(await interrupted(), 130);
  const partial = report();
  t.false(partial.complete);
  t.is(partial.plan!.cells, 6);
  t.deepEqual(partial.cells.map(({workload, technique}) => `${workload} ${technique.cpu}`), ['quick native', 'quick hardware-assisted', 'other native']);
  writeFileSync(join(root, 'ran'), '');
  const {status, out} = await again('--resume');
  t.is(status, 0);
  t.deepEqual(ran(), ['other hardware-assisted+shadow', 'chatty native', 'chatty hardware-assisted+shadow']);
  const whole = report();
  t.true(whole.complete);
  t.is(whole.plan, undefined);
  t.deepEqual(whole.cells.slice(0, 3), partial.cells);
  t.is(whole.environment.startedAt, partial.environment.startedAt);
  t.true(whole.environment.elapsedMs >= partial.environment.elapsedMs);
  t.regex(out, /6 cells/);
  writeFileSync(join(root, 'ran'), '');
  await again();
  t.deepEqual(report().cells, whole.cells);
  t.is(ran().length, 6);
});

const OTHER_PLANS: ReadonlyArray<readonly [flags: readonly string[], sentence: RegExp]> = [
  [['--host', 'pentium4-2005'], /was another than this one \(its cells, costs, images or version are others\); give the same command/],
  [['--technique', 'native'], /was another than this one \(it was 6 cells, this is 3\)/], [['--clock', 'instructions'], /was another/], [['--param', 'iterations=3'], /was another/], [['--out', 'none'], /there is no .*none\/latest\.json to resume/],
];

test('another plan, a complete report and no report are refused in a sentence, and the report stays', async t => {
  const {report, interrupted, again} = workplace(t);
  await interrupted();
  for (const [flags, sentence] of OTHER_PLANS) {
    const {status, err} = await again('--resume', ...flags);
    t.is(status, 2);
    t.regex(err, sentence);
    t.regex(err, /^worldswitch: [^\n]+\n$/);
  }
  t.is(report().cells.length, 3);
  await again('--resume');
  t.regex((await again('--resume')).err, /latest\.json is complete, so there is nothing to resume/);
});

const SCRIPT = `
  import {processSignals} from ${JSON.stringify(address('./signals.js'))};
  processSignals(() => console.log('first'));
  console.log('ready');
  setInterval(() => {}, 1000);`;

test('in a terminal: the first Ctrl-C asks for an end, a second ends at once with 130', async t => {
  const root = folder(t, {'start.mjs': SCRIPT});
  const child = pty.spawn(process.execPath, [join(root, 'start.mjs')], {cols: 80, rows: 24, cwd: root, env: process.env});
  t.teardown(() => child.kill('SIGKILL'));
  let [out, pressed] = ['', 0];
  const press = (): void => {
    pressed++;
    child.write('\u0003');
  };
  child.onData(data => {
    out += data;
    if (out.includes('ready') && pressed === 0) press();
    if (out.includes('first') && pressed === 1) setTimeout(press, 400);
  });
  const status = await new Promise<number>(resolve => { child.onExit(({exitCode}) => resolve(exitCode)); });
  t.is(status, 130);
  t.is(pressed, 2);
});

const PLAIN = (runner: string): string => `
  import {main} from ${JSON.stringify(address('./main.js'))};
  process.exitCode = await main(['run', '--plain'], {defaults: '/nonexistent', builtIns: '/nonexistent', workloads: ${JSON.stringify(address('../lab/testing/workloads.js'))}, runner: ${JSON.stringify(runner)}});`;

test('in a terminal: Ctrl-C during a plain run ends with 130 and a report that --resume goes on with', async t => {
  const {root, report, again} = workplace(t);
  writeFileSync(join(root, 'start.mjs'), PLAIN(pathToFileURL(join(root, 'runner.mjs')).href));
  const child = pty.spawn(process.execPath, [join(root, 'start.mjs')], {cols: 100, rows: 30, cwd: root, env: {...process.env, NODE_ENV: 'production'}});
  t.teardown(() => child.kill('SIGKILL'));
  let out = '';
  child.onData(data => {
    const before = out.includes('waiting');
    out += data;
    if (!before && out.includes('waiting')) child.write('\u0003');
  });
  const status = await new Promise<number>(resolve => { child.onExit(({exitCode}) => resolve(exitCode)); });
  t.is(status, 130);
  t.regex(out, /Interrupted after/);
  t.false(report().complete);
  writeFileSync(join(root, 'go'), '');
  t.is((await again('--resume')).status, 0);
  t.true(report().complete);
});
