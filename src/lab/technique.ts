// A technique: one strategy of each kind with its options, and the canonical name under which results are stored.
// The written form is in technique-syntax.ts, products' names in presets.ts, what makes sense together in compatible.ts.
import type {PluginKind} from '../vmm/plugin.ts';
import type {TechniqueName} from './result.ts';
import {readOptions, writeOptions} from './plugin-options.ts';
import type {LoadedPlugin, Options, Registry} from './registry.ts';
import {parseTechniqueSyntax} from './technique-syntax.ts';
import type {WrittenPart, WrittenTechnique} from './technique-syntax.ts';
import {UsageError, listed} from './usage-error.ts';

/** Bare metal: no VMM and no strategy of another kind; every other technique is compared with it. */
export const BARE_METAL = 'native';
const DEFAULT_IO = 'emulated';
const DEFAULT_ARCHITECTURE = 'hypervisor';

export interface ChosenStrategy {
  readonly name: string;
  /** Complete, defaults included. */
  readonly options: Options;
}

/** Plain data: it is sent to worker threads. */
export interface Technique {
  /** Canonical: four parts, options sorted, defaults dropped; `native` alone. */
  readonly name: string;
  readonly cpu: ChosenStrategy;
  readonly memory: ChosenStrategy | null;
  readonly io: ChosenStrategy | null;
  readonly architecture: ChosenStrategy | null;
}

/**
 * Reads `cpu+memory+io@architecture`; `+emulated` and `@hypervisor` may be left out. Presets are not known here.
 * @throws UsageError one sentence naming what is known
 */
export function parseTechnique(text: string, registry: Registry): Technique {
  const reader = {text, registry};
  const written = parseTechniqueSyntax(text);
  const cpu = choose(reader, 'cpu', written.parts[0]);
  return standsAlone(cpu.plugin) ? alone(reader, cpu, written) : whole(reader, cpu, written);
}

interface Reader { readonly text: string; readonly registry: Registry }
interface Choice { readonly plugin: LoadedPlugin; readonly options: Options }

/** True for a CPU strategy that works without any other: `native`, or one whose `needs` say so. */
export function standsAlone(plugin: LoadedPlugin): boolean {
  return plugin.definition.name === BARE_METAL || plugin.definition.needs?.memory?.join() === 'none';
}

function alone(reader: Reader, cpu: Choice, written: WrittenTechnique): Technique {
  if (written.parts.length > 1 || written.architecture) {
    throw new UsageError(`technique '${reader.text}': '${cpu.plugin.name}' stands alone, without memory, io and architecture`);
  }
  return named({cpu, memory: null, io: null, architecture: null});
}

function whole(reader: Reader, cpu: Choice, {parts, architecture}: WrittenTechnique): Technique {
  const memory = parts[1];
  if (!memory) {
    throw new UsageError(
      `technique '${reader.text}' names no memory strategy; write cpu+memory+io@architecture, with memory one of ${known(reader.registry, 'memory')}`,
    );
  }
  return named({
    cpu,
    memory: choose(reader, 'memory', memory),
    io: choose(reader, 'io', parts[2] ?? {name: DEFAULT_IO, options: {}}),
    architecture: choose(reader, 'architecture', architecture ?? {name: DEFAULT_ARCHITECTURE, options: {}}),
  });
}

function known(registry: Registry, kind: PluginKind): string {
  return listed(registry.list(kind).map(plugin => plugin.name));
}

function choose({text, registry}: Reader, kind: PluginKind, part: WrittenPart): Choice {
  const plugin = registry.get(kind, part.name);
  if (!plugin) throw new UsageError(`technique '${text}': there is no ${kind} strategy '${part.name}'; known: ${known(registry, kind)}`);
  const options = readOptions(plugin.definition, {...plugin.defaults, ...part.options}, `technique '${text}', ${part.name}`);
  return {plugin, options};
}

function named(choices: {cpu: Choice; memory: Choice | null; io: Choice | null; architecture: Choice | null}): Technique {
  const {cpu, memory, io, architecture} = choices;
  const name = [cpu, memory, io].filter(choice => choice !== null).map(written).join('+');
  return {
    name: architecture ? `${name}@${written(architecture)}` : name,
    cpu: chosen(cpu), memory: memory && chosen(memory), io: io && chosen(io), architecture: architecture && chosen(architecture),
  };
}

const written = ({plugin, options}: Choice): string => plugin.name + writeOptions(options, plugin.defaults);
const chosen = ({plugin, options}: Choice): ChosenStrategy => ({name: plugin.name, options});

/** The form that stands in a result: the canonical name, and the strategies' names without options. */
export function techniqueName({name, cpu, memory, io, architecture}: Technique): TechniqueName {
  return {
    name, cpu: cpu.name, memory: memory?.name ?? null, io: io?.name ?? null, architecture: architecture?.name ?? null,
  };
}
