// Builds the guest images from guest/ with gcc and ld; with --check it compares them with the committed ones instead.
// `node dist/src/oracle/qemu/build.js [--check]`
import {spawnSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {packagePath} from '../answers.ts';
import {ASKED_IMAGES, imageFile, MANUAL_IMAGE, readImage} from './images.ts';

const GUEST = 'src/oracle/qemu/guest';
const MONITOR = ['boot.S', 'probe.c', 'console.c', 'tables.c', 'paging.c'];
const COMPILE = [
  '-m32', '-march=i686', '-std=gnu17', '-O2', '-ffreestanding', '-fno-pic', '-fno-stack-protector', '-fno-asynchronous-unwind-tables',
  '-fno-ident', '-mno-sse', '-mno-mmx', '-mno-80387', '-nostdlib', '-Wall', '-Wextra', '-Werror', '-Wno-main', '-Wa,--noexecstack',
];
const LINK = ['-m', 'elf_i386', '-nostdlib', '--build-id=none', '--strip-all', '--nmagic', '-z', 'noexecstack'];

function runTool(tool: string, options: readonly string[]): void {
  const {error, status, stderr} = spawnSync(tool, options, {encoding: 'utf8', cwd: packagePath(GUEST)});
  if (error) throw new Error(`cannot run ${tool} (${error.message}); install gcc with 32-bit support and binutils`);
  if (status !== 0) throw new Error(`${tool} failed for ${options.at(-1)}:\n${stderr}`);
}

function compile(folder: string, source: string): string {
  const object = join(folder, `${source}.o`);
  runTool('gcc', [...COMPILE, '-c', '-o', object, source]);
  return object;
}

/** The bytes of every image by name. */
function buildAll(folder: string): Map<string, Buffer> {
  const monitor = MONITOR.map(source => compile(folder, source));
  return new Map([...ASKED_IMAGES, MANUAL_IMAGE].map(name => {
    const output = join(folder, `${name}.elf`);
    runTool('ld', [...LINK, '-T', 'image.ld', ...monitor, compile(folder, `${name}.c`), '-o', output]);
    return [name, readFileSync(output)];
  }));
}

function main(): number {
  const folder = mkdtempSync(join(tmpdir(), 'oracle-images-'));
  try {
    const images = buildAll(folder);
    if (process.argv[2] !== '--check') {
      for (const [name, bytes] of images) writeFileSync(packagePath(imageFile(name)), bytes);
      console.log(`built ${images.size} images; record their answers again with 'npm run oracle -- --only qemu --write'`);
      return 0;
    }
    const different = [...images].filter(([name, bytes]) => !bytes.equals(readImage(name)));
    for (const [name] of different) console.error(`${imageFile(name)} differs from what its sources give with this compiler`);
    return different.length === 0 ? 0 : 1;
  } finally {
    rmSync(folder, {recursive: true});
  }
}

try {
  process.exitCode = main();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
