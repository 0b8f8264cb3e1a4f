// Builds the exits guest with gcc and ld; with --check it compares the bytes with the committed image instead.
// `node dist/src/lab/guests/exits/build.js [--check]`
import {spawnSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {packageFolder} from '../../own-files.ts';

const FOLDER = join(packageFolder, 'src/lab/guests/exits');
const IMAGE = join(FOLDER, 'exits.elf');
const SOURCES = ['boot.S', 'operations.S', 'main.c'];
const COMPILE = [
  '-m32', '-march=i686', '-std=gnu17', '-O2', '-ffreestanding', '-fno-pic', '-fno-stack-protector', '-fno-asynchronous-unwind-tables', '-fno-ident',
  '-mno-sse', '-mno-mmx', '-mno-80387', '-Wall', '-Wextra', '-Werror', '-Wno-main', '-Wa,--noexecstack', '-c',
];
const LINK = ['-m', 'elf_i386', '-nostdlib', '--build-id=none', '--strip-all', '--nmagic', '-z', 'noexecstack', '-T', 'link.ld'];

function runTool(tool: string, options: readonly string[]): void {
  const {error, status, stderr} = spawnSync(tool, options, {encoding: 'utf8', cwd: FOLDER});
  if (error) throw new Error(`cannot run ${tool} (${error.message}); install gcc with 32-bit support and binutils`);
  if (status !== 0) throw new Error(`${tool} failed:\n${stderr}`);
}

/** The image's bytes as this computer's compiler makes them. */
export function buildExitsImage(): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'worldswitch-exits-'));
  try {
    const objects = SOURCES.map(source => {
      const object = join(folder, `${source}.o`);
      runTool('gcc', [...COMPILE, '-o', object, source]);
      return object;
    });
    const output = join(folder, 'exits.elf');
    runTool('ld', [...LINK, ...objects, '-o', output]);
    return readFileSync(output);
  } finally {
    rmSync(folder, {recursive: true});
  }
}

if (process.argv[1] === import.meta.filename) {
  const bytes = buildExitsImage();
  if (process.argv[2] !== '--check') writeFileSync(IMAGE, bytes);
  else if (!bytes.equals(readFileSync(IMAGE))) {
    console.error('src/lab/guests/exits/exits.elf differs from what its sources give with this compiler');
    process.exitCode = 1;
  }
}
