// Disk images in files: what is refused and how, that a run leaves the file as it was, and that what is put back is put back whole.
import {spawnSync} from 'node:child_process';
import {chmodSync, mkdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {PassThrough} from 'node:stream';
import {Worker} from 'node:worker_threads';
import test, {type ExecutionContext} from 'ava';
import {main} from './main.ts';
import type {RunResult} from '../lab/result.ts';
import {checkDiskFile, DiskFile, runsOf} from '../lab/disk-file.ts';
import {closeGate, makeGate, shareGate, undisturbed} from '../lab/keeping.ts';
import {folder} from '../lab/testing/folder.ts';

const SECTORS = (count: number): string => '\0'.repeat(512 * count);

/** A folder with one file of each kind; anybody may look into it. */
function place(t: ExecutionContext): string {
  const root = folder(t, {'good.raw': SECTORS(4), 'empty.raw': '', 'short.raw': 'x'.repeat(100), 'odd.raw': `${SECTORS(2)}x`, 'secret.raw': SECTORS(1), 'fixed.raw': SECTORS(1)});
  chmodSync(root, 0o755);
  chmodSync(join(root, 'secret.raw'), 0);
  chmodSync(join(root, 'fixed.raw'), 0o444);
  mkdirSync(join(root, 'folder'));
  spawnSync('mkfifo', [join(root, 'pipe')]);
  return root;
}

/** Root may read everything; as somebody else it may not. */
function asNobody<T>(work: () => T): T {
  if (process.getuid?.() !== 0) return work();
  process.seteuid?.(65_534);
  try {
    return work();
  } finally {
    process.seteuid?.(0);
  }
}

const REFUSED: ReadonlyArray<readonly [file: string, written: boolean, sentence: RegExp]> = [
  ['none.raw', false, /^disk .*none\.raw cannot be read: ENOENT/],
  ['good.raw/part', false, /^disk .* cannot be read: ENOTDIR/],
  ['secret.raw', false, /^disk .*secret\.raw cannot be read: EACCES/],
  ['folder', false, /^disk .*folder is a folder; give a raw disk image$/],
  ['pipe', false, /^disk .*pipe is no file; give a raw disk image$/],
  ['empty.raw', false, /^disk .*empty\.raw is empty; give a raw disk image$/],
  ['short.raw', false, /^disk .*short\.raw has 100 bytes, which is no multiple of 512; give a raw disk image$/],
  ['odd.raw', false, /^disk .*odd\.raw has 1025 bytes, which is no multiple of 512; give a raw disk image$/],
  ['fixed.raw', true, /^disk .*fixed\.raw cannot be written, as --disk-write asks: EACCES/],
];
for (const [file, written, sentence] of REFUSED) {
  test.serial(`${file}${written ? ', to be written,' : ''} is refused in a sentence`, t => {
    const path = join(place(t), file);
    t.throws(() => asNobody(() => checkDiskFile(path, written)), {name: 'UsageError', message: sentence});
  });
}

test.serial('a file that can only be read is no hindrance while nothing is written', t => {
  const root = place(t);
  t.notThrows(() => asNobody(() => checkDiskFile(join(root, 'fixed.raw'), false)));
  t.notThrows(() => checkDiskFile(join(root, 'good.raw'), true));
});

interface Ended { readonly status: number; readonly cells: RunResult['cells'] }

async function run(t: ExecutionContext, ...argv: readonly string[]): Promise<Ended> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const status = await main(['run', 'disk', '--param', 'area=128', '--param', 'operations=5', '--host', 'nehalem-2009', '--samples', '0', '--json', ...argv], {stdout, stderr, signals: () => () => {}});
  const out = String(stdout.read() ?? '');
  if (out === '') t.log(String(stderr.read()));
  return {status, cells: (JSON.parse(out) as RunResult).cells};
}

const VMM = 'hardware-assisted+nested+virtio@hypervisor';

test('cells that share a file leave it as it was, at the same time; with --disk-write one guest\'s writes are in it', async t => {
  const file = join(folder(t, {'disk.raw': SECTORS(256)}), 'disk.raw');
  const before = readFileSync(file);
  const read = await run(t, '--disk', file, '--technique', 'native', '--technique', VMM, '--technique', 'kvm-nested', '--jobs', '3');
  t.is(read.status, 0);
  t.deepEqual(read.cells.map(({outcome, exitCode}) => [outcome, exitCode]), Array.from({length: 3}, () => ['completed', 0x21]));
  t.true(readFileSync(file).equals(before));
  const written = await run(t, '--disk', file, '--disk-write', '--technique', VMM);
  t.is(written.status, 0);
  const after = readFileSync(file);
  t.is(after.length, before.length);
  t.is(after.readUInt32LE(512 * 7 + 4 * 3), (Math.imul(7, 0x9e3779b1) + Math.imul(3, 0x85ebca6b)) >>> 0);
  t.true(after.subarray(128 * 512).equals(before.subarray(128 * 512)));
});

test('a disk smaller than the guest wants fails in the guest, and the cell says so', async t => {
  const file = join(folder(t, {'disk.raw': SECTORS(8)}), 'disk.raw');
  const {status, cells} = await run(t, '--disk', file, '--technique', VMM);
  t.is(status, 1);
  t.is(cells[0].exitCode, 0x23);
});

test('what is put back goes sector by sector, those that follow each other at once', t => {
  const sector = (number: number): readonly [number, Uint8Array] => [number, new Uint8Array(512).fill(number)];
  const runs = [...runsOf([3, 4, 5, 9, 11, 12].map(sector))];
  t.deepEqual(runs.map(([first, bytes]) => [first, bytes.length / 512]), [[3, 3], [9, 1], [11, 2]]);
  t.is(runs[0][1][512 * 2], 5);
  t.is([...runsOf(Array.from({length: 5000}, (_, at) => sector(at)))].length, 3);
});

test.serial('once a run is being ended nothing more is put back', t => {
  const file = join(folder(t, {'disk.raw': SECTORS(4)}), 'disk.raw');
  const gate = makeGate();
  const disk = new DiskFile(file);
  disk.write(1, new Uint8Array(512).fill(7));
  shareGate(gate);
  closeGate(gate);
  disk.keep();
  t.true(readFileSync(file).every(byte => byte === 0));
  shareGate(makeGate());
  disk.keep();
  t.deepEqual([0, 512, 1023, 1024].map(at => readFileSync(file)[at]), [0, 7, 7, 0]);
});

test('what has begun to be put back ends before the thread does', async t => {
  const [gate, done] = [makeGate(), new Int32Array(new SharedArrayBuffer(4))];
  const worker = new Worker(`
    const {workerData, parentPort} = require('node:worker_threads');
    import(workerData.module).then(({shareGate, undisturbed}) => {
      shareGate(workerData.gate);
      undisturbed(() => {
        parentPort.postMessage('began');
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
        workerData.done[0] = 1;
      });
    });`, {eval: true, workerData: {module: new URL('../lab/keeping.js', import.meta.url).href, gate, done}});
  await new Promise(began => { worker.once('message', began); });
  closeGate(gate);
  t.is(done[0], 1);
  await worker.terminate();
  t.true(undisturbed(() => {}));
});
