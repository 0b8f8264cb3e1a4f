import test from 'ava';
import {findHost} from '../host/catalogue.ts';
import {refusal} from './compatible.ts';
import {Registry} from './registry.ts';
import {parseTechnique} from './technique.ts';
import {DEFINITIONS, loaded, registry} from './testing/strategies.ts';

const ROWS: ReadonlyArray<readonly [technique: string, host: string, reason: string | null]> = [
  ['native', 'pentium4-2005', null],
  ['hardware-assisted+shadow', 'pentium4-2005', null],
  ['hardware-assisted+nested', 'pentium4-2005', "nested needs the host feature 'nested-paging', which pentium4-2005 does not have"],
  ['hardware-assisted+nested', 'nehalem-2009', null],
  ['hardware-assisted+nested', 'nehalem-2009[nested-paging=off]', "nested needs the host feature 'nested-paging', which nehalem-2009[nested-paging=off] does not have"],
  ['hardware-assisted+direct-paging', 'nehalem-2009', "hardware-assisted works with the memory strategies shadow, nested, not with 'direct-paging'"],
  ['paravirtual+nested', 'nehalem-2009', "paravirtual works with the memory strategies direct-paging, not with 'nested'"],
  ['paravirtual+direct-paging', 'nehalem-2009', null],
];

for (const [technique, host, reason] of ROWS) {
  test(`${technique} on ${host}: ${reason ?? 'runs'}`, t => {
    t.is(refusal(parseTechnique(technique, registry), findHost(host), registry), reason);
  });
}

test('a strategy that insists on another kind of guest than the CPU strategy runs is refused', t => {
  const free = DEFINITIONS.map(definition => loaded({...definition, needs: definition.name === 'direct-paging' ? {guest: 'paravirtual'} : {}}));
  const plugins = new Registry(free);
  t.is(
    refusal(parseTechnique('hardware-assisted+direct-paging', plugins), findHost('nehalem-2009'), plugins),
    'direct-paging runs a paravirtual guest, hardware-assisted an unmodified guest',
  );
});

test('a renamed strategy is accepted by those that work with it under its own name', t => {
  const shadow = DEFINITIONS.find(definition => definition.name === 'shadow');
  const plugins = new Registry([...registry.all(), loaded(shadow!, {name: 'my-shadow'})]);
  t.is(refusal(parseTechnique('hardware-assisted+my-shadow', plugins), findHost('nehalem-2009'), plugins), null);
});
