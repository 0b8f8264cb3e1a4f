// Claims 34 to 36: switches between machines, and interrupts. Most wait for the parts of the model they are about.
import {awaited} from '../claim.ts';
import {bootClaim} from './boot.ts';
import type {Claim} from '../claim.ts';

export const DEVICES: readonly Claim[] = [
  {
    number: '34', kind: 'Q', source: '[DALL16] table II',
    text: 'A switch between virtual machines costs twice as much with a privileged domain as in a type-2 VMM.',
    quantities: [awaited('hybrid / hosted', '2.2', 'several guests on one host', true)],
  },
  bootClaim(null),
  {
    number: '36', kind: 'R', source: '[XEN-CR8]', text: 'Filtering writes of the task priority removes more than 99 % of their exits.',
    quantities: [awaited('exits, eager / lazy', 'above 100', 'a local APIC with a task-priority register')],
  },
];

export const NESTED_VIRTUALIZATION: readonly Claim[] = [
  {
    number: '38', kind: 'R', source: '[PVM23] table 1', text: 'A VMM inside a virtual machine multiplies the cost of its exits.',
    quantities: [awaited('hypercall, nested / single level', '16', 'hardware assistance offered to the guest')],
  },
];
