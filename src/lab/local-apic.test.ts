// What operations on the local APIC cost in exits, by how much of it the processor virtualizes: every access, all but the task priority, or
// what the manual leaves to the VMM. Per operation in the steady state: (count at 60 - count at 20) / 40, exactly.
import {join} from 'node:path';
import test from 'ava';
import {runCell} from './cell.ts';
import {divergence} from './equivalence.ts';
import {runGuest} from './guest-run.ts';
import {guestImage} from './guests/guests.ts';
import {packageFolder} from './own-files.ts';
import type {CellResult} from './result.ts';
import {catalogue, cellSpec} from './testing/real-cells.ts';

type Counts = Readonly<Record<string, number>>;

const OPERATIONS = ['priority', 'held back', 'to itself', 'to nobody', 'identity', 'arm the timer'] as const;
type Operation = (typeof OPERATIONS)[number];

function run(technique: string, host: string, operation: Operation, n: number): CellResult {
  const cell = runCell(cellSpec({workload: guestImage('local-apic'), technique, host, clock: 'instructions', append: `op=${OPERATIONS.indexOf(operation)} n=${n}`}), catalogue);
  if (cell.outcome !== 'completed' || cell.exitCode !== 0x21) throw new Error(`${technique}: ${cell.outcome} ${cell.reason ?? ''}`);
  if (cell.equivalence.verdict !== 'equivalent') throw new Error(`${technique}: ${cell.equivalence.detail}`);
  return cell;
}

test('without a page of accesses, or switched off, a host has no shadow to give', t => {
  t.throws(() => run('hardware-assisted[apic=tpr-shadow]+shadow', 'core2-2007', 'priority', 1), {message: /needs the host features 'tpr-shadow' and 'apic-access-page'/});
  t.deepEqual(exits('hardware-assisted+nested', 'skylake-2016[virtual-apic=off]', 'identity'), {'APIC_ACCESS read-0x20': 1});
});

function exits(technique: string, host: string, operation: Operation): Counts {
  const sums: Record<string, number> = {};
  for (const [n, sign] of [[60, 1], [20, -1]] as const) {
    for (const {from, to, reason, detail, count} of run(technique, host, operation, n).switches) {
      if (from.startsWith('guest') && to === 'vmm') sums[`${reason} ${detail}`] = (sums[`${reason} ${detail}`] ?? 0) + sign * count;
    }
  }
  return Object.fromEntries(Object.entries(sums).filter(([, count]) => count !== 0).map(([name, count]) => [name, count / 40]));
}

const MMIO = 'EPT_VIOLATION mmio';
/** An interrupt that waits for STI takes the window; the processor's own delivery needs none. */
const WINDOW = {'INTERRUPT_WINDOW interrupt-window': 1};

const EXPECTED: ReadonlyArray<readonly [operation: Operation, emulated: Counts, shadow: Counts, virtual: Counts]> = [
  ['priority', {[MMIO]: 2}, {}, {}],
  ['held back', {[MMIO]: 4, ...WINDOW}, {'APIC_ACCESS write-0x300': 1, 'TPR_BELOW_THRESHOLD tpr-below-threshold': 1, 'APIC_ACCESS write-0xb0': 1, ...WINDOW}, {}],
  ['to itself', {[MMIO]: 2, ...WINDOW}, {'APIC_ACCESS write-0x300': 1, 'APIC_ACCESS write-0xb0': 1, ...WINDOW}, {}],
  ['to nobody', {[MMIO]: 2}, {'APIC_ACCESS write-0x300': 1, 'APIC_ACCESS write-0x310': 1}, {'APIC_WRITE write-0x300': 1}],
  ['identity', {[MMIO]: 1}, {'APIC_ACCESS read-0x20': 1}, {}],
  ['arm the timer', {[MMIO]: 1}, {'APIC_ACCESS write-0x380': 1}, {'APIC_WRITE write-0x380': 1}],
];

for (const [operation, emulated, shadow, virtual] of EXPECTED) {
  test(`${operation}: every access, then all but the task priority, then what the processor cannot do`, t => {
    t.deepEqual(exits('hardware-assisted[apic=emulated]+nested', 'skylake-2016', operation), emulated);
    t.deepEqual(exits('hardware-assisted+nested', 'nehalem-2009', operation), shadow);
    t.deepEqual(exits('hardware-assisted+nested', 'skylake-2016', operation), virtual);
  });
}

test('a TPR shadow takes away more than 99 % of the exits that a guest takes to change its priority', t => {
  const all = (technique: string): number => {
    const {switches} = run(technique, 'nehalem-2009', 'priority', 1000);
    return switches.reduce((sum, {from, to, count}) => (from.startsWith('guest') && to === 'vmm' ? sum + count : sum), 0);
  };
  const without = all('hardware-assisted[apic=emulated]+nested');
  t.is(without, 2000);
  t.true(all('hardware-assisted+nested') < without / 100);
});

for (const technique of ['hardware-assisted+shadow', 'hardware-assisted[apic=emulated]+shadow@hosted[pic=kernel]', 'hardware-assisted[halt=wait]+nested@hybrid', 'binary-translation+shadow',
  'interpretation+software-mmu@hosted', 'dynamic-translation+software-mmu@hosted']) {
  test(`${technique}: operations end as on bare metal, each interrupt taken once`, t => {
    for (const [operation, taken] of [['held back', '00000014'], ['arm the timer', '00000000']] as const) {
      t.is(run(technique, 'skylake-2016', operation, 20).console, taken, operation);
    }
  });
}

/** The oracle's image goes through every register, unpaged and paged; other techniques run it with the oracle's other images. */
test('the whole of both APICs is bare metal\'s where the processor virtualizes the local one, and under ring compression', t => {
  const workload = join(packageFolder, 'src/oracle/qemu/images/apic.elf');
  const reference = runGuest(cellSpec({workload, technique: 'native'}), catalogue, {clock: 'instructions'});
  t.is(reference.ending.outcome, 'completed');
  for (const [technique, host] of [
    ['hardware-assisted+nested', 'skylake-2016'], ['hardware-assisted[halt=wait]+shadow[policy=unsync]@hosted[pic=kernel]', 'zen-2017'], ['binary-translation+shadow', 'nehalem-2009'],
    ['trap-and-emulate+shadow', 'nehalem-2009[virtualizable]'],
  ] as const) {
    t.is(divergence(runGuest(cellSpec({workload, technique, host}), catalogue, {clock: 'instructions'}), reference), null, technique);
  }
});

test('under hosted[pic=kernel] the local APIC is served in the kernel, else in the process', t => {
  const toProcess = (architecture: string): number =>
    run(`hardware-assisted[apic=emulated]+nested@${architecture}`, 'skylake-2016', 'to itself', 100).switches.reduce((sum, {to, count}) => (to === 'host-user' ? sum + count : sum), 0);
  t.is(toProcess('hosted[pic=kernel]'), 0);
  t.is(toProcess('hosted'), 200);
});
