// Random histories of paging, second half: virtual TLB, not-present bypass, other options, nested paging, the emulator's MMU.
import test from 'ava';
import {behavesAsBareMetal, titleOf, type Group} from './testing/histories/property.ts';

const SHADOW = 'hardware-assisted+shadow';
const GROUPS: readonly Group[] = [
  {host: 'pentium4-2005', techniques: [`${SHADOW}[policy=virtual-tlb]`, `${SHADOW}[policy=virtual-tlb,prefetch=8,tables=pae]`]},
  {host: 'skylake-2016', techniques: [`${SHADOW}[bypass]`, `${SHADOW}[bypass,policy=unsync]`, `${SHADOW}[policy=unsync,prefetch=4,tables=two-level]`]},
  {host: 'nehalem-2009', techniques: ['hardware-assisted+nested', 'interpretation+software-mmu@hosted', `${SHADOW}[prefetch=16,roots=2,tables=pae]`]},
];

for (const group of GROUPS) test(titleOf(group), behavesAsBareMetal, group);
