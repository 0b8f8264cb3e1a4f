// Random histories of paging, first half: the traced and the out-of-step shadow. 100,000 histories in both halves.
import test from 'ava';
import {behavesAsBareMetal, titleOf, type Group} from './testing/histories/property.ts';

const SHADOW = 'hardware-assisted+shadow';
const GROUPS: readonly Group[] = [
  {host: 'nehalem-2009', techniques: [SHADOW, `${SHADOW}[write=zap]`, `${SHADOW}[flood=1,limit=24,roots=1]`]},
  {host: 'zen-2017', techniques: [`${SHADOW}[policy=unsync]`, `${SHADOW}[limit=24,policy=unsync]`]},
];

for (const group of GROUPS) test(titleOf(group), behavesAsBareMetal, group);
