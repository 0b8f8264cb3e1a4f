// Runs every image under QEMU's translator and stores what it printed in qemu-consoles.json: the outside witness of images.test.ts.
// `node dist/workloads/record-consoles.js`, after images have changed; suites named as arguments are run
// alone. With `--check` what is printed is compared with what is stored instead.
import {spawn, spawnSync} from 'node:child_process';
import type {ChildProcess} from 'node:child_process';
import {existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {isDeepStrictEqual, parseArgs} from 'node:util';
import * as v from 'valibot';
import type {WorkloadDefinition} from 'worldswitch';
import {WORKLOADS, WORKLOADS_FOLDER} from './index.ts';

const parametersSchema = v.record(v.string(), v.union([v.string(), v.number()]));
type Parameters = v.InferOutput<typeof parametersSchema>;

/** One run under QEMU. Parameters not named have their defaults. */
const recordSchema = v.object({workload: v.string(), parameters: parametersSchema, console: v.string(), exitCode: v.nullable(v.number())});
type ConsoleRecord = v.InferOutput<typeof recordSchema>;

const consolesSchema = v.object({qemu: v.string(), records: v.array(recordSchema)});
type Consoles = v.InferOutput<typeof consolesSchema>;

export const readConsoles = (folder: URL): Consoles =>
  v.parse(consolesSchema, JSON.parse(readFileSync(new URL('qemu-consoles.json', folder), 'utf8')));

/** Besides the defaults: other sizes, other ways through the code, and ticks that come often. */
const VARIANTS: Readonly<Record<string, readonly Parameters[]>> = {
  'address-spaces': [{spaces: 1, pages: 1, operations: 50}, {spaces: 24, pages: 256, operations: 100, timer: 1193}],
  'callret': [{operations: 100}],
  'cli-sti': [{operations: 100, timer: 211}],
  'console-output': [{mode: 'interrupt'}, {size: 2, operations: 5}, {mode: 'interrupt', size: 333, operations: 7, timer: 2000}],
  'context-switch': [
    {size: 16, operations: 100}, {processes: 8, size: 16, operations: 100}, {processes: 3, size: 4, operations: 100},
    {processes: 16, size: 64, operations: 20, timer: 211}, {processes: 8, size: 16, operations: 100, isolation: 'on', timer: 500},
  ],
  'cpuid': [{operations: 100}],
  'cr3wr': [{operations: 100, timer: 1193}],
  'demand': [{access: 'read', operations: 1500}, {operations: 8192, timer: 211}, {operations: 3000, isolation: 'on', timer: 500}],
  'directory-write': [{operations: 101}, {change: 'table', operations: 101}],
  'disk': [
    {driver: 'ide-pio'}, {driver: 'virtio-legacy', depth: 8, pattern: 'random'}, {driver: 'virtio', depth: 32}, {driver: 'ide-dma', mode: 'write', depth: 4, pattern: 'random'},
    {driver: 'ide-pio', mode: 'write', sectors: 5}, {driver: 'virtio', mode: 'write', depth: 16, sectors: 128, operations: 50},
    {driver: 'ide-pio', wait: 'poll', area: 1024}, {driver: 'ide-dma', wait: 'poll', mode: 'write', depth: 4}, {driver: 'virtio-legacy', wait: 'poll', depth: 8},
    {driver: 'virtio', batch: 'on', depth: 32, threshold: 5, operations: 200},
  ],
  'divzero': [{operations: 100, timer: 211}],
  'exec': [{pages: 1, operations: 20}, {operations: 10, isolation: 'on'}, {pages: 1024, operations: 5, timer: 211}],
  'fork': [{pages: 1, operations: 200}, {copies: 50, operations: 20}, {pages: 300, copies: 20, operations: 20, timer: 500, isolation: 'on'}, {pages: 1024, operations: 10, timer: 211}],
  'forkwait': [{isolation: 'on', exec: 'yes', operations: 20, timer: 500}, {exec: 'yes', operations: 20}, {operations: 200, timer: 211}],
  'hlt': [{operations: 50, timer: 2000}],
  'in': [{operations: 100}],
  'invlpg': [{operations: 100}],
  'mmap': [{isolation: 'on', pages: 3000, touched: 20, operations: 20, timer: 500}, {pages: 1, operations: 100}, {pages: 4096, touched: 1500, operations: 5, timer: 211}],
  'null-call': [{isolation: 'on', operations: 2000, timer: 500}, {operations: 100, timer: 211}],
  'page-fault': [{isolation: 'on', operations: 500, timer: 500}, {access: 'read', operations: 150}, {pages: 1000, operations: 2001, timer: 211}],
  'ping-pong': [
    {driver: 'e1000', mode: 'polled', size: 61}, {driver: 'virtio-legacy', size: 44}, {driver: 'virtio', mode: 'polled'}, {driver: 'virtio', size: 1234},
    {driver: 'pcnet', size: 500}, {driver: 'pcnet', mode: 'polled', size: 90},
  ],
  'pgfault': [{access: 'read', operations: 100}, {accessed: 0, operations: 101}],
  'process-mix': [{isolation: 'on', seed: 5, operations: 200, timer: 500}, {isolation: 'on', seed: 3}, {seed: 2, operations: 200}, {seed: 4_294_967_295, operations: 100, timer: 211}],
  'protect': [{pages: 2000, touched: 100, operations: 10, timer: 211}, {touched: 0}, {isolation: 'on', operations: 50, timer: 500}],
  'protection-fault': [{isolation: 'on', operations: 100, timer: 500}, {operations: 100, timer: 211}],
  'ptemod': [{operations: 101}],
  'pte-batch': [{batch: 1, operations: 100}, {batch: 3000, operations: 5000}, {batch: 7, operations: 1500, timer: 1193}],
  'rdtsc': [{operations: 100}],
  'receive-stream': [
    {driver: 'e1000', depth: 32, size: 576}, {driver: 'e1000', mode: 'polled', depth: 7}, {driver: 'virtio-legacy', depth: 16}, {driver: 'virtio', depth: 32, operations: 2000},
    {driver: 'virtio', mode: 'polled', depth: 3, size: 99}, {driver: 'pcnet', depth: 32, operations: 500}, {driver: 'pcnet', mode: 'polled', size: 45},
  ],
  'request-response': [
    {driver: 'e1000', depth: 8, size: 200}, {driver: 'virtio-legacy', depth: 32, mode: 'polled'}, {driver: 'virtio', depth: 4, size: 1499}, {driver: 'pcnet', depth: 16},
  ],
  'sha256': [{size: 0}, {size: 55}, {size: 56, timer: 211}],
  'sieve': [{size: 2}, {size: 100_000, operations: 2, timer: 0}],
  'transmit-stream': [
    {driver: 'e1000', depth: 32, size: 576}, {driver: 'e1000', mode: 'polled', operations: 500}, {driver: 'virtio-legacy', depth: 16}, {driver: 'virtio', depth: 32, operations: 2000},
    {driver: 'virtio', mode: 'polled', depth: 3, size: 99}, {driver: 'pcnet', depth: 3, operations: 500}, {driver: 'pcnet', mode: 'polled', size: 45},
  ],
  'syscall': [{isolation: 'on'}, {operations: 100, timer: 211}],
};

/** An empty disk behind the controller that the parameter `driver` wants; `auto` finds IDE. */
const diskArguments = ({disk}: WorkloadDefinition, {driver = 'auto'}: Parameters, folder: string): readonly string[] => {
  if (disk === undefined) return [];
  const file = join(folder, 'disk.raw');
  writeFileSync(file, '');
  truncateSync(file, disk * 2 ** 20);
  const drive = `id=disk,file=${file},format=raw`;
  return String(driver).startsWith('virtio') ? ['-drive', `${drive},if=none`, '-device', 'virtio-blk-pci,drive=disk'] : ['-drive', `${drive},if=ide`];
};

const CARD_ADDRESS = '52:54:00:77:73:01';

/** The card that the parameter `driver` wants on a network whose other end is at a socket; `auto` finds the e1000. */
const networkArguments = ({driver = 'auto'}: Parameters, socket: string): readonly string[] => {
  const card = String(driver).startsWith('virtio') ? 'virtio-net-pci' : driver === 'pcnet' ? 'pcnet' : 'e1000';
  return ['-netdev', `stream,id=net,server=off,addr.type=unix,addr.path=${socket}`, '-device', `${card},netdev=net,mac=${CARD_ADDRESS}`];
};

const PEER = new URL('../src/oracle/qemu/network-peer.js', import.meta.url);
const MOST_WAITS = 500;

/** The peer in a process of its own, once it listens. */
const startPeer = (socket: string): ChildProcess => {
  rmSync(socket, {force: true});
  const peer = spawn(process.execPath, [fileURLToPath(PEER), socket], {stdio: 'inherit'});
  const clock = new Int32Array(new SharedArrayBuffer(4));
  for (let waits = 0; !existsSync(socket); waits++) {
    if (waits === MOST_WAITS) throw new Error(`${PEER.pathname} does not listen`);
    Atomics.wait(clock, 0, 0, 20);
  }
  return peer;
};

const runQemu = (image: URL, parameters: Parameters, more: readonly string[]): {console: string; exitCode: number | null} => {
  const append = Object.entries(parameters).map(([name, value]) => `${name}=${value}`).join(' ');
  const result = spawnSync('qemu-system-i386', [
    '-accel', 'tcg', '-m', '64', '-kernel', fileURLToPath(image), '-append', append, '-display', 'none', '-monitor', 'none',
    '-serial', 'stdio', '-device', 'isa-debug-exit,iobase=0xf4,iosize=0x04', '-no-reboot', ...more,
  ], {encoding: 'latin1', timeout: 60_000});
  if (result.error) throw new Error(`cannot run qemu-system-i386 on ${image.pathname} ${append}: ${result.error.message}`);
  return {console: result.stdout, exitCode: result.status};
};

const record = ({definition, folder}: (typeof WORKLOADS)[number], parameters: Parameters, scratch: string): ConsoleRecord => {
  const socket = join(scratch, 'network');
  const peer = definition.network ? startPeer(socket) : null;
  const more = [...diskArguments(definition, parameters, scratch), ...(peer ? networkArguments(parameters, socket) : [])];
  try {
    return {workload: definition.name, parameters, ...runQemu(new URL(definition.image, folder), parameters, more)};
  } finally {
    peer?.kill();
  }
};

/** @param suites whose workloads are run; none named = all */
const recordAll = (scratch: string, suites: readonly string[]): ConsoleRecord[] => WORKLOADS
  .filter(({definition}) => suites.length === 0 || suites.includes(definition.suite))
  .flatMap((workload) => [{}, ...(VARIANTS[workload.definition.name] ?? [])].map((parameters) => record(workload, parameters, scratch)));

/** What is on record of suites that were not run again stays. */
const write = (recorded: ConsoleRecord[]): number => {
  const qemu = spawnSync('qemu-system-i386', ['--version'], {encoding: 'utf8'}).stdout.split('\n', 1)[0];
  const again = new Set(recorded.map(({workload}) => workload));
  const all = [...recorded, ...readConsoles(WORKLOADS_FOLDER).records.filter(({workload}) => !again.has(workload))];
  const records = WORKLOADS.flatMap(({definition}) => all.filter(({workload}) => workload === definition.name));
  writeFileSync(new URL('qemu-consoles.json', WORKLOADS_FOLDER), `${JSON.stringify({qemu, records} satisfies Consoles, null, 2)}\n`);
  console.log(`recorded ${recorded.length} runs`);
  return 0;
};

/** Whether this computer's QEMU prints what is on record. */
const check = (records: ConsoleRecord[]): number => {
  const known = readConsoles(WORKLOADS_FOLDER).records;
  const different = records.filter((run) => !known.some((each) => isDeepStrictEqual(each, run)));
  for (const {workload, parameters, console: text, exitCode} of different) {
    console.error(`${workload} ${JSON.stringify(parameters)} printed ${JSON.stringify(text)} and ended with ${exitCode}, which is not on record`);
  }
  console.log(`${records.length - different.length} of ${records.length} runs print what is on record`);
  return different.length === 0 ? 0 : 1;
};

if (import.meta.main) {
  const {values, positionals} = parseArgs({options: {check: {type: 'boolean', default: false}}, allowPositionals: true});
  const scratch = mkdtempSync(join(tmpdir(), 'worldswitch-disk-'));
  try {
    const records = recordAll(scratch, positionals);
    process.exitCode = values.check ? check(records) : write(records);
  } finally {
    rmSync(scratch, {recursive: true});
  }
}
