// Claims 7 and 15 to 18: processes and virtual memory as forkwait and lmbench measure them. Adams and Agesen 2006, Barham et
// al. 2003 (a Xeon of 2.4 GHz, for which pentium4-2005 stands in), Huang et al. 2023 (KVM on a server of 2.5 GHz).
import {around, BELOW_ONE, between} from '../band.ts';
import type {Claim, Quantity} from '../claim.ts';
import {ratio} from './ratio.ts';
import type {Ratio} from './ratio.ts';
import {BT, HOSTED_BT, NATIVE, PENTIUM4, PV, SKYLAKE, VTX} from './techniques.ts';

const onPentium4 = (name: string, rest: Omit<Ratio, 'host'>): Quantity => ratio(name, {...rest, host: PENTIUM4});

const KVM: readonly [string, string] = ['kvm-shadow', 'kvm-nested'];
const kvm = (name: string, published: number, workload: string): Quantity =>
  ratio(name, {published: String(published), band: around(published, 40), workload, of: KVM, host: SKYLAKE});

export const PROCESSES: readonly Claim[] = [
  {
    number: '7', kind: 'R', source: '[AA06] forkwait', text: 'Fork and wait on the Pentium 4: native 1, binary translation 6, VT-x without nested paging 18.',
    quantities: [
      onPentium4('binary translation / native', {published: '6.15', band: between(4, 8), workload: 'forkwait', of: [BT, NATIVE]}),
      onPentium4('VT-x / native', {published: '17.7', band: between(12, 22), workload: 'forkwait', of: [VTX, NATIVE]}),
      onPentium4('VT-x / binary translation', {published: '2.88', band: between(2, 4), workload: 'forkwait', of: [VTX, BT]}),
    ],
  },
  {
    number: '15', kind: 'R', source: '[XEN03] table 3', text: 'lmbench fork: native 1, paravirtual 1.8, hosted binary translation with shadow paging 7.9.',
    quantities: [
      onPentium4('paravirtual / native', {published: '1.80', band: between(1.4, 2.4), workload: 'fork', of: [PV, NATIVE]}),
      onPentium4('hosted binary translation / native', {published: '7.9', band: between(5, 11), workload: 'fork', of: [HOSTED_BT, NATIVE]}),
      onPentium4('paravirtual / hosted binary translation', {published: '0.23', band: BELOW_ONE, workload: 'fork', of: [PV, HOSTED_BT]}),
    ],
  },
  {
    number: '16', kind: 'R', source: '[XEN03] table 4', text: 'lmbench context switch between two processes; with a growing working set the ratio tends to 1.',
    quantities: [
      onPentium4('2p/0K, paravirtual / native', {published: '2.6', band: between(1.8, 3.5), workload: 'context-switch', of: [PV, NATIVE], calibrated: true}),
      onPentium4('2p/0K, hosted binary translation / native', {
        published: '23.5', band: between(12, 30), workload: 'context-switch', of: [HOSTED_BT, NATIVE], calibrated: true,
      }),
      onPentium4('16p/64K, paravirtual / native', {
        published: '1.05', band: between(1, 1.47), workload: 'context-switch', of: [PV, NATIVE], params: {processes: 16, size: 64},
      }),
      onPentium4('16p/64K, hosted binary translation / native', {
        published: '1.9', band: between(1, 2.66), workload: 'context-switch', of: [HOSTED_BT, NATIVE], params: {processes: 16, size: 64},
      }),
    ],
  },
  {
    number: '17', kind: 'R', source: '[XEN03] table 5', text: 'lmbench page fault and protection fault: paravirtual 1.9 and 1.3 times native, hosted binary translation 8.7 and 7.1.',
    quantities: [
      onPentium4('page fault, paravirtual / native', {published: '1.92', band: around(1.92, 40), workload: 'page-fault', of: [PV, NATIVE], calibrated: true}),
      onPentium4('page fault, hosted binary translation / native', {
        published: '8.7', band: around(8.7, 40), workload: 'page-fault', of: [HOSTED_BT, NATIVE], calibrated: true,
      }),
      onPentium4('protection fault, paravirtual / native', {
        published: '1.32', band: around(1.32, 40), workload: 'protection-fault', of: [PV, NATIVE], calibrated: true,
      }),
      onPentium4('protection fault, hosted binary translation / native', {
        published: '7.1', band: around(7.1, 40), workload: 'protection-fault', of: [HOSTED_BT, NATIVE], calibrated: true,
      }),
    ],
  },
  {
    number: '18', kind: 'R', source: '[PVM23] tables 3 and 4', text: 'KVM with shadow paging against KVM with EPT.',
    quantities: [
      kvm('fork', 6.1, 'fork'), kvm('exec', 3.6, 'exec'), kvm('page fault', 6.2, 'page-fault'), kvm('protection fault', 4.8, 'protection-fault'),
    ],
  },
];

