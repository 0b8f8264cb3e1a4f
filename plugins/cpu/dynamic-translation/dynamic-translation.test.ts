// Translation by blocks: what is translated when, what is dropped by stores into code, and that block borders follow the
// guest's path and not the model's blocks.
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {divergence} from '../../../src/lab/equivalence.ts';
import {runGuest, type GuestRun} from '../../../src/lab/guest-run.ts';
import {folder} from '../../../src/lab/testing/folder.ts';
import {catalogue, cellSpec} from '../../../src/lab/testing/real-cells.ts';
import {elfKernel, multibootHeader} from '../../../src/machine/elf-fixture.ts';

const TECHNIQUE = 'dynamic-translation+software-mmu@hosted';
const HEADER = multibootHeader(0);
const START = 0x10_0000 + HEADER.length * 4;

/** MOV EBX, EAX; MOV AL, 1; OUT 0xF4, AL. */
const END = [0x89, 0xc3, 0xb0, 0x01, 0xe6, 0xf4];
const little = (value: number): number[] => [0, 8, 16, 24].map(shift => (value >> shift) & 0xff);
const incrementWord = (address: number): number[] => [0xff, 0x05, ...little(address)];
const countDownTo = (target: number, at: number): number[] => [0x49, 0x0f, 0x85, ...little(target - (at + 7))];
const movEcx = (value: number): number[] => [0xb9, ...little(value)];

/** Path of an image with this code at START. */
function image(t: ExecutionContext, code: readonly number[]): string {
  const path = join(folder(t, {}), 'guest.elf');
  writeFileSync(path, elfKernel({entry: START, segments: [{physicalAddress: 0x10_0000, data: code}], header: HEADER}));
  return path;
}

function runUnder(workload: string, technique: string, maxBlock = 64): GuestRun {
  return runGuest(cellSpec({workload, technique, clock: 'instructions', maxInstructions: 100_000}), catalogue, {clock: 'instructions', maxBlock});
}

const counted = ({statistics, total, ending}: GuestRun): unknown => ({statistics, ending, counts: [...total.counts], instructions: total.instructions});

/** A loop whose store changes an immediate of the loop itself. */
function selfModifying(times: number): number[] {
  const loop = START + 5;
  const body = [0xb8, ...little(0), ...incrementWord(loop + 1)];
  return [...movEcx(times), ...body, ...countDownTo(loop, loop + body.length), ...END];
}

/** Blocks longer than any translation, one of them cut short in its middle by a store into the line of the first. */
function longBlocks(): number[] {
  const incEax = (n: number): number[] => Array.from({length: n}, () => 0x40);
  const first = [...movEcx(20), 0xeb, 122];
  const main = START + first.length + 122;
  const body = [...incEax(30), ...incrementWord(START + 16), ...incEax(150)];
  return [...first, ...Array.from({length: 122}, () => 0x90), ...body, ...countDownTo(main, main + body.length), ...END];
}

test('code that changes itself behaves as on bare metal, and what it changes is translated anew', t => {
  const workload = image(t, selfModifying(100));
  const run = runUnder(workload, TECHNIQUE);
  t.is(divergence(run, runUnder(workload, 'native')), null);
  t.is(run.platform.cpu.r[3], 99);
  // The block from the entry, 100 times the rest behind the store, 99 times the loop's beginning, and the end.
  t.is(run.statistics['blocks translated'], 1 + 100 + 99 + 1);
  t.is(run.statistics['blocks invalidated'], 1 + 2 * 99);
});

for (const [what, code] of [['code that changes itself', selfModifying(50)], ['blocks longer than a translation', longBlocks()]] as const) {
  test(`${what}: every length of the model's blocks gives the same translations and charges`, t => {
    const workload = image(t, code);
    const one = runUnder(workload, TECHNIQUE, 1);
    t.is(divergence(one, runUnder(workload, 'native')), null);
    for (const maxBlock of [3, 8, 64]) t.deepEqual(counted(runUnder(workload, TECHNIQUE, maxBlock)), counted(one));
  });
}

test('a block of more instructions than a translation holds is several, chained after their first execution', t => {
  const {statistics} = runUnder(image(t, longBlocks()), TECHNIQUE);
  t.true(statistics['blocks translated'] >= 4);
  t.true(statistics['block executions'] > 20 * 3);
  t.true(statistics['block look-ups'] < 15, `${statistics['block look-ups']}`);
});

test('a loop is translated once and then runs from the cache, chained', t => {
  const {statistics, total} = runGuest(cellSpec({workload: 'sieve', technique: TECHNIQUE}), catalogue, {clock: 'cycles'});
  t.true(statistics['instructions translated'] * 100 < total.instructions);
  t.true(statistics['block look-ups'] * 10 < statistics['block executions']);
});

test('it costs less than interpretation, and most of what is left is memory accesses and the translations themselves', t => {
  const cycles = (technique: string): number => {
    const {platform} = runGuest(cellSpec({workload: 'sieve', technique}), catalogue, {clock: 'cycles'});
    return platform.cpu.meter.cycles();
  };
  t.true(cycles(TECHNIQUE) * 3 < cycles('interpretation+software-mmu@hosted'));
});
