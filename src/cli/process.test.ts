// The command line as a process of its own: signals, a closed pipe, and what goes to which stream.
import {spawn} from 'node:child_process';
import type {ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {join} from 'node:path';
import {text} from 'node:stream/consumers';
import pty from '@lydell/node-pty';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {folder} from '../lab/testing/folder.ts';
import type {RunResult} from '../lab/result.ts';

const url = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href);

const START = `
  import {main} from ${url('./main.js')};
  process.exitCode = await main(process.argv.slice(2), {
    defaults: '/nonexistent', builtIns: '/nonexistent', workloads: ${url('../lab/testing/workloads.js')}, runner: ${url('../lab/testing/runner.js')},
  });`;
const STRATEGIES = `
  console.log('a plugin is loaded');
  const strategy = (kind: string, name: string) => ({apiVersion: 1, kind, name, title: name, create: () => ({})});
  export default [strategy('cpu', 'native'), strategy('cpu', 'x'), strategy('memory', 'y'), strategy('io', 'emulated'), strategy('architecture', 'hypervisor')];`;
const CONFIG = {plugins: ['./strategies.ts'], workloads: ['quick', 'endless'], techniques: ['native', 'x+y'], hosts: ['nehalem-2009'], jobs: 1};

function start(t: ExecutionContext, argv: readonly string[]): ChildProcess {
  const cwd = folder(t, {'start.mjs': START, 'strategies.ts': STRATEGIES, '.benchrc.json': JSON.stringify(CONFIG), 'package.json': '{}'});
  const child = spawn(process.execPath, [join(cwd, 'start.mjs'), ...argv], {cwd, stdio: ['ignore', 'pipe', 'pipe']});
  t.teardown(() => child.kill('SIGKILL'));
  return child;
}

test('Ctrl-C while a guest loops for ever: partial results on standard output, plugins on standard error, exit 130', async t => {
  const child = start(t, ['run', '--json']);
  const [out, err] = [text(child.stdout!), text(child.stderr!)];
  child.stderr!.on('data', (chunk: Buffer) => { if (String(chunk).includes('round and round')) child.kill('SIGINT'); });
  const [status] = (await once(child, 'exit')) as [number];
  t.is(status, 130);
  const document = JSON.parse(await out) as RunResult;
  t.false(document.complete);
  t.deepEqual(document.cells.map(cell => cell.outcome), ['completed', 'completed', 'completed']);
  t.regex(await err, /^(?:a plugin is loaded\n)+round and round\n$/);
});

test('SIGTERM ends a plain run in the same way', async t => {
  const child = start(t, ['run', '--plain']);
  child.stdout!.setEncoding('utf8');
  let out = '';
  child.stdout!.on('data', (chunk: string) => {
    out += chunk;
    if (out.includes('[3/4]') && !child.killed) child.kill('SIGTERM');
  });
  const [status] = (await once(child, 'exit')) as [number];
  t.is(status, 130);
  t.regex(out, /Interrupted after/);
  t.regex(out, /reports\/latest\.json/);
});

test('a reader that goes away is no error', async t => {
  const child = start(t, ['list', 'hosts']);
  const err = text(child.stderr!);
  child.stdout!.destroy();
  const [status] = (await once(child, 'exit')) as [number];
  t.is(status, 0);
  t.is(await err, 'a plugin is loaded\n');
});

test('our own bugs show a stack and ask for a report, exit 70', async t => {
  const cwd = folder(t, {'start.mjs': `
    import {main} from ${url('./main.js')};
    process.exitCode = await main(['list', 'workloads'], {defaults: '/nonexistent', builtIns: '/nonexistent', workloads: 'data:text/javascript,throw new RangeError("ours")'});`});
  const broken = spawn(process.execPath, [join(cwd, 'start.mjs')], {cwd, stdio: ['ignore', 'ignore', 'pipe']});
  const err = text(broken.stderr);
  t.is(((await once(broken, 'exit')) as [number])[0], 70);
  t.regex(await err, /this is a bug in worldswitch; please report it[^]*RangeError: ours[^]*at /);
});

test('on a terminal Ctrl-C leaves the live view, keeps partial results and exits 130', async t => {
  const cwd = folder(t, {'start.mjs': START, 'strategies.ts': STRATEGIES, '.benchrc.json': JSON.stringify(CONFIG), 'package.json': '{}'});
  const {CI: _, NO_COLOR: __, ...inherited} = process.env;
  const child = pty.spawn(process.execPath, [join(cwd, 'start.mjs'), 'run'], {cols: 100, rows: 30, cwd, env: {...inherited, TERM: 'xterm-256color', NODE_ENV: 'production'}});
  let out = '';
  child.onData(data => {
    const before = out.includes('3/4');
    out += data;
    if (!before && out.includes('3/4')) child.write('\u0003');
  });
  const status = await new Promise<number>(resolve => { child.onExit(({exitCode}) => resolve(exitCode)); });
  t.is(status, 130);
  const closing = out.slice(out.lastIndexOf('\u001B[?1049l'));
  t.regex(closing, /The run was interrupted[^]*Reports: .*latest\.json/);
});
