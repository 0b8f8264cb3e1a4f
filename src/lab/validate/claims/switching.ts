// Claims 13, 14 and 39: which techniques are entered for a context switch, a system call and a sensitive instruction. Exact counts.
import {around, atLeast, exactly} from '../band.ts';
import {quantity} from '../claim.ts';
import type {Claim, ClaimCell, Quantity} from '../claim.ts';
import {crossings, exits, hypercalls, LONG, named, SHORT, steadyCrossings} from '../figures.ts';
import type {EdgeFilter} from '../figures.ts';
import type {Band} from '../band.ts';
import {ratio} from './ratio.ts';
import {BT, EPT, NEHALEM, PENTIUM4, PV, RING_COMPRESSION, VTX} from './techniques.ts';

/** The same system call bounced by a handler of Xen's for it alone, and by the general protection fault of a gate that is not for it. */
const PV_HANDLER = 'paravirtual[gate=handler]+direct-paging', PV_FAULT = 'paravirtual[gate=fault]+direct-paging';
const latency = (name: string, published: string, technique: string): Quantity =>
  ratio(name, {published, band: around(Number(published), 30), workload: 'null-call', host: NEHALEM, of: [technique, PV]});

interface Count {
  readonly published: string;
  readonly band: Band;
  readonly workload: string;
  readonly technique: string;
  readonly filter: EdgeFilter;
}

/** Crossings of one operation in the steady state; no timer disturbs the count. */
function perOperation(name: string, {published, band, workload, technique, filter}: Count): Quantity {
  const cell = (operations: number): ClaimCell => ({workload, technique, host: NEHALEM, params: {operations, timer: 0}});
  return quantity(name, {published, band, cells: {few: cell(SHORT), many: cell(LONG)}, measure: results => steadyCrossings(results, filter)});
}

/**
 * Of Robin and Irvine's list those that make no check of privilege: they read or write the processor's state whatever the ring.
 * Why only these: the others (segment loads, far transfers, INT) may fault by a check of their own that fails in an outer ring.
 */
const SENSITIVE = ['sgdt', 'sidt', 'sldt', 'smsw', 'str', 'pushf', 'popf', 'lar', 'lsl', 'verr', 'verw'];
const sensitive: EdgeFilter = edge => (edge.kind === 'fault' || edge.kind === 'exit') && named(...SENSITIVE)(edge);

/** Sensitive instructions that left the guest by a trap, in a workload whose kernel locks with PUSHF, CLI and POPF. */
const sensitiveTraps = (name: string, technique: string): Quantity => quantity(name, {
  published: '0', band: exactly(0), cells: {cell: {workload: 'forkwait', technique, host: PENTIUM4}}, measure: ({cell}) => crossings(cell, sensitive),
});

const AUDITED = new Set(SENSITIVE.map(name => name.toUpperCase()));

const executedSilently = quantity('shown the state of the VMM under ring compression', {
  published: 'all of them', band: atLeast(1), cells: {cell: {workload: 'forkwait', technique: RING_COMPRESSION, host: PENTIUM4}},
  measure: ({cell}) => (cell.audit ?? []).filter(({instruction}) => AUDITED.has(instruction)).reduce((sum, {differing}) => sum + differing, 0),
});

export const SWITCHING: readonly Claim[] = [
  {
    number: '13', kind: 'C', source: '[XEN03] 3.3.3',
    text: 'A context switch: at least one exit under hardware assistance with shadow paging (CR3), none with nested paging, at least one hypercall '
      + 'under Xen.',
    quantities: [
      perOperation('VT-x with shadow paging, CR3 exits', {published: '1', band: atLeast(1), workload: 'context-switch', technique: VTX, filter: named('write-cr3')}),
      perOperation('VT-x with EPT, exits', {published: '0', band: exactly(0), workload: 'context-switch', technique: EPT, filter: exits}),
      perOperation('paravirtual, hypercalls', {published: '1', band: atLeast(1), workload: 'context-switch', technique: PV, filter: hypercalls}),
    ],
  },
  {
    number: '14', kind: 'C', source: '[XEN03] 3.3.1, [XEN-INT80]',
    text: 'A system call through the fast trap gate does not enter the hypervisor; a bounced one enters it once.',
    quantities: [
      perOperation('entries with the direct gate', {published: '0', band: exactly(0), workload: 'null-call', technique: PV, filter: exits}),
      perOperation('entries when the call bounces', {published: '1', band: exactly(1), workload: 'null-call', technique: PV_HANDLER, filter: exits}),
      latency('latency, dedicated handler / direct gate', '1.7', PV_HANDLER), latency('latency, #GP / direct gate', '2.7', PV_FAULT),
    ],
  },
  {
    number: '39', kind: 'C', source: '[RI00]',
    text: 'Sensitive unprivileged instructions that make no check of privilege: no traps under ring compression, no hardware traps under binary '
      + 'translation, no exits under VT-x without the controls for them.',
    quantities: [
      sensitiveTraps('traps under ring compression', RING_COMPRESSION), executedSilently, sensitiveTraps('hardware traps under binary translation', BT), sensitiveTraps('exits under VT-x', VTX),
    ],
  },
];
