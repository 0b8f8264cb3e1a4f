import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {formatJson} from '../report/json.ts';
import {testingCell, testingRun} from '../report/testing-run.ts';
import {commandLine} from './testing-cli.ts';

const SHADOW = 'hardware-assisted+shadow+emulated@hypervisor';
const NESTED = 'hardware-assisted+nested+emulated@hypervisor';
const HOST = 'nehalem-2009';
const shadow = testingCell('pgfault', SHADOW, HOST);
const dearer = {...shadow, cycles: {...shadow.cycles, region: shadow.cycles.region + 900}};
const FILES = {
  'a.json': formatJson(testingRun([shadow, testingCell('pgfault', NESTED, HOST)])), 'b.json': formatJson(testingRun([dearer])),
  'text.json': 'hello', 'other.json': JSON.stringify({schemaVersion: 9}),
};

const ROWS: ReadonlyArray<readonly [argv: readonly string[], status: number, out: RegExp]> = [
  [['a.json', 'a.json'], 0, /^A: a\.json\nB: a\.json\n\nIdentical/], [['a.json', 'b.json'], 3, /Worse: 1 of 1 cell[^]*REGRESSION/],
  [['b.json', 'a.json'], 0, /Better/], [['a.json', 'b.json', '--fail-on', 'cycles>50'], 0, /Gates held: cycles>50%/],
  [['a.json', 'b.json', '--fail-on', 'none'], 0, /Worse/], [['hardware-assisted+shadow', 'hardware-assisted+nested', '--report', 'a.json'], 0, /Better/],
  [['hardware-assisted+nested', 'hardware-assisted+shadow', '--report', 'a.json', '--fail-on', 'cycles>10'], 3, /REGRESSION/],
  [['hardware-assisted+shadow', 'hardware-assisted+nested'], 0, /^A: hardware-assisted\+shadow\nB: hardware-assisted\+nested\n/],
  [['hardware-assisted+shadow', 'native', '--workload', 'unequal'], 4, /Not comparable/],
];
for (const [argv, status, out] of ROWS) {
  test(`compare ${argv.join(' ')}: exit ${status}`, async t => {
    const ended = await commandLine(t, FILES).run(['compare', ...argv]);
    t.is(ended.err, '');
    t.is(ended.status, status);
    t.regex(ended.out, out);
  });
}

const WRONG: ReadonlyArray<readonly [argv: readonly string[], sentence: RegExp]> = [
  [[], /missing required argument 'A'/], [['gone.json', 'a.json'], /Cannot read the report .*gone\.json: there is no such file/],
  [['a.json', 'text.json'], /text\.json is not JSON/], [['other.json', 'a.json'], /schemaVersion 9 and this worldswitch reads 1/],
  [['a.json', 'x+y'], /'x\+y' is no file and 'a\.json' is one/], [['x+y'], /'x\+y' is no report/],
  [['x+y', 'native', '--report', 'a.json'], /there is no cpu strategy 'x'/], [['native', 'hardware-assisted+shadow', '--report', 'a.json'], /the report has no cell under 'native'; it has hardware-assisted\+shadow/],
  [['native', 'native'], /'native' and 'native' are the same technique/], [['a.json', 'b.json', '--fail-on', 'speed>1'], /names the metric 'speed'/],
  [['a.json', 'b.json', '--report', 'a.json'], /--report is for two techniques/], [['a.json', 'b.json', '--json', '--markdown', '-'], /both want standard output/],
  [['a.json', 'b.json', '--markdown', 'no/such/folder.md'], /Cannot write no\/such\/folder\.md/], [['a.json'], /unknown workload 'pgfault'/],
];
for (const [argv, sentence] of WRONG) {
  test(`compare ${argv.join(' ')}: ${sentence.source}`, async t => {
    const {status, out, err} = await commandLine(t, FILES).run(['compare', ...argv]);
    t.is(status, 2);
    t.is(out, '');
    t.regex(err, sentence);
    t.regex(err, /^worldswitch: [^\n]+\n$/);
  });
}

test('one report alone: its cells are run again, with their parameters, and saved where asked', async t => {
  const {run, root} = commandLine(t);
  t.is((await run(['run', 'quick', 'other', '--param', 'iterations=7', '--out', 'first', '--format', 'json'])).status, 0);
  const {status, out} = await run(['compare', 'first/latest.json', '--json', '--out', 'second', '--format', 'json']);
  t.is(status, 0);
  const {cells, onlyInA, onlyInB} = JSON.parse(out) as {cells: Record<string, number>; onlyInA: string[]; onlyInB: string[]};
  t.deepEqual([cells['identical'] + cells['changed'], onlyInA, onlyInB], [4, [], []]);
  t.regex(readFileSync(join(root, 'second/latest.json'), 'utf8'), /"iterations": 7/);
});

test('the comment goes to its file, and is empty when nothing changed', async t => {
  const {run, root} = commandLine(t, FILES);
  await run(['compare', 'a.json', 'b.json', '--markdown', 'changed.md']);
  await run(['compare', 'a.json', 'a.json', '--markdown', 'same.md']);
  t.regex(readFileSync(join(root, 'changed.md'), 'utf8'), /^### worldswitch/);
  t.is(readFileSync(join(root, 'same.md'), 'utf8'), '');
  t.true(existsSync(join(root, 'same.md')));
  t.regex((await run(['compare', 'a.json', 'b.json', '--markdown', '-'])).out, /^### worldswitch/);
});
