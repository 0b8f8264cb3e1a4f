// Claims 7 and 15 to 18: processes and virtual memory as forkwait and lmbench measure them. Adams and Agesen 2006, Barham et
// al. 2003 (a Xeon of 2.4 GHz, for which pentium4-2005 stands in), Huang et al. 2023 (KVM on a server of 2.5 GHz).
import {around, BELOW_ONE, between} from '../band.ts';
import type {CostName} from '../../../host/costs.ts';
import {quantity} from '../claim.ts';
import type {CellsOf, Claim, ClaimCell, Quantity} from '../claim.ts';
import {cyclesOf} from '../figures.ts';
import {ratio} from './ratio.ts';
import type {Ratio} from './ratio.ts';
import {BT, HOSTED_BT, NATIVE, PENTIUM4, PV, SKYLAKE, VTX} from './techniques.ts';

const onPentium4 = (name: string, rest: Omit<Ratio, 'host'>): Quantity => ratio(name, {...rest, host: PENTIUM4});

const KVM: readonly [string, string] = ['kvm-shadow', 'kvm-nested'];
/** As the published guest does: each entry of its kernel loads CR3, an exit under shadow paging. */
const ISOLATED = {isolation: 'on'};
const WITHOUT_TAGS = 'the published guest is one of 64 bits, which loads CR3 without a flush, by process-context identifiers; this one pays for refilling its TLB under EPT as well';
const kvm = (name: string, published: number, rest: Pick<Ratio, 'workload' | 'without'>): Quantity =>
  ratio(name, {published: String(published), band: around(published, 40), of: KVM, host: SKYLAKE, params: ISOLATED, differs: WITHOUT_TAGS, ...rest});

/** Why: lmbench faults on pages of a file that are in memory, this workload on pages that its kernel must clear. */
const CLEARING: readonly CostName[] = ['rep_iteration'];

interface Switching {
  readonly processes: number;
  readonly size: number;
  readonly technique: string;
}

/** Cells of a ring of processes, and of the ring of one that lmbench takes off (McVoy and Staelin 1996, 4.3), under a technique and on bare metal. */
function rings({processes, size, technique}: Switching) {
  const ring = (count: number, under: string): ClaimCell =>
    ({workload: 'context-switch', technique: under, host: PENTIUM4, params: {processes: count, size}});
  return {ring: ring(processes, technique), alone: ring(1, technique), ringNative: ring(processes, NATIVE), aloneNative: ring(1, NATIVE)};
}

type Rings = CellsOf<keyof ReturnType<typeof rings>>;

/** One switch alone, over that of bare metal. */
const switchRatio = ({ring, alone, ringNative, aloneNative}: Rings): number =>
  (cyclesOf(ring) - cyclesOf(alone)) / (cyclesOf(ringNative) - cyclesOf(aloneNative));
/** Cycles it takes more than that of bare metal: what refilling caches costs is in both. */
const switchAdded = ({ring, alone, ringNative, aloneNative}: Rings): number =>
  cyclesOf(ring) - cyclesOf(alone) - (cyclesOf(ringNative) - cyclesOf(aloneNative));

/** Of the 2.4 GHz Xeon. */
const switchCycles = (name: string, {microseconds, ...which}: Switching & {readonly microseconds: number}): Quantity => {
  const published = Math.round(microseconds * 2400);
  return quantity(name, {published: String(published), band: around(published, 40), cells: rings(which), measure: switchAdded});
};

type Stated = Pick<Ratio, 'published' | 'band' | 'calibrated' | 'differs'>;
const contextSwitch = (name: string, {published, band, calibrated = false, differs, ...which}: Switching & Stated): Quantity =>
  quantity(name, {published, band, calibrated, differs, cells: rings(which), measure: switchRatio});

const VMWARE_3 = 'the published VMM, VMware Workstation 3.2, spent 15,000 to 42,000 cycles more than native on an event; the costs here are those of its successor of 2005 [AA06], '
  + '2334 for an interposed fault';
const NO_CACHES = 'most of the published switch is refilling processor caches, which the model does not have';
const SMALL_PROCESS = 'the published cost of one fork stands for some 750 exits; a process of this kernel has few pages, and its fork makes far fewer';

