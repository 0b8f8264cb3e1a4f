// Claims 27 to 30 and 34 to 36: network cards, assigned devices and interrupts. Most wait for the parts of the model they are about.
import {atLeast} from '../band.ts';
import {awaited, quantity} from '../claim.ts';
import type {Claim, ClaimCell} from '../claim.ts';
import {crossings, exits, SHORT} from '../figures.ts';
import {NEHALEM} from './techniques.ts';

const NIC = 'an emulated network card';

/** Critical sections by task priority, with no interrupt waiting. */
const taskPriority = (technique: string): ClaimCell => ({workload: 'task-priority', technique, host: NEHALEM, params: {operations: SHORT, timer: 0}});

export const DEVICES: readonly Claim[] = [
  {
    number: '27', kind: 'C', source: '[SUG01] 3.3',
    text: 'One data-port write in three of a Lance transmit reaches the host; moving the others into the VMM saves two thirds of the world switches.',
    quantities: [awaited('share of world switches saved', '0.66', NIC)],
  },
  {
    number: '28', kind: 'C', source: '[SUG01] 3.4', text: 'With send combining at most one world switch for three packets is made to transmit.',
    quantities: [awaited('world switches of one packet', 'at most 1/3', NIC)],
  },
  {
    number: '28b', kind: 'R', source: '[SUG01] table 3', text: 'Processor use of a hosted network card against native for the same stream.',
    quantities: [awaited('hosted / native', '5.6', NIC)],
  },
  {
    number: '29', kind: 'C', source: '[ELI12]', text: 'An assigned device: two exits for each interrupt, none with exitless delivery.',
    quantities: [awaited('exits of one interrupt', '2, 0', 'passthrough and posted interrupts')],
  },
  {
    number: '30', kind: 'R', source: '[ELI12]', text: 'Exitless delivery of interrupts improves I/O-bound throughput.',
    quantities: [awaited('throughput, exitless / trapped', '1.3 to 1.6', 'passthrough and posted interrupts')],
  },
  {
    number: '34', kind: 'Q', source: '[DALL16] table II',
    text: 'A switch between virtual machines costs twice as much with a privileged domain as in a type-2 VMM.',
    quantities: [awaited('hybrid / hosted', '2.2', 'several guests on one host', true)],
  },
  {
    number: '35', kind: 'R', source: '[BOOT283]',
    text: 'Exits of an operating system\'s boot, shadow paging over EPT: all 10 to 40 times, control registers and exceptions above 50, I/O and '
      + 'CPUID equal.',
    quantities: [awaited('exits, shadow / EPT', '24.8', 'a workload that boots an operating system')],
  },
  {
    number: '36', kind: 'R', source: '[XEN-CR8]', text: 'Filtering writes of the task priority removes more than 99 % of their exits.',
    quantities: [
      quantity('share of the exits that a TPR shadow removes, per cent', {
        published: 'above 99', band: atLeast(99), cells: {eager: taskPriority(`hardware-assisted[apic=emulated]+nested`), lazy: taskPriority('hardware-assisted+nested')},
        measure: ({eager, lazy}) => 100 * (1 - crossings(lazy, exits) / crossings(eager, exits)),
      }),
    ],
  },
];

export const NESTED_VIRTUALIZATION: readonly Claim[] = [
  {
    number: '38', kind: 'R', source: '[PVM23] table 1', text: 'A VMM inside a virtual machine multiplies the cost of its exits.',
    quantities: [awaited('hypercall, nested / single level', '16', 'hardware assistance offered to the guest')],
  },
];
