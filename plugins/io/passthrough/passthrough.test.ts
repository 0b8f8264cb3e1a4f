// Assigned devices in whole cells: the guest is as on bare metal, only interrupts leave it, and what DMA does behind the shadow's back shows.
import test from 'ava';
import {runCell} from '../../../src/lab/cell.ts';
import {mismatch, refusal} from '../../../src/lab/compatible.ts';
import {guestImage} from '../../../src/lab/guests/guests.ts';
import type {CellResult} from '../../../src/lab/result.ts';
import {parseTechnique} from '../../../src/lab/technique.ts';
import {catalogue, cellSpec} from '../../../src/lab/testing/real-cells.ts';
import {findHost} from '../../../src/host/catalogue.ts';

const HOST = 'nehalem-2009[cached-disk]', POSTING = 'nehalem-2009[cached-disk,posted-interrupts,virtual-apic]';
const NESTED = 'hardware-assisted+nested+passthrough';

const workload = (name: string, technique: string, params: Record<string, string | number>, host = HOST): CellResult =>
  runCell({...cellSpec({workload: name, technique, host, params}), ...(name === 'disk' ? {disk: {zeros: 4}} : {network: networkOf(name)})}, catalogue);

const networkOf = (name: string) => catalogue.workloads.get(name)?.definition.network ?? 'echo';

const WAYS: ReadonlyArray<readonly [workload: string, technique: string, params: Record<string, string | number>]> = [
  ['disk', `${NESTED}@hypervisor`, {operations: 20, driver: 'ide-dma', depth: 4, pattern: 'random'}],
  ['disk', `${NESTED}@hosted[pic=kernel]`, {operations: 20, driver: 'ide-dma', mode: 'write'}],
  ['disk', 'hardware-assisted[halt=wait]+nested+passthrough@hosted', {operations: 20, driver: 'ide-pio', depth: 2}],
  ['disk', 'hardware-assisted+shadow+passthrough@hybrid', {operations: 20, driver: 'ide-dma', mode: 'write', depth: 4}],
  ['disk', 'hardware-assisted+shadow[policy=unsync]+passthrough', {operations: 20, driver: 'ide-pio', mode: 'write'}],
  ['disk', 'hardware-assisted+nested+passthrough[devices=network]', {operations: 20, driver: 'ide-dma'}],
  ['ping-pong', `${NESTED}@hypervisor`, {operations: 20}], ['ping-pong', 'hardware-assisted[halt=wait]+shadow+passthrough@hosted', {operations: 20}],
  ['transmit-stream', `${NESTED}@hosted`, {operations: 50}], ['receive-stream', 'hardware-assisted+shadow[policy=unsync]+passthrough@hybrid', {operations: 50}],
  ['request-response', 'hardware-assisted+nested[backing=2m]+passthrough', {operations: 20}], ['request-response', `${NESTED}[devices=disk]`, {operations: 20}],
];
for (const [name, technique, params] of WAYS) {
  test(`${name}, ${technique}, ${JSON.stringify(params)}: every byte is right, and the guest as on bare metal`, t => {
    const cell = workload(name, technique, params);
    t.is(cell.outcome, 'completed', cell.reason);
    t.is(cell.equivalence.verdict, 'equivalent', cell.equivalence.detail);
    t.true(cell.claimsEquivalence);
    t.is(cell.statistics?.['DMA faults'], 0);
  });
}

test('a disk request by bus master leaves the guest for its interrupt alone: HLT, and the two ends of an interrupt of the second 8259A', t => {
  const exits = (operations: number): Record<string, number> => {
    const {switches} = workload('disk', NESTED, {operations, driver: 'ide-dma'}, 'nehalem-2009');
    const ofGuest = switches.filter(({from, to}) => from.startsWith('guest') && to === 'vmm');
    return Object.fromEntries(ofGuest.map(({detail, count}) => [detail, count]));
  };
  const [few, many] = [exits(20), exits(60)];
  const each = Object.fromEntries(Object.keys(many).map(detail => [detail, (many[detail] - (few[detail] ?? 0)) / 40]).filter(([, count]) => count !== 0));
  t.deepEqual(each, {hlt: 1, 'out-0x20': 1, 'out-0xa0': 1});
});

const GUEST = guestImage('assigned');
const drive = (op: number, technique: string, host = HOST): CellResult =>
  runCell({...cellSpec({workload: GUEST, technique, host, append: `op=${op} n=40`, maxInstructions: 4_000_000}), disk: {zeros: 4}, network: 'sink'}, catalogue);

/** Exits of the measured region by reason, first touches apart. */
const exitsOf = ({switches}: CellResult): Record<string, number> => {
  const sums: Record<string, number> = {};
  for (const {from, to, reason, detail, count} of switches) {
    if (from.startsWith('guest') && to === 'vmm' && !/first-touch|pf-hidden/.test(detail)) sums[reason] = (sums[reason] ?? 0) + count;
  }
  return sums;
};

