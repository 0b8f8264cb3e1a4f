import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {PassThrough} from 'node:stream';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {folder} from '../lab/testing/folder.ts';
import {main} from './main.ts';

/** The built-in strategies and workloads on an empty folder. */
async function worldswitch(t: ExecutionContext, argv: readonly string[], cwd = folder(t, {'package.json': '{}'})) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const status = await main(argv, {cwd, stdout, stderr, env: {}, signals: () => () => {}});
  return {status, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? ''), cwd};
}

interface Slice { readonly ph: string; readonly tid: number; readonly ts: number; readonly dur: number; readonly name: string; readonly args: {readonly name?: string; readonly cycle: number; readonly cycles: number} }

test('a trace is JSON of the Trace Event Format: tracks named by context, slices one after another', async t => {
  const {status, out, cwd} = await worldswitch(t, ['trace', 'syscall:nehalem-2009:hardware-assisted+shadow', '--param', 'operations=50', '--out', 't/x.json']);
  t.is(status, 0);
  t.regex(out, /^syscall under hardware-assisted\+shadow on nehalem-2009: \d+ switches\nTrace: .*t\/x\.json/);
  const {traceEvents} = JSON.parse(readFileSync(join(cwd, 't/x.json'), 'utf8')) as {traceEvents: Slice[]};
  const names = new Map(traceEvents.filter(({name}) => name === 'thread_name').map(({tid, args}) => [tid, args.name]));
  const slices = traceEvents.filter(({ph}) => ph === 'X');
  t.deepEqual(new Set(slices.map(({tid}) => names.get(tid))), new Set(['guest-user', 'guest-kernel', 'vmm']));
  t.true(slices.filter(({name}) => name === 'syscall int-0x80').length >= 50);
  for (const [at, {ts, args}] of slices.entries()) {
    t.true(Math.abs(ts - args.cycle / 2930) < 1e-5);
    if (at > 0) t.is(args.cycle, slices[at - 1].args.cycle + slices[at - 1].args.cycles);
  }
});

test('the same cell gives the same bytes, and a limit is told', async t => {
  const argv = ['trace', 'divzero:native:nehalem-2009', '--param', 'operations=20', '--max-switches', '7', '--out', 'x.json'];
  const [first, second] = [await worldswitch(t, argv), await worldswitch(t, argv)];
  t.is(readFileSync(join(first.cwd, 'x.json'), 'utf8'), readFileSync(join(second.cwd, 'x.json'), 'utf8'));
  t.regex(first.out, /4\d switches; the first 7 stays are in the file/);
});

const WRONG: ReadonlyArray<readonly [argv: readonly string[], sentence: RegExp]> = [
  [[], /missing required argument 'CELL'/], [['syscall'], /'syscall' names no technique; a cell is WORKLOAD:TECHNIQUE:HOST/], [['native:nehalem-2009'], /names no workload/],
  [['nope:native'], /unknown workload 'nope'/], [['syscall:native:nehalem-2009:zen-2017'], /names 2 hosts/], [['syscall:hardware-assisted+nested:pentium4-2005'], /nothing left to run/],
  [['syscall:native', '--max-switches', '0'], /--max-switches is '0'/], [['syscall:native', '--out', '/proc/none/x.json'], /Cannot write the report \/proc\/none/], [['./gone.elf:native'], /image \.\/gone\.elf does not exist/],
];
for (const [argv, sentence] of WRONG) {
  test(`trace ${argv.join(' ')}: ${sentence.source}`, async t => {
    const {status, out, err} = await worldswitch(t, ['trace', ...argv]);
    t.is(status, 2);
    t.is(out, '');
    t.regex(err, sentence);
    t.regex(err, /^worldswitch: [^\n]+\n$/);
  });
}
