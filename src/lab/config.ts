// The configuration: found by cosmiconfig under the name `bench`, checked field by field, and completed from the
// `.benchrc.json` beside worldswitch's own package.json, which holds the default matrix.
import {existsSync, readFileSync} from 'node:fs';
import {dirname, join, resolve} from 'node:path';
import {pathToFileURL} from 'node:url';
import {resolveApiToThisInstance} from './api-resolution.ts';
import {checkedFields} from './config-fields.ts';
import type {ConfigFields} from './config-fields.ts';
import {parseJson} from './json.ts';
import {packageFolder} from './own-files.ts';
import type {PluginSource} from './plugins.ts';
import type {GuestClock} from './result.ts';
import type {SweptParams} from './spec.ts';
import {UsageError, messageOf} from './usage-error.ts';

export interface Config {
  /** The file found by searching or given by `--config`; null when the built-in defaults alone apply. */
  readonly file: string | null;
  readonly plugins: PluginSource;
  readonly workloads: readonly string[];
  /** Paths of images among the workloads count from this folder. */
  readonly workloadsBase: string;
  readonly techniques: readonly string[];
  readonly hosts: readonly string[];
  readonly clock: GuestClock;
  readonly samples: number;
  readonly maxInstructions: number | null;
  readonly params: SweptParams;
  readonly jobs: number | null;
  /** Absolute folder for reports. */
  readonly out: string;
  /** Null = every format the report writers have by default. */
  readonly formats: readonly string[] | null;
}

export interface ConfigRequest {
  /** Searching begins here and ends at the nearest package.json. */
  readonly cwd: string;
  /** `--config`: this file and no search. */
  readonly file?: string | undefined;
  /** Where missing fields come from; worldswitch's own unless a test says otherwise. */
  readonly defaults?: string | undefined;
}

interface Located { readonly file: string; readonly fields: ConfigFields }

/** @throws UsageError one sentence with file, and path of the field or line and column */
export async function loadConfig(request: ConfigRequest): Promise<Config> {
  resolveApiToThisInstance();
  const own = await ownDefaults(request.defaults ?? join(packageFolder, '.benchrc.json'));
  const found = await locate(request);
  return completed(found, own, request.cwd);
}

async function ownDefaults(file: string): Promise<Located> {
  return existsSync(file) ? readConfigFile(file) : {file, fields: {}};
}

async function locate({cwd, file}: ConfigRequest): Promise<Located | null> {
  if (file === undefined) return guarded(cwd, async () => checkedResult(await (await explorer()).search(cwd)));
  const path = resolve(cwd, file);
  if (!existsSync(path)) throw new UsageError(`configuration ${path} does not exist`);
  return readConfigFile(path);
}

async function readConfigFile(file: string): Promise<Located> {
  const located = await guarded(file, async () => checkedResult(await (await explorer()).load(file)));
  return located ?? {file, fields: {}};
}

function checkedResult(result: {config: unknown; filepath: string; isEmpty?: boolean} | null): Located | null {
  if (!result) return null;
  return {file: result.filepath, fields: result.isEmpty ? {} : checkedFields(result.config, result.filepath)};
}

async function explorer() {
  const {cosmiconfig, defaultLoaders} = await import('cosmiconfig');
  const script = async (file: string): Promise<unknown> => ((await import(pathToFileURL(file).href)) as {default: unknown}).default;
  const json = (_file: string, content: string): unknown => parseJson(content);
  return cosmiconfig('bench', {
    searchStrategy: 'project',
    loaders: {...defaultLoaders, '.json': json, '.js': script, '.mjs': script, '.cjs': script, '.ts': script},
  });
}

/** What goes wrong while reading becomes one sentence that begins with the file. */
async function guarded<T>(where: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const file = (error as {filepath?: string} | null)?.filepath ?? where;
    throw new UsageError(`configuration ${file}: ${messageOf(placed(error, file)).replaceAll(/\s*\n\s*/g, ' ')}`);
  }
}

/** Why: cosmiconfig reads package.json by itself for its own settings, and then tells no line and column. */
function placed(error: unknown, file: string): unknown {
  if (!(error instanceof SyntaxError) || !file.endsWith('.json')) return error;
  try {
    parseJson(readFileSync(file, 'utf8'));
    return error;
  } catch (better) {
    return better;
  }
}

function completed(found: Located | null, own: Located, cwd: string): Config {
  const fields: ConfigFields = {...own.fields, ...found?.fields};
  const origin = (field: keyof ConfigFields): string => (found && field in found.fields ? found : own).file;
  return {
    file: found?.file ?? null,
    plugins: {entries: fields.plugins ?? [], base: dirname(origin('plugins')), source: origin('plugins')},
    workloads: fields.workloads ?? [],
    workloadsBase: dirname(origin('workloads')),
    techniques: fields.techniques ?? [],
    hosts: fields.hosts ?? [],
    clock: fields.clock ?? 'cycles',
    samples: fields.samples ?? 0,
    maxInstructions: fields.maxInstructions ?? null,
    params: fields.params ?? {},
    jobs: fields.jobs ?? null,
    out: outFolder(fields.out === undefined ? null : resolve(dirname(origin('out')), fields.out), found, cwd),
    formats: fields.formats ?? null,
  };
}

const outFolder = (given: string | null, found: Located | null, cwd: string): string => given ?? join(found ? dirname(found.file) : cwd, 'reports');
