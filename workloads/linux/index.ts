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
import {packageFolder} from '../../src/lab/own-files.ts';
import type {CellResult, RunResult} from '../../src/lab/result.ts';
import {exitTable} from './exit-table.ts';
import {initialFileSystem} from './initrd.ts';
import {cachedKernel, kernel, type Configuration} from './kernel.ts';

const HOST = 'nehalem-2009', VIRTUALIZABLE = 'pentium4-2005[virtualizable]', PLAIN = 'pentium4-2005';

/** Techniques and the hosts that they run on. The last one is expected to break: x86 is not virtualizable in Popek and Goldberg's sense. */
const CELLS: ReadonlyArray<readonly [technique: string, host: string]> = [
  ['native', HOST],
  ['hardware-assisted+shadow', HOST],
  ['hardware-assisted+nested', HOST],
  ['binary-translation+shadow', HOST],
  ['dynamic-translation+software-mmu@hosted', HOST],
  ['interpretation+software-mmu@hosted', HOST],
  ['trap-and-emulate+shadow', VIRTUALIZABLE],
];
const BREAKS: readonly [technique: string, host: string] = ['trap-and-emulate+shadow', PLAIN];
const LAST_LINE = 'init: power off';
const EXIT_CODE = 33;
const MOST_INSTRUCTIONS = '5e9';

interface Files {
  readonly kernel: string;
  readonly initrd: string;
  readonly more: readonly string[];
}

function boot({kernel, initrd, more}: Files, technique: string, host: string): CellResult {
  const words = [
    'run', '--kernel', kernel, '--initrd', initrd, '--append', 'console=ttyS0', '--technique', technique, '--host', host, '--samples', '0', '--json',
    '--max-instructions', MOST_INSTRUCTIONS, ...more,
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

function bootAll(files: Files, chosen: readonly string[]): number {
  const cells = CELLS.filter(([technique]) => chosen.length === 0 || chosen.includes(technique)).map(([technique, host]) => {
    const started = performance.now();
    const cell = boot(files, technique, host);
    const wrong = fault(cell);
    console.error(`${technique} on ${host}: ${wrong ?? 'boots and powers off'} (${((performance.now() - started) / 1000).toFixed(0)} s)`);
    return {cell, wrong};
  });
  console.log(exitTable(cells.map(({cell}) => cell)));
  if (chosen.length === 0) tellWhatBreaks(files);
  return cells.some(({wrong}) => wrong !== null) ? 1 : 0;
}

function tellWhatBreaks(files: Files): void {
  const {outcome, reason = '', equivalence, audit = []} = boot(files, ...BREAKS);
  console.log(`\n${BREAKS.join(' on ')}: ${outcome} ${reason}\n${equivalence.detail}`);
  for (const {instruction, executed, first} of audit) console.log(`${instruction} executed ${executed} times, first ${first?.disassembly ?? ''} at 0x${(first?.eip ?? 0).toString(16)}`);
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
  const folder = mkdtempSync(join(tmpdir(), 'worldswitch-boot-'));
  try {
    const initrd = join(folder, 'initrd.gz');
    writeFileSync(initrd, initialFileSystem('init.c'));
    return bootAll({kernel: file, initrd, more: []}, values.technique ?? []);
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
