// What a plugin module must export: the checks made once, when it is loaded.
import {API_VERSION, PLUGIN_KINDS} from '../vmm/plugin.ts';
import type {PluginDefinition} from '../vmm/plugin.ts';
import {UsageError, listed} from './usage-error.ts';

const KEBAB_CASE = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
const NEEDS = ['features', 'cpu', 'memory', 'io', 'architecture'] as const;

export const isStrategyName = (name: unknown): name is string => typeof name === 'string' && KEBAB_CASE.test(name);

type Fields = Readonly<Record<string, unknown>>;

/**
 * The definitions a module holds: its default export is one, or an array of them.
 * @throws UsageError `plugin FILE: ...`
 */
export function definitionsOf(module: Fields, file: string): readonly PluginDefinition[] {
  const exported = module['default'];
  if (exported === undefined) throw new UsageError(`plugin ${file}: has no default export; export its definition as default`);
  const definitions: unknown[] = Array.isArray(exported) ? exported : [exported];
  if (definitions.length === 0) throw new UsageError(`plugin ${file}: its default export is an empty array`);
  return definitions.map(definition => checked(definition, file));
}

function checked(definition: unknown, file: string): PluginDefinition {
  const fault = typeof definition === 'object' && definition !== null
    ? faultOf(definition as Fields)
    : `its default export is ${definition === null ? 'null' : `a ${typeof definition}`}; it must be a definition or an array of definitions`;
  if (fault) throw new UsageError(`plugin ${file}: ${fault}`);
  return definition as PluginDefinition;
}

function faultOf(fields: Fields): string | null {
  return versionFault(fields) ?? identityFault(fields) ?? homeFault(fields) ?? hypotheticalFault(fields) ?? needsFault(fields['needs']) ?? schemaFault(fields['options']);
}

function versionFault({apiVersion}: Fields): string | null {
  if (apiVersion === API_VERSION) return null;
  return `apiVersion is ${String(apiVersion)}; this worldswitch speaks plugin interface ${API_VERSION}, update the plugin or worldswitch`;
}

function identityFault({kind, name, title, create}: Fields): string | null {
  if (!PLUGIN_KINDS.includes(kind as never)) return `kind is '${String(kind)}'; it must be one of ${listed(PLUGIN_KINDS)}`;
  if (!isStrategyName(name)) return `name is '${String(name)}'; it must be in kebab-case, such as my-strategy`;
  if (typeof title !== 'string' || title === '') return `title is missing; give the strategy's common name`;
  return typeof create === 'function' ? null : `create is missing; it must be a function that returns the strategy`;
}

function homeFault({home}: Fields): string | null {
  return home === undefined || home === 'vmm' || home === 'host-user' ? null : 'home must be vmm or host-user';
}

function hypotheticalFault({hypothetical}: Fields): string | null {
  return hypothetical === undefined || (typeof hypothetical === 'string' && hypothetical !== '') ? null : 'hypothetical must be a text that names the hardware';
}

function needsFault(needs: unknown): string | null {
  if (needs === undefined) return null;
  if (typeof needs !== 'object' || needs === null) return 'needs must be an object';
  const fields = needs as Fields;
  for (const field of Object.keys(fields)) {
    if (field !== 'guest' && !NEEDS.includes(field as never)) return `needs.${field} is unknown; known: ${listed([...NEEDS, 'guest'])}`;
    if (field !== 'guest' && !isNames(fields[field])) return `needs.${field} must be an array of names`;
  }
  const guest = fields['guest'] ?? 'unmodified';
  return guest === 'unmodified' || guest === 'paravirtual' ? null : 'needs.guest must be unmodified or paravirtual';
}

const isNames = (value: unknown): boolean => value === undefined || (Array.isArray(value) && value.every(name => typeof name === 'string'));

function schemaFault(options: unknown): string | null {
  if (options === undefined) return null;
  const standard = (options as Fields | null)?.['~standard'] as Fields | undefined;
  return standard?.['version'] === 1 && typeof standard['validate'] === 'function'
    ? null
    : `options must be a Standard Schema (version 1), as options({...}) of 'worldswitch' makes one`;
}
