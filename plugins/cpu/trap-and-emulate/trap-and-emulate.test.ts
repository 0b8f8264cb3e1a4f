// Trap-and-emulate meets its guests: equivalent where the processor is virtualizable, broken where x86 is, and counted.
import test from 'ava';
import {runCell} from '../../../src/lab/cell.ts';
import {runGuest} from '../../../src/lab/guest-run.ts';
import {guestImage} from '../../../src/lab/guests/guests.ts';
import {catalogue, cellSpec} from '../../../src/lab/testing/real-cells.ts';

const TECHNIQUE = 'trap-and-emulate+shadow';
const RING_3 = 'trap-and-emulate[model=0/3]+shadow';
const VIRTUALIZABLE = 'pentium4-2005[virtualizable]';
const PLAIN = 'pentium4-2005';
const WORKLOADS = ['syscall', 'in', 'cr3wr', 'pgfault', 'ptemod', 'divzero', 'callret', 'forkwait', 'context-switch', 'sieve', 'sha256', 'fork', 'mmap'];

const EQUIVALENT = [...WORKLOADS.map(name => [name, TECHNIQUE]), ...['syscall', 'pgfault', 'ptemod', 'divzero', 'forkwait', 'context-switch', 'mmap'].map(name => [name, RING_3])];
for (const [workload, technique] of EQUIVALENT) {
  test(`${workload} under ${technique}: equivalent on a virtualizable host, with timer ticks on every kind of instruction`, t => {
    const cell = runCell(cellSpec({workload, technique, host: VIRTUALIZABLE, params: {timer: 211, operations: workload === 'mmap' ? 20 : 50}}), catalogue);
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

test('every option has a canonical name, defaults dropped', t => {
  t.is(cellSpec({workload: 'in', technique: 'trap-and-emulate[model=0/1/3]+shadow'}).technique.name, 'trap-and-emulate+shadow+emulated@hypervisor');
  t.is(cellSpec({workload: 'in', technique: 'trap-and-emulate[iret=trap,model=0/3]+shadow'}).technique.name, 'trap-and-emulate[iret=trap,model=0/3]+shadow+emulated@hypervisor');
  t.throws(() => cellSpec({workload: 'in', technique: 'trap-and-emulate[model=0/2]+shadow'}), {message: /0\/1\/3, 0\/3/});
});

test('iret=trap gives back on plain x86 what IRET loses: a program of system calls runs as on bare metal', t => {
  const verdict = (technique: string): string => runCell(cellSpec({workload: 'syscall', technique, host: PLAIN}), catalogue).equivalence.verdict;
  t.is(verdict(TECHNIQUE), 'not-equivalent');
  t.is(verdict('trap-and-emulate[iret=trap]+shadow'), 'equivalent');
});

test('the four steps are counted and charged apart, one of each for an instruction that traps', t => {
  const steps = (operations: number): number[] => {
    const {statistics, events} = runCell(cellSpec({workload: guestImage('instructions'), technique: TECHNIQUE, host: PLAIN, append: `what=6 operations=${operations}`}), catalogue);
    const charged = ['trap_capture', 'trap_decode', 'trap_emulate', 'trap_return'].map(name => events.find(event => event.name === name)?.count ?? 0);
    return [...['traps captured', 'traps decoded', 'traps emulated', 'traps returned from'].map(name => statistics?.[name] ?? 0), ...charged];
  };
  const few = steps(100);
  t.deepEqual(steps(1000).map((count, at) => (count - few[at]) / 900), [1, 1, 1, 1, 1, 1, 1, 1]);
});

test('descriptor loads, traces and limit faults are counted', t => {
  const {statistics} = runGuest(cellSpec({workload: guestImage('segments'), technique: TECHNIQUE, host: VIRTUALIZABLE, append: 'seed=3 steps=400'}), catalogue, {clock: 'cycles'});
  for (const name of ['descriptor loads', 'descriptor traces', 'limit faults']) t.true(statistics[name] > 10, name);
});

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
