// An interpreter as a whole: behaviour is bare metal's, every cycle is a step of the emulator's, and nothing crosses a ring.
import test from 'ava';
import {COSTS} from '../../../src/host/costs.ts';
import {runCell} from '../../../src/lab/cell.ts';
import {runGuest, type GuestRun} from '../../../src/lab/guest-run.ts';
import {catalogue, cellSpec} from '../../../src/lab/testing/real-cells.ts';
import {isExit} from '../../../src/ledger/transitions.ts';

const TECHNIQUE = 'interpretation+software-mmu@hosted';
/** Costs of executing guest instructions, crossing rings and walking tables in hardware. */
const HARDWARE = new Set(['guest', 'ring-crossing', 'page-walk']);

/** Crossings of the whole run, `reason detail` by count. */
function crossings({platform, total}: GuestRun): Record<string, number> {
  const edges = platform.transitions.list.map(({from, to, reason, detail}, at) => [`${from} > ${to} ${reason} ${detail}`, total.crossings[at]] as const);
  return Object.fromEntries(edges.filter(([, count]) => count > 0));
}

for (const workload of catalogue.workloads.keys()) {
  for (const clock of ['cycles', 'instructions'] as const) {
    test(`${workload}, clock ${clock}: equivalent, every instruction emulated, no exit, no cost of direct execution`, t => {
      const cell = runCell(cellSpec({workload, technique: TECHNIQUE, clock}), catalogue);
      t.is(cell.outcome, 'completed');
      t.is(cell.equivalence.verdict, 'equivalent', cell.equivalence.detail);
      t.deepEqual(cell.instructions, {...cell.instructions, direct: 0, hardware: 0, emulated: cell.instructions.region});
      t.is(cell.switches.filter(isExit).length, 0);
      t.deepEqual(cell.events.filter(({name}) => HARDWARE.has(COSTS[name as keyof typeof COSTS].category)), []);
    });
  }
}

test('each byte for the console is one system call of the host, each timer one signal and one setting', t => {
  const run = runGuest(cellSpec({workload: 'context-switch', technique: TECHNIQUE, params: {timer: 211, operations: 200}}), catalogue, {clock: 'cycles'});
  const counted = crossings(run);
  const bytes = run.platform.console.length;
  t.true(bytes > 10);
  t.is(counted['host-user > host-kernel syscall console-write'], bytes);
  t.is(counted['host-kernel > host-user syscall console-write'], bytes);
  t.true(counted['host-user > host-kernel signal timer'] >= run.total.interrupts);
  t.true(run.total.interrupts > 0);
  t.is(counted['host-user > host-kernel signal timer'], counted['host-kernel > host-user signal timer']);
  t.true(counted['host-user > host-kernel syscall timer-set'] >= counted['host-user > host-kernel signal timer']);
});

test('device accesses stay inside the process', t => {
  const run = runGuest(cellSpec({workload: 'in', technique: TECHNIQUE}), catalogue, {clock: 'cycles'});
  t.true(run.statistics['port accesses'] > 1000);
  t.deepEqual(Object.keys(crossings(run)).filter(edge => !/console-write|timer/.test(edge)), []);
});

test('an instruction costs more than its steps cost at least, and computing costs tens of cycles', t => {
  for (const workload of ['sieve', 'sha256']) {
    const {cycles, instructions} = runCell(cellSpec({workload, technique: TECHNIQUE, host: 'pentium4-2005'}), catalogue);
    const each = (cycles.region - cycles.byCategory.idle) / instructions.region;
    t.true(each > 20 && each < 60, `${workload}: ${each}`);
  }
});

test('a software TLB of fewer entries misses more; a number that is no power of two is refused', t => {
  const misses = (entries: number): number =>
    runGuest(cellSpec({workload: 'forkwait', technique: `interpretation+software-mmu[entries=${entries}]@hosted`}), catalogue, {clock: 'cycles'}).statistics['software TLB misses'];
  t.true(misses(16) > misses(64));
  t.true(misses(64) >= misses(1024));
  t.throws(() => misses(100), {message: /option 'entries' is '100'; allowed: a power of two from 16 to 65536/});
});

test('it is refused where the VMM owns the hardware', t => {
  t.throws(() => cellSpec({workload: 'in', technique: 'interpretation+software-mmu'}), {message: /interpretation works with the architecture strategies hosted/});
});
