// The hosts there are, and how one is named: `nehalem-2009`, `pentium4-2005[virtualizable]`,
// `nehalem-2009[walk-caches=off]`. An option switches a feature of the machine; the rest of the profile stays.
import {core2} from './core2-2007.ts';
import {HostError} from './host-error.ts';
import {nehalem} from './nehalem-2009.ts';
import {pentium4} from './pentium4-2005.ts';
import type {FeatureName, Features, HostProfile} from './profile.ts';
import {skylake} from './skylake-2016.ts';
import {zen} from './zen-2017.ts';

/** Every host profile, oldest first. */
export const HOSTS: readonly HostProfile[] = [pentium4, core2, nehalem, skylake, zen];

/** Features an option may name, in the order lists show them. */
export const FEATURE_NAMES: readonly FeatureName[] = [
  'hardware-assistance', 'nested-paging', 'nested-accessed-dirty', 'tagged-tlb', 'unrestricted-guest', 'walk-caches', 'tpr-shadow', 'apic-access-page', 'virtual-apic',
  'posted-interrupts', 'iommu', 'virtualizable', 'cached-disk',
];

/** Features any host may be given: what they change is charged by costs that every profile has. */
const GRANTABLE: readonly FeatureName[] = ['virtual-apic', 'posted-interrupts', 'walk-caches', 'virtualizable', 'cached-disk'];

const NAME = /^([^[\]]*)(?:\[([^[\]]*)\])?$/;
const VALUES = new Map([['on', true], ['off', false]]);

/**
 * The host a name stands for, under its canonical name: options sorted, those the host has anyway dropped, `on` left out.
 * Throws HostError.
 */
export function findHost(written: string): HostProfile {
  const parts = NAME.exec(written.trim());
  if (!parts) throw new HostError(`host '${written}' is malformed; write a name, or a name with options as in nehalem-2009[walk-caches=off]`);
  const host = byName(parts[1].trim());
  return parts[2] === undefined ? host : withOptions(host, readOptions(host, parts[2]));
}

function byName(name: string): HostProfile {
  const host = HOSTS.find(each => each.name === name);
  if (host) return host;
  throw new HostError(`unknown host '${name}'; known: ${HOSTS.map(each => each.name).join(', ')}`);
}

type Switches = ReadonlyMap<FeatureName, boolean>;

function readOptions(host: HostProfile, written: string): Switches {
  const switches = new Map<FeatureName, boolean>();
  for (const option of written.split(',')) {
    const [feature, on] = readOption(host, option.trim());
    if (switches.has(feature)) throw new HostError(`option '${feature}' of host '${host.name}' is given twice; give it once`);
    if (on && !host.features[feature] && !GRANTABLE.includes(feature)) throw new HostError(refusal(host, feature));
    switches.set(feature, on);
  }
  return switches;
}

function readOption(host: HostProfile, option: string): readonly [FeatureName, boolean] {
  const [name, value = 'on', ...rest] = option.split('=').map(part => part.trim());
  const feature = FEATURE_NAMES.find(each => each === name);
  if (feature === undefined) {
    throw new HostError(`unknown option '${name}' of host '${host.name}'; known: ${FEATURE_NAMES.join(', ')}`);
  }
  const on = rest.length === 0 ? VALUES.get(value) : undefined;
  if (on !== undefined) return [feature, on];
  throw new HostError(`option '${feature}' of host '${host.name}' is '${[value, ...rest].join('=')}'; allowed: on, off`);
}

function refusal(host: HostProfile, feature: FeatureName): string {
  return `host '${host.name}' has no '${feature}' and no costs for it; on any host only ${GRANTABLE.slice(0, -1).join(', ')} and ${GRANTABLE.at(-1)} can be turned on`;
}

function withOptions(host: HostProfile, switches: Switches): HostProfile {
  const changed = FEATURE_NAMES.filter(name => switches.has(name) && switches.get(name) !== host.features[name]).toSorted();
  if (changed.length === 0) return host;
  const options = changed.map(name => host.features[name] ? `${name}=off` : name);
  const features: Features = {...host.features, ...Object.fromEntries(changed.map(name => [name, !host.features[name]]))};
  return {...host, name: `${host.name}[${options.join(',')}]`, features};
}
