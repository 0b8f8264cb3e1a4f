// Emulators as a whole: behaviour is bare metal's, every cycle is a step of the emulator's, and nothing crosses a ring.
import {join} from 'node:path';
import test from 'ava';
import {COSTS} from '../host/costs.ts';
import {isExit} from '../ledger/transitions.ts';
import {runCell} from './cell.ts';
import {runGuest, type GuestRun} from './guest-run.ts';
import {packageFolder} from './own-files.ts';
import {catalogue, cellSpec} from './testing/real-cells.ts';

const TECHNIQUES = ['interpretation+software-mmu@hosted', 'dynamic-translation+software-mmu@hosted'];
/** Costs of executing guest instructions, crossing rings and walking tables in hardware. */
const HARDWARE = new Set(['guest', 'ring-crossing', 'page-walk']);

/** Crossings of the whole run, `reason detail` by count. */
function crossings({platform, total}: GuestRun): Record<string, number> {
  const edges = platform.transitions.list.map(({from, to, reason, detail}, at) => [`${from} > ${to} ${reason} ${detail}`, total.crossings[at]] as const);
  return Object.fromEntries(edges.filter(([, count]) => count > 0));
}

const CELLS = TECHNIQUES.flatMap(technique => [...catalogue.workloads.keys()].map(workload => ({workload, technique})));

for (const {workload, technique} of CELLS) {
  for (const clock of ['cycles', 'instructions'] as const) {
    test(`${workload} under ${technique}, clock ${clock}: equivalent, every instruction emulated, no exit, no cost of direct execution`, t => {
      const cell = runCell(cellSpec({workload, technique, clock}), catalogue);
      t.is(cell.outcome, 'completed');
      t.is(cell.equivalence.verdict, 'equivalent', cell.equivalence.detail);
      t.deepEqual(cell.instructions, {...cell.instructions, direct: 0, hardware: 0, emulated: cell.instructions.region});
      t.is(cell.switches.filter(isExit).length, 0);
      t.deepEqual(cell.events.filter(({name}) => HARDWARE.has(COSTS[name as keyof typeof COSTS].category)), []);
    });
  }
}

for (const technique of TECHNIQUES) {
  test(`${technique}: each byte for the console is one system call of the host, each timer one signal and one setting`, t => {
    const run = runGuest(cellSpec({workload: 'context-switch', technique, params: {timer: 211, operations: 200}}), catalogue, {clock: 'cycles'});
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

  test(`${technique}: device accesses stay inside the process`, t => {
    const run = runGuest(cellSpec({workload: 'in', technique}), catalogue, {clock: 'cycles'});
    t.true(run.statistics['port accesses'] > 1000);
    t.deepEqual(Object.keys(crossings(run)).filter(edge => !/console-write|timer/.test(edge)), []);
  });

  test(`${technique}: a guest that halts waits in the host kernel, and wakes as often as it waits`, t => {
    const image = join(packageFolder, 'src/oracle/qemu/images/interrupts.elf');
    const counted = crossings(runGuest(cellSpec({workload: image, technique}), catalogue, {clock: 'cycles'}));
    t.true(counted['host-user > host-kernel syscall idle'] > 0);
    t.is(counted['host-user > host-kernel syscall idle'], counted['host-kernel > host-user syscall idle']);
  });
}
