import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {PassThrough} from 'node:stream';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {folder} from '../lab/testing/folder.ts';
import type {RunResult} from '../lab/result.ts';
import type {ValidationResult} from '../lab/validate/document.ts';
import {main} from './main.ts';
import type {Surroundings} from './surroundings.ts';

const built = (path: string): string => new URL(`../lab/testing/${path}`, import.meta.url).href;

/** Strategies as any plugin may bring them: one unbuilt file. */
const STRATEGIES = `
  import {oneOf, options} from 'worldswitch';
  const strategy = (kind: string, name: string, more: object = {}) => ({apiVersion: 1, kind, name, title: name, create: () => ({}), ...more});
  export default [
    strategy('cpu', 'native'), strategy('cpu', 'hardware-assisted'), strategy('memory', 'nested', {needs: {features: ['nested-paging']}}),
    strategy('memory', 'shadow', {options: options({policy: oneOf(['traced', 'unsync'])})}),
    strategy('io', 'emulated'), strategy('architecture', 'hypervisor'), strategy('architecture', 'hosted'),
  ];`;
const CONFIG = {plugins: ['./strategies.ts'], workloads: ['quick'], techniques: ['native', 'hardware-assisted+shadow'], hosts: ['nehalem-2009'], samples: 0};

interface Ended { readonly status: number; readonly out: string; readonly err: string; readonly root: string }

async function worldswitch(t: ExecutionContext, argv: readonly string[], changes: Partial<Surroundings> & {config?: object} = {}): Promise<Ended> {
  const {config = {}, stderr = new PassThrough(), ...replaced} = changes;
  const root = replaced.cwd ?? folder(t, {'strategies.ts': STRATEGIES, '.benchrc.json': JSON.stringify({...CONFIG, ...config}), 'package.json': '{}'});
  const stdout = new PassThrough();
  const status = await main(argv, {
    cwd: root, stdout, stderr, env: {}, signals: () => () => {}, defaults: '/nonexistent', builtIns: '/nonexistent',
    workloads: built('workloads.js'), runner: built('runner.js'), ...replaced,
  });
  return {status, out: String(stdout.read() ?? ''), err: String((stderr as PassThrough).read() ?? ''), root};
}

test('a plain run shows each cell, the report and where it was written', async t => {
  const {status, out, err, root} = await worldswitch(t, ['run']);
  t.is(status, 0);
  t.is(err, '');
  t.regex(out, /2 cells: 1 workload x 2 techniques x 1 host/);
  t.regex(out, /\[[12]\/2\] quick \| native \| nehalem-2009: /);
  t.true(out.includes(`Reports: ${join(root, 'reports/latest.json')}`));
  t.true((JSON.parse(readFileSync(join(root, 'reports/latest.json'), 'utf8')) as RunResult).complete);
  t.true(existsSync(join(root, 'reports/latest.md')));
});

test('--json prints one document and writes no files', async t => {
  const {status, out, err, root} = await worldswitch(t, ['run', '--json', '--technique', 'native']);
  t.is(status, 0);
  t.is(err, '');
  const document = JSON.parse(out) as RunResult;
  t.deepEqual(document.cells.map(cell => cell.technique.name), ['native']);
  t.deepEqual(document.environment.command, ['worldswitch', 'run', '--json', '--technique', 'native']);
  t.false(existsSync(join(root, 'reports')));
});

test('--json with --out writes files as well, in the formats asked for', async t => {
  const {status, out, root} = await worldswitch(t, ['run', '--json', '--out', 'mine', '--format', 'json']);
  t.is(status, 0);
  t.is(readFileSync(join(root, 'mine/latest.json'), 'utf8'), out);
  t.false(existsSync(join(root, 'mine/latest.md')));
});

test("arguments and flags replace the configuration's axis whole", async t => {
  const {out} = await worldswitch(t, [
    'run', 'other', 'quick', '--technique', 'hardware-assisted+shadow[policy=unsync]', '--technique=native', '--host', 'pentium4-2005',
    '--host', 'nehalem-2009', '--clock', 'instructions', '--param', 'iterations=7', '--json',
  ]);
  const {cells} = JSON.parse(out) as RunResult;
  t.is(cells.length, 8);
  t.deepEqual(cells.slice(0, 3).map(({workload, technique, host, params, clock}) => [workload, technique.name, host, params, clock]), [
    ['other', 'hardware-assisted+shadow[policy=unsync]+emulated@hypervisor', 'pentium4-2005', {iterations: 7}, 'instructions'],
    ['other', 'native', 'pentium4-2005', {iterations: 7}, 'instructions'],
    ['other', 'hardware-assisted+shadow[policy=unsync]+emulated@hypervisor', 'nehalem-2009', {iterations: 7}, 'instructions'],
  ]);
});

test("what a plugin prints in a cell stays off standard output", async t => {
  const {out, status} = await worldswitch(t, ['run', 'chatty', '--json']);
  t.is(status, 0);
  t.notThrows(() => JSON.parse(out) as unknown);
});

