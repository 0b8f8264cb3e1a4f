// Binary translation meets its guests: equivalent on plain processors, without hardware traps where it promises none.
import {rmSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {runCell} from '../../../src/lab/cell.ts';
import {violation} from '../../../src/lab/conservation.ts';
import {divergence} from '../../../src/lab/equivalence.ts';
import {runGuest} from '../../../src/lab/guest-run.ts';
import {packageFolder} from '../../../src/lab/own-files.ts';
import {catalogue, cellSpec} from '../../../src/lab/testing/real-cells.ts';
import {steadyState} from '../../../src/lab/testing/steady-state.ts';
import {switchesOf} from '../../../src/lab/testing/switches.ts';
import {curiousGuest, sensitiveGuest} from './testing/sensitive-guest.ts';

const TECHNIQUE = 'binary-translation+shadow';
const HOST = 'pentium4-2005';
const WORKLOADS = ['syscall', 'in', 'cr3wr', 'pgfault', 'ptemod', 'divzero', 'callret', 'forkwait', 'context-switch', 'sieve', 'sha256', 'fork', 'mmap'];

for (const workload of WORKLOADS) {
  test(`${workload}: equivalent on a plain processor, with timer ticks on every kind of instruction`, t => {
    const cell = runCell(cellSpec({workload, technique: TECHNIQUE, host: HOST, params: {timer: 211, operations: workload === 'mmap' ? 20 : 50}}), catalogue);
    t.is(cell.outcome, 'completed', cell.reason);
    t.is(cell.equivalence.verdict, 'equivalent', cell.equivalence.detail);
    t.true(cell.claimsEquivalence);
  });
}

const IMAGES = [
  ...['exceptions', 'interrupts', 'limits', 'page-faults', 'protection', 'transfers'].map(name => `src/oracle/qemu/images/${name}.elf`), 'src/lab/guests/paging.elf', 'src/lab/guests/segments.elf',
];
for (const image of IMAGES) {
  test(`${image}: as on bare metal`, t => {
    const request = {workload: join(packageFolder, image), host: HOST, append: 'seed=7 steps=400'};
    const reference = runGuest(cellSpec({...request, technique: 'native'}), catalogue, {clock: 'instructions'});
    t.is(divergence(runGuest(cellSpec({...request, technique: TECHNIQUE}), catalogue, {clock: 'instructions'}), reference), null);
  });
}

/** Exits by kind for each operation, in the steady state; kinds that do not occur are left out. */
const perOperation = (workload: string): Record<string, number> =>
  steadyState(operations => switchesOf({workload, technique: TECHNIQUE, host: HOST, params: {operations}}), ({from, to, kind}) => (from.startsWith('guest') && to === 'vmm' ? kind : null));

const COUNTS: ReadonlyArray<readonly [workload: string, faults: number, calls: number, why: string]> = [
  ['syscall', 0, 2, 'INT 0x80 is vectored by the VMM, IRET is a callout'],
  ['cr3wr', 0, 1, 'MOV CR3 is a callout'],
  ['in', 0, 1, 'IN is a callout to the device model'],
  ['ptemod', 0, 1, 'the write of the page table is a callout once adapted'],
  ['callret', 0, 0, 'returns find their translation in the cache'],
  ['pgfault', 1, 2, 'the true fault; the PTE write once adapted, and IRET'],
];
for (const [workload, faults, calls, why] of COUNTS) {
  test(`${workload}: ${faults} traps and ${calls} software entries an operation (${why})`, t => {
    const {fault = 0, call = 0} = perOperation(workload);
    t.deepEqual([fault, call], [faults, calls]);
  });
}

test('no sensitive instruction of the guest kernel traps, whether Robin and Irvine list it or not', t => {
  const workload = sensitiveGuest();
  t.teardown(() => { rmSync(workload); });
  const cell = runCell(cellSpec({workload, technique: TECHNIQUE, host: HOST}), catalogue);
  t.is(cell.equivalence.verdict, 'equivalent', cell.equivalence.detail);
  const faults = cell.switches.filter(({kind}) => kind === 'fault').map(({detail, count}) => `${detail} ${count}`);
  t.deepEqual(faults, ['pf-hidden 1']);
  const calledOut = (detail: string): number => cell.switches.find(each => each.kind === 'call' && each.detail === detail)?.count ?? 0;
  for (const detail of ['sgdt', 'sidt', 'sldt', 'smsw', 'lsl', 'verr', 'verw', 'callf', 'retf', 'int', 'iret', 'str']) t.is(calledOut(detail), 50, detail);
  for (const detail of ['cli', 'sti', 'pushf', 'popf', 'push']) t.is(calledOut(detail), 0, detail);
});

for (const [host, shown] of [[HOST, true], [`${HOST}[virtualizable]`, false]] as const) {
  test(`a program that reads the VMM's state on ${host}: ${shown ? 'equivalence is not claimed' : 'it traps, and equivalence holds'}`, t => {
    const workload = curiousGuest();
    t.teardown(() => { rmSync(workload); });
    const cell = runCell(cellSpec({workload, technique: TECHNIQUE, host}), catalogue);
    t.is(cell.outcome, 'triple-fault');
    t.is(cell.equivalence.verdict, shown ? 'not-equivalent' : 'equivalent', cell.equivalence.detail);
    t.is(cell.claimsEquivalence, !shown);
    t.is(/claims no equivalence here/.test(cell.notes?.join() ?? ''), shown);
  });
}

test('forkwait: more than 99 % of the kernel\'s instructions come from translations made before', t => {
  const {statistics = {}} = runCell(cellSpec({workload: 'forkwait', technique: TECHNIQUE, host: HOST, params: {operations: 200}}), catalogue);
  const inCache = statistics['instructions executed in the cache'];
  const kernel = inCache + statistics['kernel instructions emulated'];
  t.true((inCache - statistics['instructions translated']) / kernel > 0.99);
  t.is(statistics['cache flushes'], 0);
});

test('a cache too small for the kernel is flushed and filled again, and nothing else changes', t => {
  const request = {workload: 'forkwait', host: HOST, params: {timer: 211, operations: 10}};
  const cell = runCell(cellSpec({...request, technique: 'binary-translation[cache=8]+shadow'}), catalogue);
  t.is(cell.equivalence.verdict, 'equivalent', cell.equivalence.detail);
  t.true((cell.statistics?.['cache flushes'] ?? 0) > 0);
});

test('without adaptation every write of a traced table traps', t => {
  const cell = runCell(cellSpec({workload: 'ptemod', technique: 'binary-translation[adaptive=off]+shadow', host: HOST, params: {operations: 100}}), catalogue);
  t.true(cell.switches.some(({kind, detail, count}) => kind === 'fault' && detail === 'pf-trace' && count === 100));
  t.is(cell.statistics?.['instructions adapted'], 0);
});

test('counts of instructions: the same total as bare metal, kernel code of the cache is direct, its extra code only hardware', t => {
  const params = {operations: 100};
  const {instructions} = runCell(cellSpec({workload: 'callret', technique: TECHNIQUE, host: HOST, params, clock: 'instructions'}), catalogue);
  const native = runCell(cellSpec({workload: 'callret', technique: 'native', host: HOST, params, clock: 'instructions'}), catalogue);
  t.is(instructions.total, native.instructions.total);
  t.is(instructions.direct + instructions.emulated, instructions.region);
  t.true(instructions.hardware > instructions.direct + 10 * 100);
});

for (const clock of ['cycles', 'instructions'] as const) {
  test(`blocks of 1, 8 and 64 instructions give the same run, clock ${clock}`, t => {
    const spec = cellSpec({workload: 'context-switch', technique: TECHNIQUE, host: HOST, clock, params: {timer: 211, operations: 50}});
    const [one, eight, most] = [1, 8, 64].map(maxBlock => {
      const run = runGuest(spec, catalogue, {clock, maxBlock});
      t.is(violation(run), null);
      const {ending, total, statistics, platform} = run;
      return {ending, statistics, instructions: total.instructions, counts: [...total.counts], crossings: [...total.crossings], trail: platform.recorder.trail.digest()};
    });
    t.deepEqual(eight, one);
    t.deepEqual(most, one);
  });
}
