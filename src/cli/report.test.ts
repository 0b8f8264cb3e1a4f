import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {REPORT_FORMATS, writeFormat, fileOf} from '../report/formats.ts';
import {formatJson} from '../report/json.ts';
import {testingCell, testingRun} from '../report/testing-run.ts';
import {commandLine} from './testing-cli.ts';

const cell = (pages: number) => ({...testingCell('pgfault', 'native', 'nehalem-2009'), params: {pages}});
const FILES = {'a/latest.json': formatJson(testingRun()), 'one.json': formatJson(testingRun([cell(1)])), 'two.json': formatJson(testingRun([cell(2)]))};

test('every format is rebuilt beside the report, byte for byte what a run would write', async t => {
  const {run, root} = commandLine(t, FILES);
  const {status, out} = await run(['report', 'a/latest.json', '--format', REPORT_FORMATS.join(',')]);
  t.is(status, 0);
  for (const format of REPORT_FORMATS) {
    t.is(readFileSync(join(root, 'a', fileOf(format)), 'utf8'), writeFormat(format, testingRun()));
    t.true(out.includes(fileOf(format)));
  }
});

test('HTML unless another format is named, one format to standard output, another folder', async t => {
  const {run, root} = commandLine(t, FILES);
  await run(['report', 'a/latest.json', '--out', 'b']);
  t.true(existsSync(join(root, 'b/latest.html')));
  t.is((await run(['report', 'a/latest.json', '--format', 'csv', '--out', '-'])).out, writeFormat('csv', testingRun()));
});

test('several reports become one, and a parameter a sweep', async t => {
  const {run, root} = commandLine(t, FILES);
  await run(['report', 'one.json', 'two.json', 'one.json', '--format', 'html,json', '--out', 'm']);
  t.is((JSON.parse(readFileSync(join(root, 'm/latest.json'), 'utf8')) as {cells: unknown[]}).cells.length, 2);
  t.true(readFileSync(join(root, 'm/latest.html'), 'utf8').includes('id="sweep"'));
});

test('a run writes the formats of its configuration, and of --format', async t => {
  const {run, root} = commandLine(t, {}, {formats: ['csv', 'junit']});
  await run(['run', '--plain']);
  t.true(existsSync(join(root, 'reports/latest.csv')) && existsSync(join(root, 'reports/latest.junit.xml')) && !existsSync(join(root, 'reports/latest.json')));
});

test('a run sweeps a parameter that is given several times, and its page draws it', async t => {
  const {run, root} = commandLine(t);
  await run(['run', 'quick', '--param', 'iterations=5', '--param', 'iterations=50', '--param', 'mode=slow', '--format', 'html,json']);
  const {cells} = JSON.parse(readFileSync(join(root, 'reports/latest.json'), 'utf8')) as {cells: {params: object}[]};
  t.deepEqual(cells.map(({params}) => params), [{iterations: 5, mode: 'slow'}, {iterations: 5, mode: 'slow'}, {iterations: 50, mode: 'slow'}, {iterations: 50, mode: 'slow'}]);
  t.true(readFileSync(join(root, 'reports/latest.html'), 'utf8').includes('quick: iterations'));
});

const WRONG: ReadonlyArray<readonly [argv: readonly string[], sentence: RegExp]> = [
  [[], /missing required argument 'reports'/], [['gone.json'], /Cannot read the report .*gone\.json: there is no such file/],
  [['one.json', '--format', 'pdf'], /--format names the format 'pdf'; known: json, md, csv, html, junit, benchmark-action, bencher/],
  [['one.json', '--format', 'csv,md', '--out', '-'], /standard output takes one format, but --format names 2/], [['package.json'], /package\.json is not a worldswitch report/],
  [['one.json', '--out', 'one.json'], /Cannot write the report/],
];
for (const [argv, sentence] of WRONG) {
  test(`report ${argv.join(' ')}: ${sentence.source}`, async t => {
    const {status, out, err} = await commandLine(t, FILES).run(['report', ...argv]);
    t.is(status, 2);
    t.is(out, '');
    t.regex(err, sentence);
    t.regex(err, /^worldswitch: [^\n]+\n$/);
  });
}