const EXITS: ReadonlyArray<readonly [argv: readonly string[], status: number]> = [
  [['run', 'quick'], 0], [['run', 'fails'], 1], [['run', 'throws'], 1], [['run', 'unequal'], 4], [['run', 'unequal', 'fails'], 4],
  [['run', '--technique', 'native', '--technique', 'hardware-assisted+nested', '--host', 'pentium4-2005'], 0],
];

for (const [argv, status] of EXITS) test(`${argv.join(' ')}: exit ${status}`, async t => t.is((await worldswitch(t, argv)).status, status));

const WRONG: ReadonlyArray<readonly [argv: readonly string[], sentence: RegExp, config?: object]> = [
  [['frobnicate'], /unknown command 'frobnicate'/],
  [['run', '--frob'], /unknown option '--frob'/],
  [['run', '--techniqe', 'native'], /unknown option '--techniqe' \(Did you mean --technique\?\)/],
  [['run', '--host'], /option '--host <host>' argument missing/],
  [['run', 'nope'], /unknown workload 'nope'; known: quick, other/],
  [['run', './none.elf'], /image \.\/none\.elf does not exist/],
  [['run', 'strategies.ts'], /image strategies\.ts, offset 0x0: /],
  [['run', '--technique', 'native,hardware-assisted+shadow'], /technique 'native,hardware-assisted\+shadow': 'native,hardware-assisted' is not a strategy name/],
  [['run', '--technique', 'xen-pv'], /preset 'xen-pv' is not available yet: .*no io strategy 'xen-ring'/],
  [['run', '--technique', 'hardware-assisted+nested', '--host', 'pentium4-2005'], /nothing left to run.*nested needs the host feature 'nested-paging'/],
  [['run', '--host', 'pdp11'], /unknown host 'pdp11'/],
  [['run', '--clock', 'wall'], /--clock is 'wall'; it must be cycles or instructions/],
  [['run', '--samples', '-1'], /--samples is '-1'; it must be a whole number from 0/],
  [['run', '--max-instructions', '0'], /--max-instructions is '0'; it must be a whole number of 1 or more/],
  [['run', '--memory', '1'], /--memory is '1'; it must be a whole number from 4 to 2048/],
  [['run', '--jobs', 'many'], /--jobs is 'many'/],
  [['run', '--param', 'iterations'], /--param is 'iterations'; it must be name=value/],
  [['run', '--param', 'depth=1'], /no chosen workload has a parameter 'depth'/],
  [['run', '--disk', 'none.raw'], /disk .*none\.raw cannot be read: ENOENT/],
  [['run', '--disk', 'strategies.ts'], /disk .*strategies\.ts has \d+ bytes, which is no multiple of 512; give a raw disk image/],
  [['run', '--disk-write'], /--disk-write is given without --disk/],
  [['run', '--net', 'nobody'], /--net is 'nobody'; it must be one of echo, sink, source, host/],
  [['run', '--card', 'pcnet'], /--card is given without --net; say who is at the other end of the network/],
  [['run', '--net', 'echo', '--card', 'ne2000'], /--card is 'ne2000'; it must be one of e1000, pcnet/],
  [['run', '--format', 'json,pdf'], /--format names the format 'pdf'; known: json, md, csv/],
  [['run', '--config', 'gone.json'], /gone\.json does not exist/],
  [['run'], /unknown field 'tecniques'/, {tecniques: []}],
  [['run'], /plugin '\.\/gone': .*gone does not exist/, {plugins: ['./gone']}],
  [['validate', '99'], /there is no claim '99'; give numbers \(1 to 40\), ranges such as 1-8, or kinds: C, R, Q/],
  [['validate', '--jobs', '0'], /--jobs is '0'; it must be a whole number from 1/],
  [['tables'], /missing required argument 'table'/],
  [['tables', 'tlb'], /there is no table 'tlb'; known: io/],
  [['tables', 'io', '--host', 'pdp11'], /unknown host 'pdp11'/],
  [['tables', 'io', '--base', 'nothing+shadow'], /there is no cpu strategy 'nothing'/],
  [['tables', 'io', '--format', 'pdf'], /--format is 'pdf'; it must be one of md, csv, json/],
  [['list'], /missing required argument 'what'/],
  [['list', 'things'], /there is no list of 'things'; known: workloads, techniques, hosts, plugins, presets, cpu/],
];

for (const [argv, sentence, config = {}] of WRONG) {
  test(`${argv.join(' ')} ${JSON.stringify(config)}: ${sentence.source}`, async t => {
    const {status, out, err} = await worldswitch(t, argv[0] === 'run' ? [...argv, '--json'].toSorted(byFlag) : argv, {config});
    t.is(status, 2);
    t.is(out, '');
    t.regex(err, sentence);
    t.regex(err, /^worldswitch: [^\n]+\n$/);
  });
}

/** Puts `--json` behind the command, so that a flag without its value stays last. */
function byFlag(a: string, b: string): number {
  return Number(b === 'run') - Number(a === 'run') || Number(b === '--json') - Number(a === '--json');
}

