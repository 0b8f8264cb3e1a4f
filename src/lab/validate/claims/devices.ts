// Claims 34 to 36: switches between machines, and interrupts. Some wait for the parts of the model they are about.
import {atLeast} from '../band.ts';
import {bootClaim} from './boot.ts';
import {awaited, quantity} from '../claim.ts';
import type {Claim, ClaimCell} from '../claim.ts';
import {crossings, exits, SHORT} from '../figures.ts';
import {NEHALEM} from './techniques.ts';

/** Critical sections by task priority, with no interrupt waiting. */
const taskPriority = (technique: string): ClaimCell => ({workload: 'task-priority', technique, host: NEHALEM, params: {operations: SHORT, timer: 0}});

export const DEVICES: readonly Claim[] = [
  {
    number: '34', kind: 'Q', source: '[DALL16] table II',
    text: 'A switch between virtual machines costs twice as much with a privileged domain as in a type-2 VMM.',
    quantities: [awaited('hybrid / hosted', '2.2', 'several guests on one host', true)],
  },
  bootClaim(null),
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
