// A network card in a hosted VMM, and what Sugerman, Venkitachalam and Lim (USENIX ATC 2001) did about its world switches: counts of one frame,
// exactly, and the bounds that combining keeps.
import test from 'ava';
import {findHost} from '../host/catalogue.ts';
import {isExit} from '../ledger/transitions.ts';
import {runCell} from './cell.ts';
import type {CellResult, SwitchCount} from './result.ts';
import {catalogue, cellSpec} from './testing/real-cells.ts';

const HOST = 'pentium4-2005';
const BT = 'binary-translation+shadow+emulated';
type Params = Record<string, string | number>;
type Edge = (edge: SwitchCount) => boolean;

const run = (workload: string, technique: string, params: Params = {}): CellResult =>
  runCell(cellSpec({workload, technique, host: HOST, params: {driver: 'pcnet', size: 500, ...params}}), catalogue);
const count = (cell: CellResult, of: Edge): number => cell.switches.filter(of).reduce((sum, edge) => sum + edge.count, 0);
const worldSwitch = (detail: RegExp): Edge => edge => edge.reason === 'world-switch' && detail.test(edge.detail);
const hostInterrupt: Edge = edge => isExit(edge) && edge.reason === 'EXTERNAL_INTERRUPT';

/** Of one frame in the steady state of a stream: both are longer than the card's ring. */
const perFrame = (technique: string, of: Edge): number =>
  (count(run('transmit-stream', technique, {operations: 200}), of) - count(run('transmit-stream', technique, {operations: 100}), of)) / 100;

const DATA_PORT = /^(?:in|out)-0x[\da-f]+0$/;
const FRAMES: ReadonlyArray<readonly [what: string, technique: string, of: Edge, count: number]> = [
  ['three accesses of the data port, two world switches each', `${BT}@hosted[pic=kernel,ports=address]`, worldSwitch(DATA_PORT), 6],
  ['none for them where the card is in the VMM', `${BT}@hosted[ports=vmm]`, worldSwitch(DATA_PORT), 0],
  ['two for the frame that the host must send', `${BT}@hosted[ports=vmm]`, worldSwitch(/^packet$/), 2],
  ['none at all in a stand-alone VMM', `${BT}@hypervisor`, edge => edge.reason === 'world-switch', 0],
  ['none to send in the steady state with send combining', `${BT}@hosted[ports=vmm,send-combining=3]`, worldSwitch(/^(?:packet|send)$/), 0],
  ['one system call for each frame all the same', `${BT}@hosted[ports=vmm,send-combining=3]`, edge => edge.reason === 'syscall' && edge.kind === 'call', 1],
  ['the process is returned to by each completion', `${BT}@hosted[ports=vmm]`, edge => edge.to === 'host-user' && edge.detail === 'network', 1],
  ['and not where the host tells in shared memory what came', `${BT}@hosted[irq-notification=shared,ports=vmm]`, edge => edge.to === 'host-user' && edge.detail === 'network', 0],
];
for (const [what, technique, of, expected] of FRAMES) {
  test(`a frame sent, ${technique}: ${what}`, t => {
    t.is(perFrame(technique, of), expected);
  });
}

for (const [technique, each] of [['hardware-assisted+shadow+emulated@hosted', 2], ['hardware-assisted+shadow+emulated@hypervisor', 0], ['hardware-assisted+shadow+emulated@hosted[ports=vmm]', 2]] as const) {
  test(`an interrupt by the host's network while the guest runs: ${each} world switches, ${technique}`, t => {
    const cell = run('receive-stream', technique, {mode: 'polled', operations: 20});
    t.true(count(cell, hostInterrupt) >= 20);
    t.is(count(cell, worldSwitch(/^host-interrupt$/)), each * count(cell, hostInterrupt));
  });
}

for (const threshold of [2, 3, 5]) {
  test(`send combining with threshold ${threshold}: one switch to send for ${threshold} frames, the others leave on other switches`, t => {
    const {equivalence, statistics} = run('transmit-stream', `${BT}@hosted[ports=vmm,send-combining=${threshold}]`, {operations: 150});
    t.is(equivalence.verdict, 'equivalent', equivalence.detail);
    const {'combined frames': frames, 'combined frames on switches to send': forced, 'switches to send': toSend, 'longest wait of a frame, ticks': wait} = statistics!;
    t.true(toSend > 0 && toSend <= frames / threshold, `${toSend} of ${frames}`);
    t.is(forced, threshold * toSend);
    t.true(frames > forced);
    t.true(wait <= ticksOf(100));
  });
}

const ticksOf = (perSecond: number): number => Math.ceil(findHost(HOST).clock.value * 1e6 / perSecond);

for (const [options, perSecond] of [['', 100], [',tick=1000', 1000]] as const) {
  test(`a frame that nothing follows waits for the host's next tick, at ${perSecond} Hz, and no longer`, t => {
    const technique = `${BT}@hosted[ports=vmm,send-combining=3${options}]`;
    const cell = runCell(cellSpec({workload: 'ping-pong', technique, host: HOST, params: {driver: 'pcnet', mode: 'polled', operations: 1}, maxInstructions: 1e9}), catalogue);
    t.is(cell.outcome, 'completed');
    const {'longest wait of a frame, ticks': wait, 'switches to send': toSend} = cell.statistics!;
    t.is(toSend, 0);
    t.true(wait > ticksOf(perSecond) / 2 && wait <= ticksOf(perSecond) + 2000, String(wait));
    t.is(cell.equivalence.verdict, 'equivalent', cell.equivalence.detail);
  });
}

test('a tick that is asked for interrupts whoever runs, as often as it is asked for', t => {
  const cell = runCell(cellSpec({workload: 'sieve', technique: `${BT}@hosted[tick=1000]`, host: HOST, params: {timer: 0}}), catalogue);
  const ticks = count(cell, edge => isExit(edge) && edge.detail === 'host-tick');
  t.true(Math.abs(ticks - cell.cycles.region / ticksOf(1000)) <= 1, String(ticks));
  t.is(cell.equivalence.verdict, 'equivalent');
});

test('frames are combined only where the card is in the module', t => {
  t.throws(() => cellSpec({workload: 'ping-pong', technique: `${BT}@hosted[send-combining=3]`, host: HOST}), {message: /only where the card is in the module, with ports=vmm/});
});
