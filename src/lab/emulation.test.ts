// Emulators as a whole: behaviour is bare metal's, every cycle is a step of the emulator's, and nothing crosses a ring.
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {COST_NAMES, COSTS} from '../host/costs.ts';
import {isExit} from '../ledger/transitions.ts';
import {violation} from './conservation.ts';
import {consoleDivergence, divergence} from './equivalence.ts';
import {runGuest, type GuestRun} from './guest-run.ts';
import {packageFolder} from './own-files.ts';
import type {CellSpec} from './spec.ts';
import {parseTechnique} from './technique.ts';
import {catalogue, cellSpec} from './testing/real-cells.ts';

const TECHNIQUES = ['interpretation+software-mmu@hosted', 'dynamic-translation+software-mmu@hosted'];
/** Costs of executing guest instructions, crossing rings and walking tables in hardware. */
const HARDWARE = new Set(['guest', 'ring-crossing', 'page-walk']);

/** Crossings of the whole run, `reason detail` by count. */
function crossings({platform, total}: GuestRun): Record<string, number> {
  const edges = platform.transitions.list.map(({from, to, reason, detail}, at) => [`${from} > ${to} ${reason} ${detail}`, total.crossings[at]] as const);
  return Object.fromEntries(edges.filter(([, count]) => count > 0));
}

/** What must hold of one run of an emulator. */
function emulatesAll(t: ExecutionContext, run: GuestRun): void {
  const {ending, region, platform: {transitions}} = run;
  t.is(ending.outcome, 'completed', ending.reason);
  t.deepEqual([region.emulated, region.surplus], [region.instructions, 0]);
  t.deepEqual(transitions.list.filter((edge, at) => isExit(edge) && region.crossings[at] > 0), []);
  t.deepEqual(COST_NAMES.filter((name, at) => HARDWARE.has(COSTS[name].category) && region.counts[at] > 0), []);
  t.is(violation(run), null);
}

/** Bare metal's run of the workload that is tested at present. */
const reference = {workload: '', run: null as GuestRun | null};

function bareMetal(spec: CellSpec): GuestRun {
  if (reference.run === null || reference.workload !== spec.workload) {
    Object.assign(reference, {workload: spec.workload, run: runGuest(spec, catalogue, {clock: 'instructions', technique: parseTechnique('native', catalogue.plugins)})});
  }
  return reference.run as GuestRun;
}

/** Why not as cells: a cell under each clock would run the guest three times and bare metal twice. */
for (const workload of catalogue.workloads.keys()) {
  for (const technique of TECHNIQUES) {
    test(`${workload} under ${technique}: equivalent, and under both clocks every instruction emulated, no exit, no cost of direct execution`, t => {
      const spec = cellSpec({workload, technique});
      const [timed, counted] = (['cycles', 'instructions'] as const).map(clock => runGuest(spec, catalogue, {clock}));
      for (const run of [timed, counted]) emulatesAll(t, run);
      const bare = bareMetal(spec);
      t.is(divergence(counted, bare), null);
      t.is(consoleDivergence(timed.platform.console, bare.platform.console), null);
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
