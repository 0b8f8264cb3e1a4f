// The rows of `worldswitch list`, one function for each kind: columns for people, a document for scripts.
import {FEATURE_NAMES, HOSTS} from '../host/catalogue.ts';
import type {Catalogue} from '../lab/catalogue.ts';
import {mismatch, refusal} from '../lab/compatible.ts';
import {availablePresets} from '../lab/presets.ts';
import type {LoadedPlugin, Registry} from '../lab/registry.ts';
import {parseTechnique, standsAlone, techniqueName} from '../lab/technique.ts';
import type {Technique} from '../lab/technique.ts';
import type {ParameterDefinition} from '../lab/workload.ts';

export interface Row {
  readonly columns: readonly string[];
  readonly document: Readonly<Record<string, unknown>>;
}

export const LISTINGS = {
  workloads: ({workloads}: Catalogue): readonly Row[] => [...workloads.values()].map(({definition, guestModification}) => {
    const {name, suite, title, operation, stresses, parameters} = definition;
    return {
      columns: [name, suite, Object.entries(parameters).map(([param, its]) => `${param}=${its.default} (${range(its)})`).join(', '), title],
      document: {name, suite, title, operation, stresses, parameters, guestModification: guestModification ?? null},
    };
  }),

  techniques: ({plugins}: Catalogue): readonly Row[] => sensibleTechniques(plugins).map(technique => {
    const hosts = HOSTS.filter(host => refusal(technique, host, plugins) === null).map(host => host.name);
    const aliases = availablePresets(plugins).filter(preset => preset.technique.name === technique.name).map(preset => preset.name);
    return {
      columns: [technique.name, aliases.join(', '), hosts.join(', ')],
      document: {...techniqueName(technique), aliases, hosts},
    };
  }),

  hosts: (): readonly Row[] => HOSTS.map(({name, title, clock, features}) => {
    const has = FEATURE_NAMES.filter(feature => features[feature]);
    return {
      columns: [name, `${clock.value} ${clock.unit}`, title, has.join(', ')],
      document: {name, title, clock, features},
    };
  }),

  plugins: ({plugins}: Catalogue): readonly Row[] => plugins.all().map(({kind, name, definition, defaults, builtIn, file}) => ({
    columns: [kind, name, definition.title, optionsText(defaults), builtIn ? 'built-in' : file],
    document: {kind, name, title: definition.title, options: defaults, needs: definition.needs ?? {}, builtIn, file},
  })),

  presets: ({plugins}: Catalogue): readonly Row[] => availablePresets(plugins).map(({name, title, technique}) => ({
    columns: [name, technique.name, title],
    document: {name, title, technique: technique.name},
  })),
};

const optionsText = (defaults: LoadedPlugin['defaults']): string =>
  Object.entries(defaults).map(([name, value]) => `${name}=${typeof value === 'boolean' ? (value ? 'on' : 'off') : value}`).join(', ');

const range = (parameter: ParameterDefinition): string =>
  parameter.kind === 'choice' ? parameter.values.join(', ') : `${parameter.min} to ${parameter.max}`;

/** Every combination of loaded strategies whose parts go together, with default options, and the presets' own. */
function sensibleTechniques(plugins: Registry): readonly Technique[] {
  const written = plugins.list('cpu').flatMap(cpu => (standsAlone(cpu) ? [cpu.name] : combinations(cpu.name, plugins)));
  const techniques = [...written.map(text => parseTechnique(text, plugins)), ...availablePresets(plugins).map(preset => preset.technique)];
  const sensible = techniques.filter(technique => mismatch(technique, plugins) === null);
  return [...new Map(sensible.map(technique => [technique.name, technique])).values()];
}

function combinations(cpu: string, plugins: Registry): readonly string[] {
  return plugins.list('memory').flatMap(memory => plugins.list('io').flatMap(io =>
    plugins.list('architecture').map(architecture => `${cpu}+${memory.name}+${io.name}@${architecture.name}`)));
}
