// Claims 29, 30 and 34 to 36: assigned devices and interrupts. Most wait for the parts of the model they are about.
import {awaited} from '../claim.ts';
import type {Claim} from '../claim.ts';

export const DEVICES: readonly Claim[] = [
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
    quantities: [awaited('exits, eager / lazy', 'above 100', 'a local APIC with a task-priority register')],
  },
];

export const NESTED_VIRTUALIZATION: readonly Claim[] = [
  {
    number: '38', kind: 'R', source: '[PVM23] table 1', text: 'A VMM inside a virtual machine multiplies the cost of its exits.',
    quantities: [awaited('hypercall, nested / single level', '16', 'hardware assistance offered to the guest')],
  },
];
