// What a technique is, in words taken from its strategies: what it means, which guest it takes, what its host must have, where it
// claims to be equivalent to bare metal, and on which hosts it runs.
import {FEATURE_NAMES, HOSTS} from '../host/catalogue.ts';
import type {FeatureName, HostProfile} from '../host/profile.ts';
import {PLUGIN_KINDS} from '../vmm/plugin.ts';
import type {Claims} from '../vmm/strategy.ts';
import {refusal} from './compatible.ts';
import type {LoadedPlugin, Registry} from './registry.ts';
import type {Technique} from './technique.ts';

export interface TechniqueFacts {
  /** What each strategy is, by kind. */
  readonly meaning: string;
  readonly guest: 'unmodified' | 'paravirtual';
  readonly hostFeatures: readonly FeatureName[];
  /** Hardware that must be imagined. */
  readonly imagined: readonly string[];
  readonly equivalence: {
    /** Hosts, of those it runs on, where equivalence is claimed. */
    readonly claimedOn: readonly string[];
    /** Why not on the others. */
    readonly reasons: readonly string[];
    /** A host feature that would make the claim hold there, or null. */
    readonly heldBy: FeatureName | null;
    /** Instructions that show programs in ring 3 the VMM's state. */
    readonly exceptInRing3: readonly string[];
  };
  readonly hosts: readonly string[];
}

export function factsOf(technique: Technique, registry: Registry): TechniqueFacts {
  const plugins = PLUGIN_KINDS.flatMap(kind => registry.get(kind, technique[kind]?.name ?? '') ?? []);
  const hosts = HOSTS.filter(host => refusal(technique, host, registry) === null);
  const cpu = plugins.find(({kind}) => kind === 'cpu');
  return {
    meaning: meaningOf(plugins),
    guest: cpu?.definition.needs?.guest ?? 'unmodified',
    hostFeatures: [...new Set(plugins.flatMap(({definition}) => definition.needs?.features ?? []))],
    imagined: plugins.flatMap(({definition}) => definition.hypothetical ?? []),
    equivalence: equivalenceOf(plugins, hosts),
    hosts: hosts.map(host => host.name),
  };
}

function meaningOf(plugins: readonly LoadedPlugin[]): string {
  const [first] = plugins;
  if (plugins.length === 1) return first.definition.title;
  return plugins.map(({kind, definition}) => `${kind}: ${definition.title}`).join('; ');
}

function equivalenceOf(plugins: readonly LoadedPlugin[], hosts: readonly HostProfile[]): TechniqueFacts['equivalence'] {
  const doubts = (features: HostProfile['features']): readonly string[] =>
    plugins.flatMap(({definition}) => (definition as Claims).equivalence?.({...features}) ?? []);
  const doubted = hosts.filter(({features}) => doubts(features).length > 0);
  const heldBy = FEATURE_NAMES.find(name => doubted.length > 0 && doubted.every(({features}) => doubts({...features, [name]: true}).length === 0)) ?? null;
  return {
    claimedOn: hosts.filter(host => !doubted.includes(host)).map(host => host.name),
    reasons: [...new Set(doubted.flatMap(({features}) => doubts(features)))], heldBy,
    exceptInRing3: plugins.flatMap(({definition}) => (definition as Claims).exceptInRing3 ?? []),
  };
}
