import {spawnSync} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {PassThrough} from 'node:stream';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {folder} from '../lab/testing/folder.ts';
import type {RunResult} from '../lab/result.ts';
import {main} from './main.ts';

/** The built-in strategies and workloads on an empty folder. */
function workplace(t: ExecutionContext) {
  const cwd = folder(t, {'package.json': '{}'});
  const run = async (...argv: string[]) => {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const status = await main(argv, {cwd, stdout, stderr, env: {}, signals: () => () => {}});
    return {status, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '')};
  };
  return {cwd, run};
}

test('a configuration that runs as it is, with a schema that is there', async t => {
  const {cwd, run} = workplace(t);
  const {status, out} = await run('init');
  t.is(status, 0);
  t.regex(out, /^wrote \.benchrc\.json\n/);
  const config = JSON.parse(readFileSync(join(cwd, '.benchrc.json'), 'utf8')) as {$schema: string; workloads: string[]};
  t.true(existsSync(join(cwd, config.$schema)));
  t.is((await run('run', 'syscall', '--technique', 'native', '--param', 'operations=5', '--jobs', '1', '--json')).status, 0);
});

const PLUGINS: ReadonlyArray<readonly [argv: readonly string[], technique: string]> = [
  [['memory', 'my-shadow'], 'hardware-assisted+my-shadow+emulated@hypervisor'], [['cpu', 'mine', '--from', 'trap-and-emulate'], 'mine+shadow+emulated@hypervisor'],
  [['memory', 'soft', '--from', 'software-mmu'], 'interpretation+soft+emulated@hosted'],
];
for (const [argv, technique] of PLUGINS) {
  test(`init plugin ${argv.join(' ')}: loads and runs beside its original`, async t => {
    const {cwd, run} = workplace(t);
    const {status, err} = await run('init', 'plugin', ...argv);
    t.is(err, '');
    t.is(status, 0);
    t.true(existsSync(join(cwd, argv[1], 'README.md')));
    const {cells} = JSON.parse((await run('run', 'divzero', '--param', 'operations=5', '--jobs', '1', '--json')).out) as RunResult;
    t.is(cells.length, 3);
    const [, original, copy] = cells;
    t.is(copy.technique.name, technique);
    t.is(copy.outcome, original.outcome);
    t.deepEqual([copy.cycles, copy.switches], [original.cycles, original.switches]);
  });
}

test('the test that is written runs, and passes for the copy', async t => {
  const {cwd, run} = workplace(t);
  await run('init', 'plugin', 'io', 'my-devices');
  const {status, stdout} = spawnSync(process.execPath, ['my-devices/my-devices.test.mjs'], {cwd, encoding: 'utf8'});
  t.is(status, 0, stdout);
  t.regex(stdout, /pass 8\n/);
});

test('what is there is left alone, and the lines to add are told', async t => {
  const {cwd, run} = workplace(t);
  await run('init');
  const before = readFileSync(join(cwd, '.benchrc.json'), 'utf8');
  const {out} = await run('init', 'plugin', 'memory', 'my-nested');
  t.regex(out, /add to "plugins" in \.benchrc\.json: \["\.\/my-nested",\{"name":"my-nested"\}\]/);
  t.is(readFileSync(join(cwd, '.benchrc.json'), 'utf8'), before);
  for (const [argv, sentence] of [
    [['init'], /\.benchrc\.json is there already/], [['init', 'plugin', 'memory', 'my-nested'], /my-nested is there already/], [['init', 'plugin', 'disk', 'x'], /'disk' is no kind of plugin/],
    [['init', 'plugin', 'memory', 'My_X'], /a word in kebab-case/], [['init', 'plugin', 'memory'], /a word in kebab-case/], [['init', 'plugin', 'memory', 'shadow'], /is the name of a built-in/],
    [['init', 'plugin', 'io', 'x', '--from', 'y'], /no built-in io strategy 'y' to start from; known: emulated/], [['init', 'else'], /init takes nothing, or 'plugin KIND NAME'/],
  ] as const) {
    const {status, err} = await run(...argv);
    t.is(status, 2);
    t.regex(err, sentence);
    t.regex(err, /^worldswitch: [^\n]+\n$/);
  }
});
