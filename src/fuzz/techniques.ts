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
}

/** Hosts in the order in which one is looked for that lets a technique claim equivalence. */
const HOSTS = ['nehalem-2009', 'nehalem-2009[virtualizable]'] as const;
/** Devices reached one way are enough: how is not the processor's business. Those that need another way get it. */
const ARCHITECTURES = ['hypervisor', 'hosted'] as const;

export function claims(technique: Technique, host: string, plugins: Registry): boolean {
  const {features} = findHost(host);
  return PLUGIN_KINDS.every(kind => {
    const chosen = technique[kind];
    const definition = chosen && plugins.get(kind, chosen.name)?.definition as Claims | undefined;
    return (definition?.equivalence?.({...features}) ?? null) === null;
  });
}

export interface Field {
  readonly always: readonly Contender[];
  readonly inTurn: readonly Contender[];
}

export function everyTechnique(plugins: Registry): Field {
  const cpus = plugins.list('cpu').filter(takesUnmodifiedGuest);
  const pairs = cpus.flatMap(cpu => plugins.list('memory').map(memory => ({cpu, memory})));
  const sensible = (names: readonly string[]): Contender[] => names.flatMap(name => firstSensible(name, plugins) ?? []);
  return {
    always: sensible(pairs.map(({cpu, memory}) => `${cpu.name}+${memory.name}`)),
    inTurn: sensible(pairs.flatMap(({cpu, memory}) => [
      ...variants(cpu).map(name => `${name}+${memory.name}`), ...variants(memory).map(name => `${cpu.name}+${name}`),
    ])),
  };
}

/** The contenders for one program. */
export const contendersFor = ({always, inTurn}: Field, number: number): readonly Contender[] =>
  (inTurn.length === 0 ? always : [...always, inTurn[number % inTurn.length]]);

const takesUnmodifiedGuest = (cpu: LoadedPlugin): boolean => !standsAlone(cpu) && (cpu.definition.needs?.guest ?? 'unmodified') === 'unmodified';

/** On the first host and architecture under which the technique makes sense and claims equivalence. */
export function firstSensible(text: string, plugins: Registry): Contender | null {
  for (const host of HOSTS) {
    for (const architecture of ARCHITECTURES) {
      const technique = parseTechnique(text.includes('@') ? text : `${text}@${architecture}`, plugins);
      if (refusal(technique, findHost(host), plugins) === null && claims(technique, host, plugins)) return {technique, host};
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
    const outcome = definition.options?.['~standard'].validate({[option]: '?'});
    const complaint = outcome && 'issues' in outcome ? outcome.issues?.[0]?.message ?? '' : '';
    const allowed = /allowed: (.*)$/.exec(complaint)?.[1].split(', ') ?? [];
    return allowed.filter(each => each !== value).map(each => `${name}[${option}=${each}]`);
  });
}

/** @throws UsageError when a technique is unknown or claims equivalence nowhere */
export function chosenTechniques(names: readonly string[], plugins: Registry): Field {
  if (names.length === 0) return everyTechnique(plugins);
  return {always: names.map(name => chosen(name, plugins)), inTurn: []};
}

function chosen(name: string, plugins: Registry): Contender {
  const contender = firstSensible(name, plugins);
  if (contender) return contender;
  throw new UsageError(`technique '${name}' claims equivalence on none of the hosts ${HOSTS.join(', ')}`);
}
