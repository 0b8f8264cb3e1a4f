// Which techniques random programs are run under: every combination of loaded strategies that takes an unmodified guest and
// claims equivalence on the host. Those with default options are run for every program, those with another choice of one
// option take turns.
import {findHost} from '../host/catalogue.ts';
import {refusal} from '../lab/compatible.ts';
import type {LoadedPlugin, Registry} from '../lab/registry.ts';
import {parseTechnique, standsAlone, type Technique} from '../lab/technique.ts';
import {UsageError} from '../lab/usage-error.ts';
import {PLUGIN_KINDS} from '../vmm/plugin.ts';
import type {Claims} from '../vmm/strategy.ts';

export interface Contender {
  readonly technique: Technique;
  /** The host's name. */
  readonly host: string;
  /** Instructions that its programs in ring 3 must do without; see Claims. */
  readonly except: readonly string[];
}

/** Hosts in the order in which one is looked for that lets a technique claim equivalence. */
const HOSTS = ['nehalem-2009', 'skylake-2016', 'nehalem-2009[virtualizable]'] as const;
/** Devices reached one way are enough: how is not the processor's business. Those that need another way get it. */
const ARCHITECTURES = ['hypervisor', 'hosted'] as const;

function claimsOf(technique: Technique, plugins: Registry): readonly Claims[] {
  return PLUGIN_KINDS.flatMap(kind => {
    const chosen = technique[kind];
    return (chosen && plugins.get(kind, chosen.name)?.definition as Claims | undefined) ?? [];
  });
}

export function claims(technique: Technique, host: string, plugins: Registry): boolean {
  const {features} = findHost(host);
  return claimsOf(technique, plugins).every(({equivalence}) => (equivalence?.({...features}) ?? null) === null);
}

const exceptions = (technique: Technique, plugins: Registry): readonly string[] => claimsOf(technique, plugins).flatMap(({exceptInRing3}) => exceptInRing3 ?? []);

export interface Field {
  readonly always: readonly Contender[];
  readonly inTurn: readonly Contender[];
}

/** Whether a strategy takes its options on the host; some say so only when they are created. */
export type Starts = (contender: Contender) => boolean;

export function everyTechnique(plugins: Registry, starts: Starts): Field {
  const cpus = plugins.list('cpu').filter(takesUnmodifiedGuest);
  const pairs = cpus.flatMap(cpu => plugins.list('memory').map(memory => ({cpu, memory})));
  const sensible = (names: readonly string[]): Contender[] => names.flatMap(name => firstSensible(name, plugins, starts) ?? []);
  return {
    always: sensible(pairs.map(({cpu, memory}) => `${cpu.name}+${memory.name}`)),
    inTurn: sensible(pairs.flatMap(({cpu, memory}) => [
      ...variants(cpu).map(name => `${name}+${memory.name}`), ...variants(memory).map(name => `${cpu.name}+${name}`),
    ])),
  };
}

/** The contenders for one program; each technique takes every `every`-th, in turn, so that all programs have some. */
export function contendersFor({always, inTurn}: Field, number: number, every = 1): readonly Contender[] {
  const taken = always.filter((_, at) => (number + at) % every === 0);
  const contenders = inTurn.length === 0 ? taken : [...taken, inTurn[number % inTurn.length]];
  return contenders.length > 0 ? contenders : [always[number % always.length]];
}

const takesUnmodifiedGuest = (cpu: LoadedPlugin): boolean => !standsAlone(cpu) && (cpu.definition.needs?.guest ?? 'unmodified') === 'unmodified';

/** On the first host and architecture under which the technique makes sense and claims equivalence. */
export function firstSensible(text: string, plugins: Registry, starts: Starts): Contender | null {
  for (const host of HOSTS) {
    for (const architecture of ARCHITECTURES) {
      const technique = parseTechnique(text.includes('@') ? text : `${text}@${architecture}`, plugins);
      const contender = {technique, host, except: exceptions(technique, plugins)};
      if (refusal(technique, findHost(host), plugins) === null && claims(technique, host, plugins) && starts(contender)) return contender;
    }
  }
  return null;
}

/**
 * The plugin's name with each other value of one option. Why by trial: options are a Standard Schema, which does not list its
 * choices, but its complaint about a wrong value does.
 */
function variants({name, definition, defaults}: LoadedPlugin): readonly string[] {
  return Object.entries(defaults).flatMap(([option, value]) => {
    if (typeof value === 'boolean') return [`${name}[${option}=${value ? 'off' : 'on'}]`];
    if (typeof value !== 'string') return [];
    const complaint = (written: string): string => {
      const outcome = definition.options?.['~standard'].validate({[option]: written});
      return outcome && 'issues' in outcome ? outcome.issues?.[0]?.message ?? '' : '';
    };
    const named = /allowed: (.*)$/.exec(complaint('?'))?.[1].split(', ') ?? [];
    return named.filter(each => each !== value && complaint(each) === '').map(each => `${name}[${option}=${each}]`);
  });
}

/** @throws UsageError when a technique is unknown or claims equivalence nowhere */
export function chosenTechniques(names: readonly string[], plugins: Registry, starts: Starts): Field {
  if (names.length === 0) return everyTechnique(plugins, starts);
  return {always: names.map(name => chosen(name, plugins, starts)), inTurn: []};
}

function chosen(name: string, plugins: Registry, starts: Starts): Contender {
  const contender = firstSensible(name, plugins, starts);
  if (contender) return contender;
  throw new UsageError(`technique '${name}' starts and claims equivalence on none of the hosts ${HOSTS.join(', ')}`);
}
