// The files a boot loader hands a kernel, read where a run asks for them.
import {readFileSync} from 'node:fs';
import {basename} from 'node:path';
import type {BootImage} from '../machine/boot-image.ts';
import type {BootFiles} from './spec.ts';
import {UsageError, messageOf} from './usage-error.ts';

/** @throws UsageError when one cannot be read */
export function readBootFiles(files: BootFiles | undefined): Pick<BootImage, 'modules' | 'initrd'> {
  if (!files) return {modules: [], initrd: null};
  const {modules, initrd} = files;
  return {
    modules: modules.map(({file, commandLine}) => ({bytes: read('module', file), commandLine})),
    initrd: initrd === null ? null : {file: basename(initrd), bytes: read('initial file system', initrd)},
  };
}

function read(what: string, file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new UsageError(`${what} ${file} cannot be read: ${messageOf(error)}`);
  }
}
