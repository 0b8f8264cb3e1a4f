// Builds the guests of these tests with gcc and ld, or with --check compares them with the committed ones.
// `node dist/src/lab/guests/build.js [--check]`
import {spawnSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {guestImage, GUESTS, GUESTS_FOLDER, isDisk, RECORD, sourcesOf} from './guests.ts';

const COMPILE = [
  '-m32', '-march=i686', '-std=gnu17', '-O2', '-ffreestanding', '-fno-pic', '-fno-stack-protector', '-fno-asynchronous-unwind-tables', '-fno-ident',
  '-fno-reorder-functions', '-mno-sse', '-mno-mmx', '-mno-80387', '-nostdlib', '-Wall', '-Wextra', '-Werror', '-Wno-main', '-Wa,--noexecstack',
];
const LINK = ['-m', 'elf_i386', '-nostdlib', '--build-id=none', '--strip-all', '--nmagic', '-z', 'noexecstack', '-Ttext=0x100000', '-e', '_start'];

const LINK_DISK = ['-m', 'elf_i386', '--oformat', 'binary', '-Ttext=0x7c00', '-e', '_start'];

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

function runTool(tool: string, options: readonly string[]): void {
  const {error, status, stderr} = spawnSync(tool, options, {encoding: 'utf8', cwd: GUESTS_FOLDER});
  if (error) throw new Error(`cannot run ${tool} (${error.message}); install gcc with 32-bit support and binutils`);
  if (status !== 0) throw new Error(`${tool} failed for ${options.at(-1)}:\n${stderr}`);
}

function build(name: string, folder: string): Buffer {
  const objects = GUESTS[name].map(source => {
    const object = join(folder, `${name}-${source}.o`);
    runTool('gcc', [...COMPILE, '-c', '-o', object, source]);
    return object;
  });
  const output = join(folder, `${name}.elf`);
  runTool('ld', [...(isDisk(name) ? LINK_DISK : LINK), ...objects, '-o', output]);
  return readFileSync(output);
}

/** What the committed images were made from: a change of a source without a new image shows. */
function record(images: ReadonlyMap<string, Buffer>): string {
  const hashes = [...images].map(([name, bytes]) => [name, {
    image: sha256(bytes), sources: Object.fromEntries(sourcesOf(name).map(source => [source, sha256(readFileSync(join(GUESTS_FOLDER, source)))])),
  }] as const);
  return `${JSON.stringify(Object.fromEntries(hashes), null, 2)}\n`;
}

function main(): number {
  const folder = mkdtempSync(join(tmpdir(), 'lab-guests-'));
  try {
    const images = new Map(Object.keys(GUESTS).map(name => [name, build(name, folder)]));
    if (process.argv[2] === '--check') {
      const different = [...images].filter(([name, bytes]) => !bytes.equals(readFileSync(guestImage(name))));
      for (const [name] of different) console.error(`${guestImage(name)} differs from what its sources give with this compiler`);
      return different.length === 0 ? 0 : 1;
    }
    for (const [name, bytes] of images) writeFileSync(guestImage(name), bytes);
    writeFileSync(RECORD, record(images));
    console.log(`built ${images.size} guests`);
    return 0;
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
