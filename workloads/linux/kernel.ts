// The test kernels: built once from Debian's linux-source-6.1 and kept in the user's cache, under a name that changes with what they are
// built from.
import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {systemCache, type CachedSystem} from '../../src/lab/cached-system.ts';

/** `small`: a 486 without coprocessor, PCI or APIC. `drivers`: the same with the buses, disks and network cards of the modelled machine. */
export type Configuration = 'small' | 'drivers';

const SOURCE = '/usr/src/linux-source-6.1.tar.xz';
const PACKAGES = 'linux-source-6.1 flex bison bc libelf-dev xz-utils';
const FRAGMENTS: Readonly<Record<Configuration, readonly string[]>> = {small: ['small.config'], drivers: ['small.config', 'drivers.config']};
/** Sources are not compiled, so they lie beside this module's source. */
export const sourceFile = (name: string): string => fileURLToPath(new URL(`../../../workloads/linux/${name}`, import.meta.url));

function nameOf(configuration: Configuration): string {
  const hash = createHash('sha256');
  for (const fragment of FRAGMENTS[configuration]) hash.update(readFileSync(sourceFile(fragment)));
  return `${configuration}-6.1-${hash.digest('hex').slice(0, 12)}`;
}

/** The kernel in the cache, or null. */
export function cachedKernel(configuration: Configuration): string | null {
  const file = join(systemCache(), nameOf(configuration));
  return existsSync(file) ? file : null;
}

/** Keeps the initial file system beside the kernel, and tells others where both are. */
export function keepSystem(configuration: Configuration, kernelFile: string, fileSystem: Uint8Array): CachedSystem {
  const system = {kernel: kernelFile, initrd: join(systemCache(), `${configuration}-initrd.gz`)};
  writeFileSync(system.initrd, fileSystem);
  writeFileSync(join(systemCache(), `${configuration}.json`), `${JSON.stringify(system)}\n`);
  return system;
}

/** The kernel, built now if it must be; that takes minutes. */
export function kernel(configuration: Configuration): string {
  return cachedKernel(configuration) ?? build(configuration);
}

function build(configuration: Configuration): string {
  if (!existsSync(SOURCE)) throw new Error(`${SOURCE} is missing; on Debian: apt-get install ${PACKAGES}`);
  console.error(`building the ${configuration} kernel; this takes some minutes, once`);
  const folder = mkdtempSync(join(tmpdir(), 'worldswitch-linux-'));
  try {
    execFileSync('tar', ['-xf', SOURCE, '-C', folder]);
    const tree = join(folder, readdirSync(folder)[0]);
    configure(tree, configuration);
    make(tree, ['-j2', 'KCFLAGS=-w', 'bzImage']);
    return keep(join(tree, 'arch/x86/boot/bzImage'), configuration);
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

/** Why the fixed names and times: the same source gives the same kernel, whoever builds it and when. */
const CONSTANT = {KBUILD_BUILD_TIMESTAMP: 'Sat Jan  1 00:00:00 UTC 2000', KBUILD_BUILD_USER: 'worldswitch', KBUILD_BUILD_HOST: 'worldswitch'};

function make(tree: string, words: readonly string[]): void {
  execFileSync('make', ['-s', 'ARCH=i386', ...words], {cwd: tree, stdio: ['ignore', 'ignore', 'inherit'], env: {...process.env, ...CONSTANT}});
}

function configure(tree: string, configuration: Configuration): void {
  const fragments = FRAGMENTS[configuration].map(sourceFile);
  make(tree, ['tinyconfig']);
  execFileSync(join(tree, 'scripts/kconfig/merge_config.sh'), ['-m', '.config', ...fragments], {cwd: tree, stdio: 'ignore'});
  make(tree, ['olddefconfig']);
  const settled = new Set(readFileSync(join(tree, '.config'), 'utf8').split('\n'));
  const wanted = fragments.flatMap(file => readFileSync(file, 'utf8').split('\n')).filter(line => line.endsWith('=y'));
  const lost = wanted.filter(line => !settled.has(line));
  if (lost.length > 0) throw new Error(`this kernel source does not take ${lost.join(', ')}`);
}

function keep(built: string, configuration: Configuration): string {
  mkdirSync(systemCache(), {recursive: true});
  const file = join(systemCache(), nameOf(configuration));
  copyFileSync(built, `${file}.new`);
  renameSync(`${file}.new`, file);
  return file;
}
