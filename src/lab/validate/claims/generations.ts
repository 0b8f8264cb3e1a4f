// Claims 23 to 25: how the price of leaving the guest fell from one generation of processors to the next, and what that changes.
import {around, BELOW_ONE, between} from '../band.ts';
import {awaited, quantity} from '../claim.ts';
import type {Claim, Quantity} from '../claim.ts';
import {crossings, cyclesIn, cyclesOf, exits, operationsOf} from '../figures.ts';
import {ratio} from './ratio.ts';
import {BT, CORE2, EPT, NEHALEM, PENTIUM4, SKYLAKE, VTX} from './techniques.ts';

/** The hardware's part of leaving the guest and entering it again, each exit's share in a workload that does nothing but exit. */
const roundTrip = (host: string, published: number): Quantity => quantity(`${host}, exit and entry, cycles`, {
  published: String(published), band: around(published, 15), calibrated: true, cells: {cell: {workload: 'cr3wr', technique: VTX, host}},
  measure: ({cell}) => (cyclesIn(cell, 'vm_exit', 'vm_entry') * operationsOf(cell)) / crossings(cell, exits),
});

/** An IN that a device model in a process of the host answers, over a CPUID that the VMM answers itself: as [NEM] measures KVM. */
const userExit = (name: string, host: string): Quantity => quantity(name, {
  published: '2.3 to 3.8', band: between(2.3, 5), calibrated: true,
  cells: {user: {workload: 'in', technique: `${VTX}@hosted`, host}, kernel: {workload: 'cpuid', technique: `${VTX}@hosted`, host}},
  measure: ({user, kernel}) => cyclesOf(user) / cyclesOf(kernel),
});

export const GENERATIONS: readonly Claim[] = [
  {
    number: '23', kind: 'R', source: '[AGE12] table 1, [VML]', text: 'The round trip of an exit falls across generations.',
    quantities: [
      roundTrip(PENTIUM4, 3963), roundTrip(CORE2, 1681), roundTrip(NEHALEM, 940),
      awaited('Westmere, exit and entry, cycles', '720', 'a host profile of that generation', true),
    ],
  },
  {
    number: '24', kind: 'Q', source: '[AA06], [EPT09]',
    text: 'With EPT, VT-x beats binary translation on fork and wait and on system calls; on the Pentium 4 binary translation wins fork and wait.',
    quantities: [
      ratio('forkwait on nehalem-2009, VT-x with EPT / binary translation', {published: 'below 1', band: BELOW_ONE, workload: 'forkwait', host: NEHALEM, of: [EPT, BT]}),
      ratio('null-call on nehalem-2009, VT-x with EPT / binary translation', {published: 'below 1', band: BELOW_ONE, workload: 'null-call', host: NEHALEM, of: [EPT, BT]}),
      ratio('forkwait on pentium4-2005, binary translation / VT-x', {published: 'below 1', band: BELOW_ONE, workload: 'forkwait', host: PENTIUM4, of: [BT, VTX]}),
    ],
  },
  {
    number: '25', kind: 'R', source: '[NEM], [PVM23] table 1', text: 'An exit completed in user space costs more than one completed in the kernel.',
    quantities: [userExit('port access on skylake-2016', SKYLAKE), userExit('port access on zen-2017', 'zen-2017')],
  },
];
