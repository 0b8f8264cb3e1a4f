// Claims 1 to 6: single events of first-generation hardware assistance against binary translation, after the nanobenchmarks of
// Adams and Agesen 2006, section 6.3. Costs of pentium4-2005 were set from these figures, so agreement here confirms nothing.
import {around, atMost, between} from '../band.ts';
import {quantity} from '../claim.ts';
import type {CellResult} from '../../result.ts';
import type {CellsOf, Claim, ClaimCell} from '../claim.ts';
import {cyclesIn, cyclesOf} from '../figures.ts';
import {BT, NATIVE, PENTIUM4, VTX} from './techniques.ts';

const TECHNIQUES = {native: NATIVE, vtx: VTX, bt: BT} as const;

/** Cells of one workload under some of the three techniques. */
const cells = <Name extends keyof typeof TECHNIQUES>(workload: string, ...names: readonly Name[]): Readonly<Record<Name, ClaimCell>> => {
  const entries = names.map((name): [Name, ClaimCell] => [name, {workload, technique: TECHNIQUES[name], host: PENTIUM4}]);
  return Object.fromEntries(entries) as Record<Name, ClaimCell>;
};

const fault = cells('pgfault', 'native', 'vtx', 'bt');
const update = cells('ptemod', 'native', 'vtx', 'bt');

/** What a technique adds to bare metal: the loop around the event is in both. */
const added = (technique: CellResult, native: CellResult): number => cyclesOf(technique) - cyclesOf(native);

/** The event itself on bare metal: what its handler and the loop around it do is in every technique's figure, and in no published one. */
const crossing = (native: CellResult): number => cyclesIn(native, 'exception_delivery', 'iret', 'iret_same_ring');
const callReturn = (native: CellResult): number => cyclesIn(native, 'near_call', 'near_return');

/** Why: `pgfault` mends the entry it faulted on, the published benchmark doesn't; that write is taken off as `ptemod` measures it. */
const trueFault = ({native, fault, write, writeNative}: CellsOf<'native' | 'fault' | 'write' | 'writeNative'>): number =>
  (crossing(native) + added(fault, native) - added(write, writeNative)) / crossing(native);

export const SINGLE_EVENTS: readonly Claim[] = [
  {
    number: '1', kind: 'R', source: '[AA06] 6.3 ptemod',
    text: 'A store to a live page-table entry costs far more under first-generation VT-x with shadow paging than under adapted binary translation.',
    quantities: [
      quantity('VT-x / binary translation', {
        published: '32.6', band: between(25, 40), calibrated: true, cells: update,
        measure: ({native, vtx, bt}) => added(vtx, native) / added(bt, native),
      }),
    ],
  },
  {
    number: '2', kind: 'R', source: '[AA06] 6.3 pgfault', text: 'A true page fault: native 1, binary translation 3.6, VT-x with shadow paging 10.3.',
    quantities: [
      quantity('binary translation / native', {
        published: '3.6', band: around(3.6, 25), calibrated: true, measure: trueFault,
        cells: {native: fault.native, fault: fault.bt, write: update.bt, writeNative: update.native},
      }),
      quantity('VT-x / native', {
        published: '10.3', band: around(10.3, 25), calibrated: true, measure: trueFault,
        cells: {native: fault.native, fault: fault.vtx, write: update.vtx, writeNative: update.native},
      }),
    ],
  },
  {
    number: '3', kind: 'R', source: '[AA06] 6.3 divzero',
    text: 'A divide fault costs more under binary translation than under VT-x, where it does not exit.',
    quantities: [
      quantity('binary translation / VT-x', {
        published: '3.2', band: between(2.5, 4), calibrated: true, cells: cells('divzero', 'native', 'vtx', 'bt'),
        measure: ({native, vtx, bt}) => (crossing(native) + added(bt, native)) / (crossing(native) + added(vtx, native)),
      }),
      quantity('VT-x / native', {
        published: '1.14', band: between(0.8, 1.2), calibrated: true, cells: cells('divzero', 'native', 'vtx'),
        measure: ({native, vtx}) => (crossing(native) + added(vtx, native)) / crossing(native),
      }),
    ],
  },
  {
    number: '4', kind: 'Q', source: '[AA06] 6.3 syscall',
    text: 'A system call runs at native speed under VT-x; binary translation adds some 2000 cycles.',
    quantities: [
      quantity('VT-x / native', {
        published: '1.00', band: atMost(1.05), calibrated: true, cells: cells('syscall', 'native', 'vtx'),
        measure: ({native, vtx}) => cyclesOf(vtx) / cyclesOf(native),
      }),
      quantity('binary translation - native, cycles', {
        published: '2000', band: between(1500, 2500), calibrated: true, cells: cells('syscall', 'native', 'bt'), measure: ({native, bt}) => added(bt, native),
      }),
    ],
  },
  {
    number: '5', kind: 'Q', source: '[AA06] 6.3 in', text: 'IN from a virtual device: binary translation is quicker than a native port, VT-x slower.',
    quantities: [
      quantity('binary translation / native', {
        published: '0.067', band: between(0.05, 0.1), calibrated: true, cells: cells('in', 'native', 'bt'), measure: ({native, bt}) => cyclesOf(bt) / cyclesOf(native),
      }),
      quantity('VT-x / native', {
        published: '4.93', band: between(4, 6), calibrated: true, cells: cells('in', 'native', 'vtx'),
        measure: ({native, vtx}) => cyclesOf(vtx) / cyclesOf(native),
      }),
    ],
  },
  {
    number: '6', kind: 'R', source: '[AA06] 6.3 call/ret',
    text: 'A call and its return in kernel code: dearer under binary translation, native under VT-x.',
    quantities: [
      quantity('binary translation / native, the pair alone', {
        published: '4.6', band: between(4, 5), calibrated: true, cells: cells('callret', 'native', 'bt'),
        measure: ({native, bt}) => (callReturn(native) + added(bt, native)) / callReturn(native),
      }),
      quantity('VT-x / native', {
        published: '1.0', band: between(0.99, 1.01), calibrated: true, cells: cells('callret', 'native', 'vtx'),
        measure: ({native, vtx}) => cyclesOf(vtx) / cyclesOf(native),
      }),
    ],
  },
];
