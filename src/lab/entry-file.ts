// From an entry of "plugins" to the file that is its module: a path to a file or a folder, or the name of a package.
import {existsSync, readFileSync, statSync} from 'node:fs';
import {findPackageJSON} from 'node:module';
import {dirname, isAbsolute, join, resolve} from 'node:path';
import {pathToFileURL} from 'node:url';
import {UsageError, messageOf} from './usage-error.ts';

const INDEX_FILES = ['index.ts', 'index.mts', 'index.js', 'index.mjs', 'index.cjs'];
const CONDITIONS = ['import', 'module-sync', 'node', 'default'];

/** Where an entry stands, for relative paths and for the sentence. */
export interface EntryPlace {
  /** Relative entries count from this folder. */
  readonly base: string;
  /** Name of the configuration file. */
  readonly source: string;
}

/** @throws UsageError naming the entry and the configuration file */
export function entryFile(entry: string, {base, source}: EntryPlace): string {
  const where = `${source}: plugin '${entry}'`;
  if (!isPath(entry)) return moduleOfFolder(packageFolder(entry, base, where), where);
  const path = resolve(base, entry);
  if (!existsSync(path)) throw new UsageError(`${where}: ${path} does not exist`);
  return statSync(path).isDirectory() ? moduleOfFolder(path, where) : path;
}

const isPath = (entry: string): boolean => /^\.{1,2}(?:[/\\]|$)/.test(entry) || isAbsolute(entry);

function packageFolder(name: string, base: string, where: string): string {
  try {
    const file = findPackageJSON(name, pathToFileURL(join(base, 'configuration')));
    if (file) return dirname(file);
  } catch {
    // Not found and not a valid name mean the same to the user.
  }
  throw new UsageError(`${where}: no such package is installed beside ${base}; install it, or begin a path with './'`);
}

function moduleOfFolder(folder: string, where: string): string {
  const named = namedByPackage(join(folder, 'package.json'), where);
  if (named !== null) {
    const file = resolve(folder, named);
    if (!existsSync(file)) throw new UsageError(`${where}: its package.json names ${named}, which does not exist in ${folder}`);
    return file;
  }
  const index = INDEX_FILES.map(name => join(folder, name)).find(file => existsSync(file));
  if (!index) throw new UsageError(`${where}: ${folder} holds no index.ts, no index.js and no package.json with "exports" or "main"`);
  return index;
}

function namedByPackage(file: string, where: string): string | null {
  if (!existsSync(file)) return null;
  try {
    const {exports, main} = JSON.parse(readFileSync(file, 'utf8')) as {exports?: unknown; main?: unknown};
    return exportedFile(exports) ?? (typeof main === 'string' ? main : null);
  } catch (error) {
    throw new UsageError(`${where}: ${file} cannot be read: ${messageOf(error)}`);
  }
}

/** The file of "." in a package's "exports" for an import (Node.js, "Packages: Conditional exports"). */
function exportedFile(exports: unknown): string | null {
  if (typeof exports === 'string') return exports;
  if (typeof exports !== 'object' || exports === null) return null;
  for (const [key, value] of Object.entries(exports)) {
    const file = key === '.' || CONDITIONS.includes(key) ? exportedFile(value) : null;
    if (file !== null) return file;
  }
  return null;
}
