import {PassThrough} from 'node:stream';
import test from 'ava';
import {planCells} from './plan.ts';
import {startRun} from './run.ts';
import type {RunOptions} from './run.ts';
import {registry} from './testing/strategies.ts';
import {WORKLOADS} from './testing/workloads.ts';

const SHADOW = 'hardware-assisted+shadow';

const options = (changes: Partial<RunOptions> = {}): RunOptions => ({
  catalogue: {plugins: {entries: [], base: '/', source: '', builtIns: '/nonexistent'}, workloads: new URL('testing/workloads.js', import.meta.url).href},
  jobs: 2, command: ['worldswitch'], pluginOutput: new PassThrough(), runner: new URL('testing/runner.js', import.meta.url).href, ...changes,
});

const plan = (workloads: string[], techniques = ['native', SHADOW], hosts = ['nehalem-2009']) => planCells({
  workloads, techniques, hosts, clock: 'cycles', samples: 0, maxInstructions: null, params: {}, memoryMiB: 64, append: '', base: '/',
  checkImage: () => ['unmodified'],
}, {plugins: registry, workloads: new Map(WORKLOADS.map(entry => [entry.definition.name, entry]))});

test('results stand in plan order, with the refused among them', async t => {
  const run = startRun(plan(['quick', 'other'], ['native', SHADOW, 'hardware-assisted+nested'], ['pentium4-2005', 'nehalem-2009']), options());
  const result = await run.done;
  t.true(result.complete);
  t.deepEqual(result.cells.map(cell => [cell.workload, cell.host, cell.outcome]), ['quick', 'other'].flatMap(workload => [
    [workload, 'pentium4-2005', 'completed'], [workload, 'pentium4-2005', 'completed'], [workload, 'pentium4-2005', 'refused'],
    [workload, 'nehalem-2009', 'completed'], [workload, 'nehalem-2009', 'completed'], [workload, 'nehalem-2009', 'completed'],
  ]));
  t.is(result.environment.command[0], 'worldswitch');
  t.true(result.environment.simplifications.length > 0);
});

test('cells of one guest on one host share a worker', async t => {
  const {cells} = await startRun(plan(['quick', 'other'], ['native', SHADOW, 'hardware-assisted+nested']), options()).done;
  const threads = (workload: string) => new Set(cells.filter(cell => cell.workload === workload).map(cell => cell.console));
  t.true(threads('quick').size + threads('other').size <= 3);
});

const LOST: ReadonlyArray<readonly [workload: string, reason: RegExp]> = [
  ['throws', /^plugin memory\/shadow failed in fault\(\) in cell 'throws \| .*no such page \(\/lab\/shadow\.ts\)$/],
  ['leaves', /worker thread of this cell died: it ended with exit code 5/],
];

for (const [workload, reason] of LOST) {
  test(`a cell that ${workload} is an error of its own; the others run on`, async t => {
    const {cells, complete} = await startRun(plan([workload, 'quick']), options({jobs: 1})).done;
    t.true(complete);
    t.deepEqual(cells.map(cell => cell.outcome), ['completed', 'error', 'completed', 'completed']);
    t.regex(cells[1].reason ?? '', reason);
  });
}

test('an exception after a cell takes the worker and the cell it had been given next, not the run', async t => {
  const {cells, complete} = await startRun(plan(['crash', 'quick']), options({jobs: 1})).done;
  t.true(complete);
  t.deepEqual(cells.map(cell => cell.outcome), ['completed', 'completed', 'error', 'completed']);
  t.regex(cells[2].reason ?? '', /^the worker thread of this cell died: out of order$/);
});

test('interrupt() ends a guest that loops for ever and keeps what has ended', async t => {
  const run = startRun(plan(['endless'], ['native', SHADOW]), options({jobs: 1}));
  while (run.snapshot().done === 0) await new Promise(resolve => { setTimeout(resolve, 10); });
  t.is(run.snapshot().cells[1].status, 'running');
  t.not(run.snapshot().etaMs, null);
  run.interrupt();
  const result = await run.done;
  t.false(result.complete);
  t.deepEqual(result.cells.map(cell => cell.outcome), ['completed']);
  t.like(run.snapshot(), {finished: true, interrupted: true, etaMs: 0});
});

test('what plugins print goes where it is sent, not to standard output', async t => {
  const pluginOutput = new PassThrough();
  await startRun(plan(['chatty']), options({pluginOutput})).done;
  await new Promise(resolve => { setTimeout(resolve, 50); });
  t.is(String(pluginOutput.read()), 'a plugin talks\n');
});
