import test from 'ava';
import {buildMatrix, matrixRows, resultEntry, runEntries, snapshotEntries} from './matrix.ts';
import {TestingLive} from './testing-live.ts';
import {testingCell, testingCells, testingRun, TESTING_HOSTS, TESTING_TECHNIQUES} from './testing-run.ts';

const NESTED = 'hardware-assisted+nested+emulated@hypervisor';
const PARAVIRTUAL = 'paravirtual+direct-paging+xen-ring@hybrid';

test('rows, columns and hosts keep plan order', (t) => {
  const matrix = buildMatrix(runEntries(testingRun(testingCells(['in', 'cpuid']))));
  t.deepEqual(matrix.techniques, TESTING_TECHNIQUES);
  t.deepEqual(matrix.hosts.map(({host, rows}) => [host, ...rows.map(({label}) => label)]), TESTING_HOSTS.map((host) => [host, 'in', 'cpuid']));
});

test('a running and a finished run give the same matrix', (t) => {
  const cells = testingCells();
  const live = new TestingLive(cells);
  live.advance(cells.length);
  t.deepEqual(buildMatrix(snapshotEntries(live.snapshot())), buildMatrix(runEntries(testingRun(cells))));
});

test('cells know bare metal of their own workload, parameters and host only', (t) => {
  const cells = [
    testingCell('in', 'native', 'nehalem-2009', {params: {port: 128}}), testingCell('in', NESTED, 'nehalem-2009', {params: {port: 128}}),
    testingCell('in', NESTED, 'nehalem-2009', {params: {port: 96}}), testingCell('in', NESTED, 'pentium4-2005', {params: {port: 128}}),
  ];
  const rows = matrixRows(buildMatrix(cells.map(resultEntry)));
  t.deepEqual(rows.map((row) => row.cells[1]?.native?.host), ['nehalem-2009', undefined, undefined]);
  t.deepEqual(rows.map((row) => row.label), ['in[port=128]', 'in[port=96]', 'in[port=128]']);
});

for (const [workloads, labels] of [
  [['in', 'cpuid'], ['in', 'cpuid']],
  [['/home/a/kernel.elf', 'cpuid'], ['kernel.elf', 'cpuid']],
  [['/home/a/kernel.elf', '/home/b/kernel.elf'], ['/home/a/kernel.elf', '/home/b/kernel.elf']],
  [['/tmp/e\u001B[2Jvil.elf'], ['e\\e[2Jvil.elf']],
] as const) {
  test(`workloads ${JSON.stringify(workloads)} are labelled ${labels.join(' and ')}`, (t) => {
    const cells = workloads.map((workload) => testingCell('in', 'native', 'nehalem-2009', {workload}));
    t.deepEqual(matrixRows(buildMatrix(cells.map(resultEntry))).map(({label}) => label), labels);
  });
}

test('fastest is known when the row is done, apart from bare metal and from what computed something else', (t) => {
  const host = 'nehalem-2009';
  const unequal = {verdict: 'not-equivalent', clock: 'instructions', detail: ''} as const;
  const row = (paravirtual: object, running = false) => {
    const cells = ['native', NESTED, PARAVIRTUAL, TESTING_TECHNIQUES[2]].map((name) => testingCell('in', name, host, name === PARAVIRTUAL ? paravirtual : {}));
    const entries = cells.map(resultEntry).map((entry, at) => (running && at === 3 ? {...entry, status: 'running' as const, result: null} : entry));
    return matrixRows(buildMatrix(entries))[0].cells.map((cell) => cell!.fastest);
  };
  t.deepEqual(row({}), [false, false, true, false]);
  t.deepEqual(row({equivalence: unequal}), [false, false, false, true]);
  t.deepEqual(row({outcome: 'error'}), [false, false, false, true]);
  t.deepEqual(row({}, true), [false, false, false, false]);
});
