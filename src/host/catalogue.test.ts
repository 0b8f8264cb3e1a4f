import test from 'ava';
import {FEATURE_NAMES, findHost, HOSTS} from './catalogue.ts';
import {HostError} from './host-error.ts';
import type {FeatureName} from './profile.ts';

const canonical: ReadonlyArray<readonly [written: string, name: string, changed: readonly FeatureName[]]> = [
  ['nehalem-2009', 'nehalem-2009', []],
  ['nehalem-2009[walk-caches=off]', 'nehalem-2009[walk-caches=off]', ['walk-caches']],
  ['nehalem-2009[walk-caches=on]', 'nehalem-2009', []],
  ['nehalem-2009[unrestricted-guest=off]', 'nehalem-2009', []],
  ['pentium4-2005[virtualizable]', 'pentium4-2005[virtualizable]', ['virtualizable']],
  ['pentium4-2005[virtualizable=on]', 'pentium4-2005[virtualizable]', ['virtualizable']],
  ['pentium4-2005[nested-paging=off]', 'pentium4-2005', []],
  ['pentium4-2005[walk-caches]', 'pentium4-2005[walk-caches]', ['walk-caches']],
  ['skylake-2016[posted-interrupts=off,virtual-apic=off]', 'skylake-2016[posted-interrupts=off,virtual-apic=off]', ['virtual-apic', 'posted-interrupts']],
  ['skylake-2016[unrestricted-guest=off]', 'skylake-2016[unrestricted-guest=off]', ['unrestricted-guest']],
  ['zen-2017[tagged-tlb=off,unrestricted-guest]', 'zen-2017[tagged-tlb=off]', ['tagged-tlb']],
  [' nehalem-2009[ walk-caches = off , nested-paging=off,tagged-tlb ] ', 'nehalem-2009[nested-paging=off,walk-caches=off]', ['nested-paging', 'walk-caches']],
];

for (const [written, name, changed] of canonical) {
  test(`'${written.trim()}' is ${name}`, t => {
    const host = findHost(written);
    const plain = findHost(host.name.replace(/\[.*/, ''));
    t.is(host.name, name);
    t.deepEqual(FEATURE_NAMES.filter(each => host.features[each] !== plain.features[each]), changed);
    t.is(host.costs, plain.costs);
    t.is(findHost(name).name, name);
  });
}

const HOST_NAMES = 'known: pentium4-2005, core2-2007, nehalem-2009, skylake-2016, zen-2017';
const KNOWN = `known: ${FEATURE_NAMES.join(', ')}`;
const GRANTED = 'and no costs for it; on any host only virtual-apic, posted-interrupts, walk-caches, virtualizable and cached-disk can be turned on';
const refused: ReadonlyArray<readonly [written: string, sentence: string]> = [
  ['core2-2006', `unknown host 'core2-2006'; ${HOST_NAMES}`],
  ['', `unknown host ''; ${HOST_NAMES}`],
  ['nehalem-2009[vpid]', `unknown option 'vpid' of host 'nehalem-2009'; ${KNOWN}`],
  ['nehalem-2009[vendor=amd]', `unknown option 'vendor' of host 'nehalem-2009'; ${KNOWN}`],
  ['nehalem-2009[]', `unknown option '' of host 'nehalem-2009'; ${KNOWN}`],
  ['nehalem-2009[walk-caches=no]', "option 'walk-caches' of host 'nehalem-2009' is 'no'; allowed: on, off"],
  ['nehalem-2009[walk-caches=on=off]', "option 'walk-caches' of host 'nehalem-2009' is 'on=off'; allowed: on, off"],
  ['nehalem-2009[walk-caches=off,walk-caches]', "option 'walk-caches' of host 'nehalem-2009' is given twice; give it once"],
  ['core2-2007[tagged-tlb]', `host 'core2-2007' has no 'tagged-tlb' ${GRANTED}`],
  ['pentium4-2005[nested-paging]', `host 'pentium4-2005' has no 'nested-paging' ${GRANTED}`],
  ['nehalem-2009[unrestricted-guest=on]', `host 'nehalem-2009' has no 'unrestricted-guest' ${GRANTED}`],
  ['nehalem-2009[walk-caches=off', "host 'nehalem-2009[walk-caches=off' is malformed; write a name, or a name with options as in nehalem-2009[walk-caches=off]"],
];

for (const [written, message] of refused) {
  test(`'${written}' is refused in one sentence`, t => {
    t.throws(() => findHost(written), {instanceOf: HostError, message});
  });
}

test('the catalogue is in order of age', t => {
  const years = HOSTS.map(host => Number(/-(20\d\d)$/.exec(host.name)?.[1]));
  t.deepEqual(years, years.toSorted((a, b) => a - b));
  t.is(new Set(years).size, HOSTS.length);
});

test('options leave the catalogue as it was', t => {
  findHost('pentium4-2005[virtualizable,hardware-assistance=off]');
  t.true(HOSTS[0].features['hardware-assistance']);
  t.false(HOSTS[0].features.virtualizable);
});