const LINES = 0, IO_APIC = 1, MESSAGES = 2, TABLE = 3, BEYOND = 4, MOVED = 5, ELSEWHERE = 6;
const INTERRUPTS: ReadonlyArray<readonly [what: string, op: number, technique: string, host: string, expected: Record<string, number>]> = [
  ['a line through the 8259A pair: delivery and two ends', LINES, NESTED, HOST, {EXTERNAL_INTERRUPT: 40, IO_INSTRUCTION: 80}],
  ['a line through the I/O APIC: delivery and end', IO_APIC, NESTED, HOST, {EXTERNAL_INTERRUPT: 40, APIC_ACCESS: 40}],
  ['a message: delivery and end', MESSAGES, NESTED, HOST, {EXTERNAL_INTERRUPT: 40, APIC_ACCESS: 40}],
  ['a message, local APIC emulated', MESSAGES, 'hardware-assisted[apic=emulated]+nested+passthrough', HOST, {EXTERNAL_INTERRUPT: 40, EPT_VIOLATION: 40}],
  ['a message, shadow paging', MESSAGES, 'hardware-assisted[apic=emulated]+shadow+passthrough', HOST, {EXTERNAL_INTERRUPT: 40, EXCEPTION_NMI: 40}],
  ['a message, posted', MESSAGES, NESTED, POSTING, {}],
  ['a message, posted, shadow paging', MESSAGES, 'hardware-assisted+shadow+passthrough', POSTING, {}],
  ['a message, trapped where it could be posted: the end is the processor\'s', MESSAGES, `${NESTED}[interrupts=trapped]`, POSTING, {EXTERNAL_INTERRUPT: 40}],
  ['a line where messages could be posted', IO_APIC, NESTED, POSTING, {EXTERNAL_INTERRUPT: 40, VIRTUALIZED_EOI: 40}],
];
for (const [what, op, technique, host, expected] of INTERRUPTS) {
  test(`40 interrupts of an assigned card, ${what}: ${JSON.stringify(expected)}`, t => {
    const cell = drive(op, technique, host);
    t.is(cell.equivalence.verdict, 'equivalent', cell.equivalence.detail);
    t.deepEqual(exitsOf(cell), expected);
  });
}

for (const technique of [NESTED, 'hardware-assisted+shadow+passthrough@hosted', 'hardware-assisted+shadow[policy=unsync]+passthrough']) {
  test(`${technique}: registers follow the guest's base addresses, and messages to memory are writes`, t => {
    for (const op of [MOVED, ELSEWHERE]) {
      const cell = drive(op, technique);
      t.is(cell.exitCode, 0x21);
      t.is(cell.equivalence.verdict, 'equivalent', cell.equivalence.detail);
    }
  });
}

test('DMA to where the guest has no memory fails as on bare metal, and the cell names the device and the reason', t => {
  const cell = drive(BEYOND, NESTED);
  t.is(cell.equivalence.verdict, 'equivalent', cell.equivalence.detail);
  t.is(cell.statistics?.['DMA faults'], 6);
  t.deepEqual(cell.notes, ['the IOMMU refused device 00:01.1 a read at 0x4000000: its domain maps no readable page there']);
});

test('a page table read from the disk is the guest\'s at once under nested paging, and unknown to a shadow that traces it: no equivalence is claimed', t => {
  const nested = drive(TABLE, NESTED);
  t.is(nested.equivalence.verdict, 'equivalent', nested.equivalence.detail);
  for (const policy of ['traced', 'unsync']) {
    const shadow = drive(TABLE, `hardware-assisted+shadow[policy=${policy}]+passthrough`);
    t.is(shadow.equivalence.verdict, 'not-equivalent');
    t.false(shadow.claimsEquivalence);
    t.true((shadow.notes ?? []).some(note => /passthrough claims no equivalence here: a device wrote \d+ times to pages/.test(note)));
  }
});

const REFUSED: ReadonlyArray<readonly [technique: string, host: string, reason: RegExp]> = [
  ['binary-translation+shadow+passthrough', HOST, /passthrough works with the cpu strategies hardware-assisted, not with 'binary-translation'/],
  ['paravirtual+direct-paging+passthrough@hybrid', HOST, /passthrough (?:works with the cpu strategies hardware-assisted, not with 'paravirtual'|runs an unmodified guest)/],
  ['hardware-assisted+agile+passthrough', HOST, /passthrough works with the memory strategies nested, shadow, not with 'agile'/],
  ['hardware-assisted+shadow+passthrough', 'core2-2007', /passthrough needs the host feature 'iommu', which core2-2007 does not have/],
];
for (const [technique, host, reason] of REFUSED) {
  test(`${technique} on ${host} is refused with the reason`, t => {
    const parsed = parseTechnique(technique, catalogue.plugins);
    t.regex(mismatch(parsed, catalogue.plugins) ?? refusal(parsed, findHost(host), catalogue.plugins) ?? '', reason);
  });
}
