// The network under every way of reaching it: what is sent and received is right and in order on both sides, the guest is as on bare metal, and
// each packet takes the exits that its way has.
import test from 'ava';
import {isExit} from '../ledger/transitions.ts';
import {runCell} from './cell.ts';
import type {CellResult, SwitchCount} from './result.ts';
import {catalogue, cellSpec} from './testing/real-cells.ts';

const HOST = 'nehalem-2009[virtualizable]';
type Params = Record<string, string | number>;

const cellOf = (workload: string, technique: string, params: Params): CellResult => runCell(cellSpec({workload, technique, host: HOST, params}), catalogue);

const NESTED = 'hardware-assisted+nested', SHADOW = 'hardware-assisted+shadow';
const WAYS: ReadonlyArray<readonly [technique: string, workload: string, params: Params]> = [
  ['native', 'ping-pong', {driver: 'pcnet'}],
  ['native', 'receive-stream', {driver: 'e1000', mode: 'polled', depth: 32}],
  [`${NESTED}+emulated@hypervisor`, 'ping-pong', {driver: 'e1000', size: 61}],
  [`${NESTED}+emulated@hybrid`, 'receive-stream', {driver: 'pcnet', depth: 5}],
  [`${SHADOW}+emulated@hosted`, 'transmit-stream', {driver: 'e1000', depth: 4}],
  [`${SHADOW}+emulated@hosted[pic=kernel]`, 'request-response', {driver: 'pcnet', mode: 'polled', depth: 3}],
  ['binary-translation+shadow+emulated@hosted', 'request-response', {driver: 'e1000', depth: 8}],
  ['trap-and-emulate+shadow+emulated@hypervisor', 'transmit-stream', {driver: 'pcnet', depth: 2}],
  ['interpretation+software-mmu+emulated@hosted', 'receive-stream', {driver: 'e1000', depth: 3}],
  ['dynamic-translation+software-mmu+emulated@hosted', 'ping-pong', {driver: 'pcnet', mode: 'polled'}],
  [`${NESTED}+virtio@hypervisor`, 'receive-stream', {driver: 'virtio', depth: 16}],
  [`${NESTED}+virtio@hosted`, 'transmit-stream', {driver: 'virtio-legacy', depth: 7}],
  [`${SHADOW}+virtio@hosted[back-end=kernel]`, 'request-response', {driver: 'virtio', mode: 'polled'}],
  [`${NESTED}+virtio@hybrid[wake=yield]`, 'ping-pong', {driver: 'virtio'}],
  ['binary-translation+shadow+virtio@hybrid', 'receive-stream', {driver: 'virtio-legacy', mode: 'polled'}],
  ['trap-and-emulate+shadow+virtio@hosted', 'request-response', {driver: 'virtio', depth: 32}],
  ['dynamic-translation+software-mmu+virtio@hosted', 'transmit-stream', {driver: 'virtio', depth: 32}],
  [`${NESTED}+emulated@hosted`, 'console-output', {mode: 'interrupt'}],
  ['binary-translation+shadow+emulated@hosted[ports=vmm]', 'console-output', {mode: 'interrupt', size: 17}],
];
for (const [technique, workload, params] of WAYS) {
  test(`${technique}, ${workload} ${JSON.stringify(params)}: as on bare metal, and every byte as sent`, t => {
    const cell = cellOf(workload, technique, {operations: 12, ...(workload === 'console-output' ? {} : {size: 500}), ...params});
    t.is(cell.outcome, 'completed');
    t.is(cell.exitCode, 0x21);
    t.is(cell.equivalence.verdict, 'equivalent', cell.equivalence.detail);
  });
}

type Edge = (edge: SwitchCount) => boolean;
const exitsOf = (reason: string): Edge => edge => isExit(edge) && edge.reason === reason;
const registerWrite: Edge = edge => exitsOf('EPT_VIOLATION')(edge) && edge.detail === 'mmio';
const worldSwitches = (detail: RegExp): Edge => edge => edge.reason === 'world-switch' && detail.test(edge.detail);

const COUNTS: ReadonlyArray<readonly [what: string, technique: string, workload: string, params: Params, of: Edge, count: number]> = [
  ['one register is written for eight datagrams', `${NESTED}+emulated@hypervisor`, 'transmit-stream', {driver: 'e1000', mode: 'polled', depth: 8}, registerWrite, 1 / 8],
  ['one port is written for eight datagrams', `${NESTED}+emulated@hypervisor`, 'transmit-stream', {driver: 'pcnet', mode: 'polled', depth: 8}, exitsOf('IO_INSTRUCTION'), 1 / 8],
  ['one doorbell for eight datagrams', `${NESTED}+virtio@hypervisor`, 'transmit-stream', {driver: 'virtio-legacy', mode: 'polled', depth: 8}, exitsOf('IO_INSTRUCTION'), 1 / 8],
  ['one doorbell in memory for a ping', `${NESTED}+virtio@hypervisor`, 'ping-pong', {driver: 'virtio', mode: 'polled'}, registerWrite, 1],
  ['no page is touched for the first time', `${NESTED}+emulated@hypervisor`, 'ping-pong', {driver: 'e1000', mode: 'polled'}, edge => exitsOf('EPT_VIOLATION')(edge) && !registerWrite(edge), 0],
  ['one host interrupt for its answer', `${NESTED}+virtio@hypervisor`, 'ping-pong', {driver: 'virtio', mode: 'polled'}, exitsOf('EXTERNAL_INTERRUPT'), 1],
  ['a doorbell and an answer to a hosted VMM, there and back', `${NESTED}+virtio@hosted`, 'ping-pong', {driver: 'virtio', mode: 'polled'}, worldSwitches(/./), 4],
  ['a doorbell port to a hosted VMM without device models of its own', `${NESTED}+emulated@hosted`, 'ping-pong', {driver: 'pcnet', mode: 'polled'}, worldSwitches(/^out-0x/), 2],
  ['a byte by polling: two accesses', `${NESTED}+emulated@hypervisor`, 'console-output', {size: 50}, exitsOf('IO_INSTRUCTION'), 100],
  ['sixteen bytes an interrupt, twice and one that finds nothing left: the cause, the bytes and an end of interrupt each, and the switch on and off', `${NESTED}+emulated@hypervisor`,
    'console-output', {mode: 'interrupt', size: 32}, exitsOf('IO_INSTRUCTION'), 32 + 3 * 2 + 3],
];
for (const [what, technique, workload, params, of, count] of COUNTS) {
  test(`${workload}, ${technique}: ${what}`, t => {
    const counted = (operations: number): number =>
      cellOf(workload, technique, {operations, ...(workload === 'console-output' ? {} : {size: 500}), ...params}).switches.filter(of).reduce((sum, edge) => sum + edge.count, 0);
    t.is((counted(32) - counted(16)) / 16, count);
  });
}
