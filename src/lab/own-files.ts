// Where worldswitch's own files are, from the place of this compiled module: `dist/` and the package around it.
import {readFileSync} from 'node:fs';
import {findPackageJSON} from 'node:module';
import {dirname} from 'node:path';

/** `dist/` of the running instance. */
export const BUILT = new URL('../../', import.meta.url);

const packageFile = findPackageJSON(import.meta.url);

/** The folder that holds worldswitch's own package.json and `.benchrc.json`. */
export const packageFolder = packageFile ? dirname(packageFile) : process.cwd();

export function ownVersion(): string {
  return packageFile ? (JSON.parse(readFileSync(packageFile, 'utf8')) as {version: string}).version : 'unknown';
}