export const PROCESSES: readonly Claim[] = [
  {
    number: '7', kind: 'R', source: '[AA06] forkwait',
    text: 'Fork and wait on the Pentium 4: native 1, binary translation 6, VT-x without nested paging 18.',
    quantities: [
      onPentium4('binary translation / native', {published: '6.15', band: between(4, 8), differs: SMALL_PROCESS, workload: 'forkwait', of: [BT, NATIVE]}),
      onPentium4('VT-x / native', {published: '17.7', band: between(12, 22), differs: SMALL_PROCESS, workload: 'forkwait', of: [VTX, NATIVE]}),
      onPentium4('VT-x / binary translation', {published: '2.88', band: between(2, 4), differs: SMALL_PROCESS, workload: 'forkwait', of: [VTX, BT]}),
    ],
  },
  {
    number: '15', kind: 'R', source: '[XEN03] table 3',
    text: 'lmbench fork: native 1, paravirtual 1.8, hosted binary translation with shadow paging 7.9.',
    quantities: [
      onPentium4('paravirtual / native', {published: '1.80', band: between(1.4, 2.4), workload: 'fork', of: [PV, NATIVE]}),
      onPentium4('hosted binary translation / native', {published: '7.9', band: between(5, 11), differs: VMWARE_3, workload: 'fork', of: [HOSTED_BT, NATIVE]}),
      onPentium4('paravirtual / hosted binary translation', {published: '0.23', band: BELOW_ONE, workload: 'fork', of: [PV, HOSTED_BT]}),
    ],
  },
  {
    number: '16', kind: 'R', source: '[XEN03] table 4',
    text: 'lmbench context switch between two processes; with a growing working set the ratio tends to 1.',
    quantities: [
      contextSwitch('2p/0K, paravirtual / native', {published: '2.6', band: between(1.8, 3.5), calibrated: true, processes: 2, size: 0, technique: PV}),
      contextSwitch('2p/0K, hosted binary translation / native', {
        published: '23.5', band: between(12, 30), calibrated: true, differs: VMWARE_3, processes: 2, size: 0, technique: HOSTED_BT,
      }),
      contextSwitch('16p/64K, paravirtual / native', {published: '1.05', band: between(1, 1.47), differs: NO_CACHES, processes: 16, size: 64, technique: PV}),
      contextSwitch('16p/64K, hosted binary translation / native', {
        published: '1.9', band: between(1, 2.66), differs: NO_CACHES, processes: 16, size: 64, technique: HOSTED_BT,
      }),
      switchCycles('16p/64K, cycles that paravirtualization adds', {microseconds: 39.4 - 37.6, processes: 16, size: 64, technique: PV}),
      switchCycles('16p/64K, cycles that hosted binary translation adds', {microseconds: 72.2 - 37.6, processes: 16, size: 64, technique: HOSTED_BT}),
    ],
  },
  {
    number: '17', kind: 'R', source: '[XEN03] table 5',
    text: 'lmbench page fault and protection fault: paravirtual 1.9 and 1.3 times native, hosted binary translation 8.7 and 7.1.',
    quantities: [
      onPentium4('page fault, paravirtual / native', {published: '1.92', band: around(1.92, 40), workload: 'page-fault', without: CLEARING, of: [PV, NATIVE], calibrated: true}),
      onPentium4('page fault, hosted binary translation / native', {
        published: '8.7', band: around(8.7, 40), differs: VMWARE_3, workload: 'page-fault', without: CLEARING, of: [HOSTED_BT, NATIVE], calibrated: true,
      }),
      onPentium4('protection fault, paravirtual / native', {
        published: '1.32', band: around(1.32, 40), workload: 'protection-fault', of: [PV, NATIVE], calibrated: true,
      }),
      onPentium4('protection fault, hosted binary translation / native', {
        published: '7.1', band: around(7.1, 40), differs: VMWARE_3, workload: 'protection-fault', of: [HOSTED_BT, NATIVE], calibrated: true,
      }),
    ],
  },
  {
    number: '18', kind: 'R', source: '[PVM23] tables 3 and 4', text: 'KVM with shadow paging against KVM with EPT, the guest isolating its page tables.',
    quantities: [
      kvm('fork', 6.1, {workload: 'fork'}), kvm('exec', 3.6, {workload: 'exec'}), kvm('page fault', 6.2, {workload: 'page-fault', without: CLEARING}),
      kvm('protection fault', 4.8, {workload: 'protection-fault'}),
    ],
  },
];

