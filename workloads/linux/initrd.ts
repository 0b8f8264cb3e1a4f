// The initial file system: one static program, the console's device file, and folders to mount on.
import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {archive, characterDevice, folder, program} from './cpio.ts';
import {sourceFile} from './kernel.ts';

const FLAGS = [
  '-m32', '-march=i486', '-Os', '-ffreestanding', '-nostdlib', '-static', '-fno-pic', '-fno-stack-protector', '-fno-asynchronous-unwind-tables',
  '-Wall', '-Wextra', '-Wl,--build-id=none,-z,noseparate-code',
];

/** @param source the program's file, beside this module's source */
export function initialFileSystem(source: string): Uint8Array {
  const place = mkdtempSync(join(tmpdir(), 'worldswitch-init-'));
  try {
    execFileSync('gcc', [...FLAGS, '-o', join(place, 'init'), sourceFile(source)], {stdio: ['ignore', 'ignore', 'inherit']});
    const init = readFileSync(join(place, 'init'));
    return gzipSync(archive([folder('dev'), characterDevice('dev/console', [5, 1]), folder('proc'), program('init', init)]));
  } finally {
    rmSync(place, {recursive: true});
  }
}
