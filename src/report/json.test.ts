import test from 'ava';
import type {RunResult} from '../lab/result.ts';
import {formatJson, parseJson, readReport} from './json.ts';
import {ReportError} from './report-error.ts';
import {testingCell, testingCells, testingRun} from './testing-run.ts';

test('what is written reads back the same', (t) => {
  const run = testingRun([...testingCells(), testingCell('in', 'native', 'nehalem-2009', {
    console: '\u0000\u001B\u00FF"\\', statistics: {'true-faults': 3}, notes: ['an end without a begin'],
    measured: {samples: 12, meanMs: 1.5, p99Ms: 2.25, rme: 0.8}, params: {size: 64, mode: 'read'},
  })]);
  t.deepEqual(parseJson(formatJson(run), 'x.json'), run);
});

test('equal results are equal bytes whatever the order of their keys', (t) => {
  const reversed = <T>(value: T): T => (Array.isArray(value) ? value.map(reversed) : typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).toReversed().map(([key, inner]) => [key, reversed(inner)])) : value) as T;
  const run = testingRun([testingCell('in', 'native', 'nehalem-2009', {params: {b: 1, a: 2}, statistics: {z: 1, y: 2}})]);
  const shuffled = {...run, cells: run.cells.map((cell) => ({...reversed(cell), instructions: cell.instructions, cycles: {...cell.cycles, byCategory: reversed(cell.cycles.byCategory)},
    technique: cell.technique, switches: cell.switches, events: cell.events, feedback: cell.feedback, perOperation: cell.perOperation, equivalence: cell.equivalence}))};
  t.is(formatJson(shuffled), formatJson(run));
  t.true(formatJson(run).endsWith('}\n'));
  t.deepEqual(Object.keys((JSON.parse(formatJson(run)) as RunResult).cells[0]).slice(0, 6), ['workload', 'params', 'technique', 'host', 'clock', 'outcome']);
});

test('fields of a later version are kept', (t) => {
  const later = {...testingRun([{...testingCell('in', 'native', 'x'), trail: [1, 2]} as never]), campaign: 'c'};
  t.deepEqual(JSON.parse(formatJson(parseJson(JSON.stringify(later), 'x'))), JSON.parse(JSON.stringify(later)));
});

const document = (): {cells: Record<string, unknown>[]; [field: string]: unknown} =>
  JSON.parse(formatJson(testingRun([testingCell('in', 'native', 'nehalem-2009')]))) as never;

for (const [what, spoil, message] of [
  ['another version', (run) => { run.schemaVersion = 2; }, 'old.json has schemaVersion 2 and this worldswitch reads 1; use the version that wrote it.'],
  ['no version', (run) => { delete run.schemaVersion; }, /^old\.json is not a worldswitch report: schemaVersion: expected "?schemaVersion"? but found undefined\.$/],
  ['a wrong outcome', (run) => { run.cells[0].outcome = 'fine'; }, /^old\.json is not a worldswitch report: cells\.0\.outcome: expected .*"completed".* but found "fine"\.$/],
  ['a negative count', (run) => { run.cells[0].cycles = {total: -1, region: 0, byCategory: {}}; }, /^old\.json is not a worldswitch report: cells\.0\.cycles\.total: expected >=0 but found -1\.$/],
  ['a missing field', (run) => { delete run.cells[0].events; }, /^old\.json is not a worldswitch report: cells\.0\.events: expected .* but found undefined\.$/],
] as const satisfies readonly (readonly [string, (run: ReturnType<typeof document>) => void, string | RegExp])[]) {
  test(`a report with ${what} is refused in one sentence`, (t) => {
    const run = document();
    spoil(run);
    t.throws(() => parseJson(JSON.stringify(run), 'old.json'), {instanceOf: ReportError, message});
  });
}

test('what is no JSON or no file at all is refused in one sentence', async (t) => {
  t.throws(() => parseJson('{"schemaVersion": 1,', 'torn.json'), {instanceOf: ReportError, message: /^torn\.json is not JSON: .*; give a file that worldswitch wrote\.$/});
  t.throws(() => parseJson('null', 'null.json'), {instanceOf: ReportError, message: /^null\.json is not a worldswitch report: expected .* but found null\.$/});
  await t.throwsAsync(readReport('/no/such/latest.json'), {instanceOf: ReportError, message: 'Cannot read the report /no/such/latest.json: there is no such file.'});
});