test('a folder for reports that cannot be made is a sentence, and --json prints nothing', async t => {
  const root = folder(t, {'strategies.ts': STRATEGIES, '.benchrc.json': JSON.stringify(CONFIG), 'package.json': '{}'});
  writeFileSync(join(root, 'file'), '');
  const {status, out, err} = await worldswitch(t, ['run', '--json', '--out', 'file'], {cwd: root});
  t.is(status, 2);
  t.is(out, '');
  t.regex(err, /^worldswitch: Cannot write the report .*\n$/);
});

test('the first signal keeps partial results, marked incomplete, and exits 130', async t => {
  let interrupt = (): void => {};
  const stderr = new PassThrough();
  const ended = worldswitch(t, ['run', 'quick', 'endless', '--jobs', '1', '--json', '--out', 'r'], {
    stderr, signals(register) { interrupt = register; return () => {}; },
  });
  stderr.once('data', () => interrupt());
  const {status, out, root} = await ended;
  t.is(status, 130);
  const document = JSON.parse(out) as RunResult;
  t.false(document.complete);
  t.deepEqual(document.cells.map(cell => cell.workload), ['quick', 'quick', 'endless']);
  t.false((JSON.parse(readFileSync(join(root, 'r/latest.json'), 'utf8')) as RunResult).complete);
});

const LISTS: ReadonlyArray<readonly [what: string, name: string, text: RegExp]> = [
  ['workloads', 'quick', /^quick +test +iterations=1000 \(1 to 100000\), mode=fast \(fast, slow\) +the quick workload$/m],
  ['techniques', 'native', /takes an unmodified guest; the host needs nested-paging\n {4}equivalent to bare metal\n {4}runs on nehalem-2009,/m],
  ['techniques', 'native', /^hardware-assisted\+nested\+emulated@hypervisor\n {4}preset esxi\n/m],
  ['hosts', 'pentium4-2005', /^pentium4-2005 +3800 MHz /m],
  ['plugins', 'native', /^memory +shadow +shadow +policy=traced +\/.*strategies\.ts$/m],
  ['presets', 'xen-pv', /^ {4}not available yet: .*there is no io strategy 'xen-ring'; there is no architecture strategy 'hybrid'$/m],
  ['presets', 'esxi', /^kvm-2007 +hardware-assisted\+shadow\+emulated@hosted +KVM/m],
];

for (const [what, name, text] of LISTS) {
  test(`list ${what}, for people and as JSON: ${text.source.slice(0, 30)}`, async t => {
    const plain = await worldswitch(t, ['list', what]);
    t.is(plain.status, 0);
    t.regex(plain.out, text);
    const documents = JSON.parse((await worldswitch(t, ['list', what, '--json'])).out) as ReadonlyArray<{name: string}>;
    t.true(documents.some(document => document.name === name));
  });
}

test('validate says of each claim what is missing, for people and as JSON', async t => {
  const plain = await worldswitch(t, ['validate', '16', '27']);
  t.is(plain.status, 0);
  t.regex(plain.out, /^ 16 R {2}lmbench context switch/m);
  t.regex(plain.out, /missing: there is no cpu strategy 'paravirtual'; unknown workload 'context-switch'/);
  const json = await worldswitch(t, ['validate', '27', '--json']);
  const {schemaVersion, complete, claims} = JSON.parse(json.out) as ValidationResult;
  t.deepEqual([schemaVersion, complete, claims.map(({number, verdict}) => [number, verdict])], [1, true, [['27', 'not-available']]]);
  t.is(json.err, '');
});

test('a table whose parts are missing says so in every row, as text, as JSON and in files', async t => {
  const {status, out, root} = await worldswitch(t, ['tables', 'io', '--out', 'tables']);
  t.is(status, 0);
  t.regex(out, /\| virtio, modern +\| anywhere +\| any +\| +– \(\d\) /);
  t.regex(out, /^\d\. .*unknown workload 'disk'$/m);
  t.is(readFileSync(join(root, 'tables/io.md'), 'utf8'), out);
  t.true(existsSync(join(root, 'tables/io.csv')));
  const {rows} = JSON.parse((await worldswitch(t, ['tables', 'io', '--json'])).out) as {rows: ReadonlyArray<{figures: unknown}>};
  t.true(rows.length > 50 && rows.every(({figures}) => figures === null));
});

test('help has examples, exit codes and the quoting of techniques', async t => {
  const {status, out} = await worldswitch(t, ['run', '--help']);
  t.is(status, 0);
  t.regex(out, /--technique 'hardware-assisted\+shadow\[write=zap\]@hosted'/);
  t.regex(out, /130 +interrupted/);
  t.is((await worldswitch(t, [])).status, 0);
});

test('--version is the version and nothing else', async t => {
  const {status, out} = await worldswitch(t, ['--version']);
  t.is(status, 0);
  t.regex(out, /^\d+\.\d+\.\d+\n$/);
});
