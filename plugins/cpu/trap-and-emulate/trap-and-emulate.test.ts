// Trap-and-emulate meets its guests: equivalent where the processor is virtualizable, broken where x86 is, and counted.
import {join} from 'node:path';
import test from 'ava';
import {runCell} from '../../../src/lab/cell.ts';
import {divergence} from '../../../src/lab/equivalence.ts';
import {runGuest} from '../../../src/lab/guest-run.ts';
import {packageFolder} from '../../../src/lab/own-files.ts';
import type {CellResult} from '../../../src/lab/result.ts';
import {catalogue, cellSpec} from '../../../src/lab/testing/real-cells.ts';

const TECHNIQUE = 'trap-and-emulate+shadow';
const VIRTUALIZABLE = 'pentium4-2005[virtualizable]';
const PLAIN = 'pentium4-2005';
const WORKLOADS = ['syscall', 'in', 'cr3wr', 'pgfault', 'ptemod', 'divzero', 'callret', 'forkwait', 'context-switch', 'sieve', 'sha256', 'fork', 'mmap'];

for (const workload of WORKLOADS) {
  test(`${workload}: equivalent on a virtualizable host, with timer ticks on every kind of instruction`, t => {
    const cell = runCell(cellSpec({workload, technique: TECHNIQUE, host: VIRTUALIZABLE, params: {timer: 211, operations: workload === 'mmap' ? 20 : 50}}), catalogue);
    t.is(cell.outcome, 'completed');
    t.is(cell.equivalence.verdict, 'equivalent', cell.equivalence.detail);
    t.true(cell.claimsEquivalence);
  });
}

test('on plain x86 it claims nothing and the report says where it broke', t => {
  const cell = runCell(cellSpec({workload: 'context-switch', technique: TECHNIQUE, host: PLAIN, params: {timer: 211}}), catalogue);
  t.false(cell.claimsEquivalence);
  t.is(cell.equivalence.verdict, 'not-equivalent');
  t.regex(cell.equivalence.detail, /first divergence at .* eip 0x/);
});

const exitsPerOperation = (workload: string, host: string): number => {
  const exits = (operations: number): number => {
    const cell: CellResult = runCell(cellSpec({workload, technique: TECHNIQUE, host, params: {operations}}), catalogue);
    return cell.switches.filter(({from, to}) => from.startsWith('guest') && to === 'vmm').reduce((sum, {count}) => sum + count, 0);
  };
  return (exits(1000) - exits(100)) / 900;
};

const COUNTS: ReadonlyArray<readonly [workload: string, host: string, exits: number, why: string]> = [
  ['syscall', PLAIN, 1, 'INT 0x80; IRET back runs silently'],
  ['syscall', VIRTUALIZABLE, 2, 'INT 0x80 and IRET'],
  ['cr3wr', PLAIN, 1, 'MOV CR3'],
  ['in', PLAIN, 1, 'IN'],
  ['ptemod', PLAIN, 1, 'the traced write'],
  ['callret', PLAIN, 0, 'nothing privileged'],
  ['pgfault', PLAIN, 4, 'true fault, MOV from CR2, traced write, IRET within the kernel'],
];
for (const [workload, host, exits, why] of COUNTS) {
  test(`${workload} on ${host}: ${exits} exits an operation (${why})`, t => {
    t.is(exitsPerOperation(workload, host), exits);
  });
}

for (const image of ['src/oracle/qemu/images/limits.elf', 'src/oracle/qemu/images/interrupts.elf', 'src/oracle/qemu/images/transfers.elf', 'src/lab/guests/paging.elf']) {
  test(`${image}: as on bare metal on a virtualizable host`, t => {
    const request = {workload: join(packageFolder, image), host: VIRTUALIZABLE, append: 'seed=7 steps=400'};
    const reference = runGuest(cellSpec({...request, technique: 'native'}), catalogue, {clock: 'instructions'});
    t.is(divergence(runGuest(cellSpec({...request, technique: TECHNIQUE}), catalogue, {clock: 'instructions'}), reference), null);
  });
}

for (const clock of ['cycles', 'instructions'] as const) {
  test(`blocks of 1, 8 and 64 instructions give the same run, clock ${clock}`, t => {
    const spec = cellSpec({workload: 'context-switch', technique: TECHNIQUE, host: VIRTUALIZABLE, clock, params: {timer: 211, operations: 50}});
    const [one, eight, most] = [1, 8, 64].map(maxBlock => {
      const {ending, total, statistics, platform} = runGuest(spec, catalogue, {clock, maxBlock});
      return {ending, statistics, instructions: total.instructions, counts: [...total.counts], crossings: [...total.crossings], trail: platform.recorder.trail.digest()};
    });
    t.deepEqual(eight, one);
    t.deepEqual(most, one);
  });
}
