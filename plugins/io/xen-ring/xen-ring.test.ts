// Xen's split drivers in whole cells: data, and the switches of a request; and what is refused.
import test from 'ava';
import {runCell} from '../../../src/lab/cell.ts';
import {mismatch} from '../../../src/lab/compatible.ts';
import type {CellResult} from '../../../src/lab/result.ts';
import {parseTechnique} from '../../../src/lab/technique.ts';
import {catalogue, cellSpec} from '../../../src/lab/testing/real-cells.ts';

type Params = Readonly<Record<string, string | number>>;
const PARAVIRTUAL = 'paravirtual+direct-paging+xen-ring';
const HARDWARE = 'hardware-assisted+nested+xen-ring';

const run = (workload: string, technique: string, params: Params): CellResult =>
  runCell(cellSpec({workload, technique, params: workload === 'disk' ? {area: 128, ...params} : params}), catalogue);

const WAYS: ReadonlyArray<readonly [technique: string, workload: string, params: Params]> = [
  [`${PARAVIRTUAL}@hybrid`, 'disk', {operations: 30, mode: 'write', depth: 8, pattern: 'random', sectors: 3, timer: 211}],
  [`${PARAVIRTUAL}[grants=copy]@hybrid`, 'disk', {operations: 20, mode: 'write', sectors: 5}],
  [`${PARAVIRTUAL}[persistent=on]@hybrid`, 'disk', {operations: 20, depth: 32, sectors: 3}],
  [`${HARDWARE}@hybrid`, 'disk', {operations: 30, mode: 'write', depth: 8, pattern: 'random', sectors: 3, timer: 211}],
  [`${HARDWARE}[grants=copy]@hybrid`, 'disk', {operations: 20, wait: 'poll'}],
  ['hardware-assisted+nested[backing=2m]+xen-ring@hybrid', 'disk', {operations: 20, sectors: 20}],
  [`${PARAVIRTUAL}[grants=copy]@hybrid`, 'transmit-stream', {operations: 600, depth: 32}],
  [`${HARDWARE}@hybrid`, 'receive-stream', {operations: 100, depth: 8}],
  [`${HARDWARE}@hybrid`, 'ping-pong', {operations: 10, mode: 'polled', size: 60}],
];
for (const [technique, workload, params] of WAYS) {
  test(`${technique}, ${workload} ${JSON.stringify(params)}: what comes out is what the native build shows on bare metal`, t => {
    const cell = run(workload, technique, params);
    t.is(cell.outcome, 'completed', cell.reason);
    t.is(cell.exitCode, 0x21);
    t.is(cell.equivalence.verdict, 'equivalent', cell.equivalence.detail);
    t.is(cell.statistics!['devices broken'], 0);
    t.true((cell.statistics!['notifications to back ends'] ?? 0) > 0);
  });
}

/** Switches of one operation in the steady state, ways back left out. */
function perOperation(workload: string, technique: string): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [operations, sign] of [[40, 1], [20, -1]] as const) {
    for (const {from, kind, reason, detail, count} of run(workload, technique, {operations}).switches) {
      if (kind !== 'return') sums[`${from}: ${kind} ${reason} ${detail}`] = (sums[`${from}: ${kind} ${reason} ${detail}`] ?? 0) + sign * count;
    }
  }
  return Object.fromEntries(Object.entries(sums).filter(([, count]) => count !== 0).map(([name, count]) => [name, count / 20]));
}

const SWITCHES = {'vmm: call domain-switch event-channel': 1, 'vmm: call domain-switch disk': 1, 'driver-kernel: hypercall event_channel_op send': 1};
const MAPPED = {'driver-kernel: hypercall grant_table_op map-grant-ref': 1, 'driver-kernel: hypercall grant_table_op unmap-grant-ref': 1};
const FROM_DOMAIN = {'guest-kernel: hypercall event_channel_op event-channel-op': 1, 'guest-kernel: hypercall sched_op sched-op': 1};
const COUNTS: ReadonlyArray<readonly [technique: string, expected: Record<string, number>]> = [
  [`${PARAVIRTUAL}@hybrid`, {...FROM_DOMAIN, ...SWITCHES, ...MAPPED}],
  [`${PARAVIRTUAL}[grants=copy]@hybrid`, {...FROM_DOMAIN, ...SWITCHES, 'driver-kernel: hypercall grant_table_op copy': 1}],
  [`${PARAVIRTUAL}[persistent=on]@hybrid`, {...FROM_DOMAIN, ...SWITCHES}],
  [`${HARDWARE}@hybrid`, {
    'guest-kernel: exit VMCALL event-channel-op': 1, 'guest-kernel: exit HLT hlt': 1, 'guest-kernel: exit INTERRUPT_WINDOW interrupt-window': 1, ...SWITCHES, ...MAPPED,
  }],
];
for (const [technique, expected] of COUNTS) {
  test(`${technique}: switches of a disk request that is waited for`, t => t.deepEqual(perOperation('disk', technique), expected));
}

for (const threshold of [1, 8, 32]) {
  test(`32 requests queued before the kick are 1 notification, and with an event after ${threshold} responses ${Math.ceil(32 / threshold)} events`, t => {
    for (const technique of [`${PARAVIRTUAL}@hybrid`, `${HARDWARE}@hybrid`]) {
      const [few, many] = [32, 64].map(operations => run('disk', technique, {operations, depth: 32, batch: 'on', threshold, sectors: 1}).statistics!);
      t.is(many['notifications to back ends'] - few['notifications to back ends'], 1);
      t.is(many['notifications from back ends'] - few['notifications from back ends'], Math.ceil(32 / threshold));
    }
  });
}

const REFUSED: ReadonlyArray<readonly [technique: string, reason: RegExp]> = [
  [`${PARAVIRTUAL}@hypervisor`, /needs the driver domain of hybrid.* hypervisor has no second one$/], [`${HARDWARE}@hosted`, /needs the driver domain of hybrid.* hosted has no second one$/],
  ['hardware-assisted+shadow+xen-ring@hybrid', /works with the memory strategies direct-paging, nested, not with 'shadow'/],
  ['binary-translation+shadow+xen-ring@hybrid', /works with the cpu strategies paravirtual, hardware-assisted/],
  [`${PARAVIRTUAL}[grants=copy,persistent]@hybrid`, /keeps no mappings with grants=copy/],
];
for (const [technique, reason] of REFUSED) {
  test(`${technique} is refused: ${reason.source}`, t => t.regex(mismatch(parseTechnique(technique, catalogue.plugins), catalogue.plugins) ?? '', reason));
}

test('a workload with a disk is refused to a domain without back ends', t => {
  t.throws(() => cellSpec({workload: 'disk', technique: 'paravirtual+direct-paging'}), {message: /workload 'disk' needs a disk, which a paravirtual guest does not reach by emulated; use xen-ring@hybrid/});
});

test('a guest that never looks for Xen is as on bare metal, instruction by instruction', t => {
  const cell = run('cpuid', `${HARDWARE}@hybrid`, {operations: 20});
  t.is(cell.equivalence.verdict, 'equivalent', cell.equivalence.detail);
  t.regex(cell.equivalence.detail, /register images/);
});
