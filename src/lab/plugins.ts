// Loads strategies: the built-in ones by scanning `dist/plugins/<kind>/<name>/`, then the configuration's entries.
// Built-ins have no privileges; all go through the same checks. How an entry becomes a file is in entry-file.ts.
import {existsSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath, pathToFileURL} from 'node:url';
import {PLUGIN_KINDS} from '../vmm/plugin.ts';
import type {PluginDefinition, PluginKind} from '../vmm/plugin.ts';
import {resolveApiToThisInstance} from './api-resolution.ts';
import {definitionsOf, isStrategyName} from './definition.ts';
import {entryFile} from './entry-file.ts';
import type {EntryPlace} from './entry-file.ts';
import {BUILT} from './own-files.ts';
import {readOptions} from './plugin-options.ts';
import type {WrittenOptions} from './plugin-options.ts';
import {Registry} from './registry.ts';
import type {LoadedPlugin} from './registry.ts';
import {UsageError, messageOf} from './usage-error.ts';

/** `"./dir"`, `"./file.ts"`, `"package-name"`, or one of these with `name` and option defaults. */
export type PluginEntry = string | readonly [string, WrittenOptions];

/** Plain data, so that worker threads load the same plugins. */
export interface PluginSource extends EntryPlace {
  readonly entries: readonly PluginEntry[];
  /** Folder of the built-in plugins; the running instance's own unless a test says otherwise. */
  readonly builtIns?: string | undefined;
}

/** @throws UsageError one sentence naming the file at fault */
export async function loadPlugins(source: PluginSource): Promise<Registry> {
  resolveApiToThisInstance();
  const loaded: LoadedPlugin[] = [];
  for (const file of builtInFiles(source.builtIns ?? fileURLToPath(new URL('plugins/', BUILT)))) {
    loaded.push(...(await definitionsIn(file)).map(definition => registered({definition, file, builtIn: true}, {}, `plugin ${file}`)));
  }
  for (const entry of source.entries) loaded.push(...(await loadEntry(entry, source)));
  return new Registry(loaded);
}

function builtInFiles(folder: string): string[] {
  return PLUGIN_KINDS.flatMap((kind: PluginKind) => {
    const strategies = join(folder, kind);
    const names = existsSync(strategies) ? readdirSync(strategies).toSorted() : [];
    return names.map(name => join(strategies, name, 'index.js')).filter(file => existsSync(file));
  });
}

async function loadEntry(entry: PluginEntry, place: EntryPlace): Promise<LoadedPlugin[]> {
  const [written, {name, ...options}] = typeof entry === 'string' ? [entry, {} as WrittenOptions] : entry;
  const file = entryFile(written, place);
  const definitions = await definitionsIn(file);
  const where = `${place.source}: plugin '${written}'`;
  if (name !== undefined && !isStrategyName(name)) throw new UsageError(`${where}: its "name" must be a word in kebab-case`);
  if (definitions.length > 1 && (name !== undefined || Object.keys(options).length > 0)) {
    throw new UsageError(`${where} holds ${definitions.length} strategies; a name or options can be given only where there is one`);
  }
  return definitions.map(definition => registered({definition, file, builtIn: false, name}, options, where));
}

interface Found { readonly definition: PluginDefinition; readonly file: string; readonly builtIn: boolean; readonly name?: string | undefined }

function registered({definition, file, builtIn, name}: Found, options: WrittenOptions, where: string): LoadedPlugin {
  const defaults = readOptions(definition, options, where);
  return {kind: definition.kind, name: name ?? definition.name, definition, file, builtIn, defaults};
}

async function definitionsIn(file: string): Promise<readonly PluginDefinition[]> {
  let module: Record<string, unknown>;
  try {
    module = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  } catch (error) {
    throw new UsageError(`plugin ${file} could not be loaded: ${messageOf(error).split('\n')[0]}${placeOf(error)}`);
  }
  return definitionsOf(module, file);
}

/** ` (file:line)` of the innermost place in a file that is not Node's own, where the error's stack names one. */
function placeOf(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const place = /file:\/\/[^\s)]+:\d+|^\/[^\s]+:\d+/m.exec(stack)?.[0];
  return place ? ` (${place.startsWith('file:') ? fileURLToPath(place) : place})` : '';
}
