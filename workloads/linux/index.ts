// `npm run boot-linux`: a Linux kernel built from Debian's source boots under every technique that takes an unmodified guest, runs a program
// that tries what kernels are for, and powers off; exits of the whole boot are printed by reason.
//   -- small | drivers        which kernel; small unless told
//   -- --technique T          this one only (repeat for several)
//   -- --cached               nothing is built: without a kernel in the cache it says so and ends well
import {spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {parseArgs} from 'node:util';
import type {CachedSystem} from '../../src/lab/cached-system.ts';
import {packageFolder} from '../../src/lab/own-files.ts';
import type {CellResult, RunResult} from '../../src/lab/result.ts';
import {exitTable} from './exit-table.ts';
import {initialFileSystem} from './initrd.ts';
import {cachedKernel, keepSystem, kernel, type Configuration} from './kernel.ts';

const HOST = 'nehalem-2009', VIRTUALIZABLE = 'pentium4-2005[virtualizable]', PLAIN = 'pentium4-2005';

/** A technique, the host that it runs on, and the disk's name under the controllers that it gives the guest. */
type Row = readonly [technique: string, host: string, disk: string];
const CELLS: Readonly<Record<Configuration, readonly Row[]>> = {
  small: [
    ['native', HOST, ''],
    ['hardware-assisted+shadow', HOST, ''],
    ['hardware-assisted+nested', HOST, ''],
    ['binary-translation+shadow', HOST, ''],
    ['dynamic-translation+software-mmu@hosted', HOST, ''],
    ['interpretation+software-mmu@hosted', HOST, ''],
    ['trap-and-emulate+shadow', VIRTUALIZABLE, ''],
  ],
  drivers: [
    ['native', HOST, '/dev/sda'],
    ['hardware-assisted+shadow', HOST, '/dev/sda'],
    ['hardware-assisted+nested', HOST, '/dev/sda'],
    ['hardware-assisted+nested+virtio', HOST, '/dev/vda'],
  ],
};
/** Expected to break: x86 is not virtualizable in Popek and Goldberg's sense. */
const BREAKS: Row = ['trap-and-emulate+shadow', PLAIN, ''];
const DISK_BYTES = 4 * 2 ** 20;
const LAST_LINE = 'init: power off';
const EXIT_CODE = 33;
const MOST_INSTRUCTIONS = '5e9';
/** The guest's address, and that of the host on the other end (devices/network/host.ts). */
const ADDRESSES = 'address=10.0.77.1 peer=10.0.77.2';

interface Files extends CachedSystem {
  /** The test disk of a kernel with drivers. */
  readonly disk: string | null;
}

function boot({kernel, initrd, disk}: Files, [technique, host, name]: Row): CellResult {
  const devices = disk === null ? [] : ['--append', `disk=${name} ${ADDRESSES}`, '--disk', disk, '--net', 'ping'];
  const words = [
    'run', '--kernel', kernel, '--initrd', initrd, '--append', 'console=ttyS0', '--technique', technique, '--host', host, '--samples', '0', '--json',
    '--max-instructions', MOST_INSTRUCTIONS, ...devices,
  ];
  const {stdout, stderr} = spawnSync(process.execPath, [join(packageFolder, 'bin/worldswitch.js'), ...words], {encoding: 'utf8', maxBuffer: 2 ** 28});
  if (stdout === '') throw new Error(stderr);
  return (JSON.parse(stdout) as RunResult).cells[0];
}

/** What is wrong with a boot, or null. */
function fault({outcome, reason, exitCode, console, equivalence}: CellResult): string | null {
  const failed = console.split('\n').find(line => line.startsWith('init:') && line.includes('FAILED'));
  if (outcome !== 'completed') return `${outcome}: ${reason ?? ''}`;
  if (failed !== undefined) return failed.trim();
  if (exitCode !== EXIT_CODE || !console.includes(LAST_LINE)) return `ended with exit code ${exitCode ?? 'none'}`;
  return equivalence.verdict === 'not-equivalent' ? `not equivalent: ${equivalence.detail}` : null;
}

function bootAll(files: Files, rows: readonly Row[]): number {
  const cells = rows.map(row => {
    const started = performance.now();
    const cell = boot(files, row);
    const wrong = fault(cell);
    console.error(`${row[0]} on ${row[1]}: ${wrong ?? 'boots and powers off'} (${((performance.now() - started) / 1000).toFixed(0)} s)`);
    return {cell, wrong};
  });
  console.log(exitTable(cells.map(({cell}) => cell)));
  return cells.some(({wrong}) => wrong !== null) ? 1 : 0;
}

function tellWhatBreaks(files: Files): void {
  const {outcome, reason = '', equivalence, audit = []} = boot(files, BREAKS);
  console.log(`\n${BREAKS[0]} on ${BREAKS[1]}: ${outcome} ${reason}\n${equivalence.detail}`);
  for (const {instruction, differing, first} of audit) {
    if (differing > 0) console.log(`${instruction} differed ${differing} times, first ${first?.disassembly ?? ''} at 0x${(first?.eip ?? 0).toString(16)}`);
  }
}

/** Word n of the disk is n * 2654435761, as the program expects it. */
function testDisk(file: string): string {
  const words = new Uint32Array(DISK_BYTES / 4).map((_, at) => Math.imul(at, 2654435761));
  writeFileSync(file, new Uint8Array(words.buffer));
  return file;
}

function main(): number {
  const {values, positionals} = parseArgs({allowPositionals: true, options: {technique: {type: 'string', multiple: true}, cached: {type: 'boolean'}}});
  const configuration = (positionals[0] ?? 'small') as Configuration;
  if (!['small', 'drivers'].includes(configuration) || positionals.length > 1) throw new Error(`name one kernel, small or drivers, not '${positionals.join(' ')}'`);
  const file = values.cached ? cachedKernel(configuration) : kernel(configuration);
  if (file === null) {
    console.log(`no ${configuration} kernel in the cache; npm run boot-linux builds it`);
    return 0;
  }
  const system = keepSystem(configuration, file, initialFileSystem('init.c'));
  const folder = mkdtempSync(join(tmpdir(), 'worldswitch-boot-'));
  try {
    const files = {...system, disk: configuration === 'drivers' ? testDisk(join(folder, 'disk.raw')) : null};
    const {technique = []} = values;
    const status = bootAll(files, CELLS[configuration].filter(([name]) => technique.length === 0 || technique.includes(name)));
    if (configuration === 'small' && technique.length === 0) tellWhatBreaks(files);
    return status;
  } finally {
    rmSync(folder, {recursive: true});
  }
}

try {
  process.exitCode = main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
