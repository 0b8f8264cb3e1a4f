// The rows of `worldswitch list`, one function for each kind: columns for people, a document for scripts.
import {COVERAGE, isAbsent, rowsOf} from '../cpu/coverage.ts';
import {FEATURE_NAMES, HOSTS} from '../host/catalogue.ts';
import type {Catalogue} from '../lab/catalogue.ts';
import {mismatch} from '../lab/compatible.ts';
import {allPresets, availablePresets} from '../lab/presets.ts';
import type {LoadedPlugin, Registry} from '../lab/registry.ts';
import {factsOf, type TechniqueFacts} from '../lab/technique-facts.ts';
import {parseTechnique, standsAlone, techniqueName} from '../lab/technique.ts';
import type {Technique} from '../lab/technique.ts';
import type {ParameterDefinition} from '../lab/workload.ts';
import {listed} from '../lab/usage-error.ts';
import {wrapWords} from '../report/printable.ts';

export interface Row {
  readonly columns: readonly string[];
  readonly document: Readonly<Record<string, unknown>>;
  /** Below the columns, indented. */
  readonly lines?: readonly string[];
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
    const facts = factsOf(technique, plugins);
    const aliases = availablePresets(plugins).filter(preset => preset.technique.name === technique.name).map(preset => preset.name);
    return {
      columns: [technique.name],
      document: {...techniqueName(technique), aliases, ...facts},
      lines: [...(aliases.length > 0 ? [`preset ${aliases.join(', ')}`] : []), ...factLines(facts)],
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

  presets: ({plugins}: Catalogue): readonly Row[] => allPresets(plugins).map(({name, title, technique, missing}) => ({
    columns: [name, technique, title],
    document: {name, title, technique, available: missing.length === 0, missing},
    lines: missing.length > 0 ? [`not available yet: ${missing.join('; ')}`] : [],
  })),

  cpu: (): readonly Row[] => COVERAGE.map(section => {
    const {missing, mnemonics, tests, title} = section;
    const state = isAbsent(section) ? 'absent' : missing === '' ? 'complete' : 'partial';
    const rows = rowsOf(section);
    return {
      columns: [section.section, state, rows > 0 ? `${rows} opcodes` : '', title],
      document: {section: section.section, title, state, opcodeRows: rows, mnemonics: mnemonics ?? [], missing, tests},
      lines: missing === '' ? [] : wrapWords(`missing: ${missing}`, FACT_WIDTH),
    };
  }),
};

/** Facts are indented by four and fit a terminal of 100 columns. */
const FACT_WIDTH = 96;
const GUESTS = {unmodified: 'an unmodified guest', paravirtual: 'a guest modified for it'};

function factLines({meaning, guest, hostFeatures, imagined, equivalence, hosts}: TechniqueFacts): readonly string[] {
  const {claimedOn, reasons, heldBy, exceptInRing3} = equivalence;
  const where = claimedOn.length === 0 ? 'not claimed' : `claimed on ${claimedOn.join(', ')}`;
  const claim = reasons.length === 0 ? `equivalent to bare metal${exceptInRing3.length > 0 ? `, but for programs that execute ${listed(exceptInRing3)}` : ''}` : `equivalence ${where}: ${reasons.join('; ')}${heldBy ? ` (claimed on a host with ${heldBy})` : ''}`;
  const needs = [...hostFeatures, ...imagined.map(hardware => `(imagined: no processor has it) ${hardware}`)];
  return [
    meaning, `takes ${GUESTS[guest]}; the host needs ${needs.join(' and ') || 'nothing special'}`, claim,
    `runs on ${hosts.length === HOSTS.length ? 'every host' : hosts.join(', ')}`,
  ].flatMap(line => wrapWords(line, FACT_WIDTH));
}

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
