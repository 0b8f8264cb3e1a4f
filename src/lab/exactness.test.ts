// Exactness: how long decoded blocks are, how often a cell is run, whether another observer looks on - none of it may
// change a count, a cycle or an event's moment.
import test from 'ava';
import {runCell} from './cell.ts';
import {violation} from './conservation.ts';
import {runGuest, type GuestRun} from './guest-run.ts';
import {catalogue, cellSpec} from './testing/real-cells.ts';

const TECHNIQUES = [
  'native', 'hardware-assisted+shadow', 'hardware-assisted+nested', 'hardware-assisted+shadow@hosted', 'hardware-assisted+nested@hosted', 'interpretation+software-mmu@hosted',
  'dynamic-translation+software-mmu@hosted',
];

/** A PIT divisor that is prime, so that ticks fall on every kind of instruction. */
const PRIME_TIMER = {timer: 211};

/** Everything a run produced but wall-clock. */
function everything({platform, ending, region, total, statistics}: GuestRun): unknown {
  const {transitions, recorder, console, exitCode} = platform;
  const tally = (each: typeof region): unknown => ({...each, counts: [...each.counts], crossings: [...each.crossings]});
  return {
    ending, region: tally(region), total: tally(total), statistics, edges: transitions.list, trail: recorder.trail.digest(),
    entries: recorder.trail.entries, operations: recorder.operations, console, exitCode,
  };
}

for (const workload of ['forkwait', 'context-switch']) {
  for (const clock of ['cycles', 'instructions'] as const) {
    for (const technique of TECHNIQUES) {
      test(`${workload} under ${technique}, clock ${clock}: blocks of 1, 8 and 64 instructions give the same run`, t => {
        const spec = cellSpec({workload, technique, clock, params: {...PRIME_TIMER, operations: workload === 'forkwait' ? 20 : 100}});
        const [one, eight, most] = [1, 8, 64].map(maxBlock => everything(runGuest(spec, catalogue, {clock, maxBlock})));
        t.deepEqual(eight, one);
        t.deepEqual(most, one);
      });
    }
  }
}

for (const technique of TECHNIQUES) {
  test(`${technique}: the same cell twice is equal in everything but measured time, and interrupts do arrive`, t => {
    const spec = cellSpec({workload: 'context-switch', technique, params: {...PRIME_TIMER, operations: 200}});
    const first = runCell(spec, catalogue);
    t.deepEqual(runCell(spec, catalogue), first);
    t.true(first.feedback.timerInterrupts > 0);
    t.is(first.equivalence.verdict, 'equivalent');
  });

  test(`${technique}: events times unit costs plus idle are the cycles, and categories add up`, t => {
    for (const workload of ['forkwait', 'pgfault', 'in']) {
      const spec = cellSpec({workload, technique, params: workload === 'forkwait' ? PRIME_TIMER : {}});
      const cell = runCell(spec, catalogue);
      const priced = cell.events.reduce((sum, {count, unitCost}) => sum + count * unitCost, cell.feedback.idleCycles);
      t.is(priced, cell.cycles.region);
      t.is(Object.values(cell.cycles.byCategory).reduce((a, b) => a + b, 0), cell.cycles.region);
      t.is(violation(runGuest(spec, catalogue, {clock: 'cycles'})), null);
    }
  });
}
