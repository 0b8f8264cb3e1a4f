// Operating systems that were built once and are kept in the user's cache: `npm run boot-linux` puts them there.
import {existsSync, readFileSync} from 'node:fs';
import {homedir} from 'node:os';
import {join} from 'node:path';

export const systemCache = (): string => join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'worldswitch', 'linux');

export interface CachedSystem {
  readonly kernel: string;
  readonly initrd: string;
}

/** Absolute paths, or null when nothing of that name was built here. */
export function cachedSystem(name: string): CachedSystem | null {
  const index = join(systemCache(), `${name}.json`);
  if (!existsSync(index)) return null;
  const {kernel, initrd} = JSON.parse(readFileSync(index, 'utf8')) as CachedSystem;
  return existsSync(kernel) && existsSync(initrd) ? {kernel, initrd} : null;
}
