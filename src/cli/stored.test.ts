// Commands that work on a stored report: explain, recost, sensitivity.
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {formatJson} from '../report/json.ts';
import {testingRun} from '../report/testing-run.ts';
import {commandLine} from './testing-cli.ts';

const FILES = {'reports/latest.json': formatJson(testingRun()), 'other.json': formatJson(testingRun())};
const CELL = 'pgfault:hardware-assisted+nested:nehalem-2009';

const ROWS: ReadonlyArray<readonly [argv: readonly string[], out: RegExp]> = [
  [['explain', CELL], /^pgfault \| hardware-assisted\+nested \| nehalem-2009\n\nWhat it costs\n/],
  [['explain', CELL, 'native'], /^pgfault \| hardware-assisted\+nested \| nehalem-2009, against pgfault \| native \| nehalem-2009\n\nThe difference\n/],
  [['explain', CELL, 'pentium4-2005:native', '--report', 'other.json'], /against pgfault \| native \| pentium4-2005/],
  [['explain', 'EPT_VIOLATION'], /^EPT_VIOLATION\n\nWhat the word means\n {2}the nested tables/], [['explain', 'pf-trace'], /a write to a page table/], [['explain', 'vm_exit'], /hardware part of a VM exit/],
  [['explain', CELL, '--json'], /^\{\n {2}"schemaVersion": 1,\n {2}"title": "pgfault/],
  [['recost', 'other.json', '--cost', 'vm_exit=x2'], /cells change;/], [['recost', 'other.json', '--cost', 'vm_exit=x2', '--json'], /"schemaVersion": 1/],
  [['sensitivity', 'other.json'], /Mean slowdown/], [['sensitivity', 'other.json', '--host', 'nehalem-2009', '--factor', '1.5', '--json'], /"factor": 1\.5/],
];
for (const [argv, out] of ROWS) {
  test(argv.join(' '), async t => {
    const ended = await commandLine(t, FILES).run(argv);
    t.is(ended.err, '');
    t.is(ended.status, 0);
    t.regex(ended.out, out);
  });
}

test('recost --out writes a report that report and compare read', async t => {
  const {run, root} = commandLine(t, FILES);
  await run(['recost', 'other.json', '--cost', 'vm_exit=x2', '--out', 'r', '--format', 'json,csv']);
  t.true(readFileSync(join(root, 'r/latest.csv'), 'utf8').startsWith('workload,'));
  t.is((await run(['compare', 'other.json', 'r/latest.json'])).status, 3);
});

const WRONG: ReadonlyArray<readonly [argv: readonly string[], sentence: RegExp]> = [
  [['explain'], /missing required argument 'CELL'/], [['explain', 'pgfault:nope'], /'nope' is no workload, technique or host/], [['explain', CELL, CELL], /are the same cell/],
  [['explain', CELL, 'in:nehalem-2009'], /pgfault and in are different workloads/], [['explain', CELL, 'pentium4-2005'], /has no figures to compare: refused, nested needs/],
  [['explain', CELL, '--report', 'gone.json'], /Cannot read the report/],
  [['recost', 'other.json'], /nothing to recost by/], [['recost', 'other.json', '--cost', 'x=1'], /no cost of the report is named 'x'/], [['recost', 'other.json', '--prices', 'vax'], /unknown host 'vax'/],
  [['recost', 'package.json', '--cost', 'x=1'], /is not a worldswitch report/], [['sensitivity', 'other.json', '--factor', '1'], /--factor is '1'/], [['sensitivity', 'other.json', '--host', 'vax'], /has no cell on 'vax'/],
];
for (const [argv, sentence] of WRONG) {
  test(`${argv.join(' ')}: ${sentence.source}`, async t => {
    const {status, out, err} = await commandLine(t, FILES).run(argv);
    t.is(status, 2);
    t.is(out, '');
    t.regex(err, sentence);
    t.regex(err, /^worldswitch: [^\n]+\n$/);
  });
}

test('without any report explain says how to get one', async t => {
  const {status, err} = await commandLine(t).run(['explain', CELL]);
  t.is(status, 2);
  t.regex(err, /there is no report .*reports\/latest\.json yet; run 'worldswitch run' first/);
});
