// How a run is cut into blocks changes nothing that can be seen: every count, cycle, interrupt and byte is the same when
// instructions run one by one, by eight, or by as many as a block holds.
import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {findPackageJSON} from 'node:module';
import {dirname, join} from 'node:path';
import test from 'ava';
import {findHost} from '../host/catalogue.ts';
import {hpa} from '../memory/address.ts';
import {HOST_BASE} from '../memory/layout.ts';
import {runBareMetal} from './bare-metal.ts';
import {loadMultiboot} from './multiboot.ts';
import {Platform} from './platform.ts';
import {resetForMultiboot} from './reset.ts';

const WORKLOADS = join(dirname(findPackageJSON(import.meta.url) ?? '.'), 'workloads');
const MEMORY = 32 << 20;

/** A timer divisor that is prime, so that interrupts fall everywhere. */
const RUNS: ReadonlyArray<readonly [image: string, commandLine: string]> = [
  ['system/forkwait/forkwait.elf', 'operations=300 timer=211'],
  ['system/forkwait/forkwait.elf', 'operations=100 exec=yes timer=211'],
  ['lmbench/context-switch/context-switch.elf', 'operations=2000 timer=211'],
];

interface Cut {
  readonly host: string;
  readonly clock: 'cycles' | 'instructions';
  readonly maxBlock: number;
}

function everythingAbout([image, commandLine]: (typeof RUNS)[number], {host, clock, maxBlock}: Cut) {
  const platform = new Platform({host: findHost(host), clock, maxBlock, guestMemory: MEMORY, hostMemory: MEMORY, maxInstructions: 1e9});
  const memory = {size: MEMORY, write: (at: number, bytes: Uint8Array) => platform.memory.writeBytes(hpa(at), bytes)};
  resetForMultiboot(platform.cpu, loadMultiboot({file: image, bytes: readFileSync(join(WORKLOADS, image)), memory, commandLine}));
  const ending = runBareMetal(platform);
  const {region, total} = platform.recorder.finish();
  const {cpu, recorder, transitions, console, exitCode} = platform;
  return {
    ending, exitCode, console: String.fromCharCode(...console), region, total, trail: recorder.trail.digest(), operations: recorder.operations,
    transitions: transitions.list.map((edge, at) => ({...edge, count: transitions.counts[at]})),
    now: cpu.now(), interrupts: cpu.interruptsTaken, registers: Array.from(cpu.r.subarray(0, 8)), eip: cpu.eip, cr2: cpu.cr2,
    segments: [...cpu.segSelector, ...cpu.segBase, ...cpu.segLimit, ...cpu.segAttributes],
    memory: createHash('sha1').update(platform.memory.u8.subarray(HOST_BASE)).digest('hex'),
  };
}

for (const host of ['pentium4-2005', 'nehalem-2009']) {
  for (const clock of ['cycles', 'instructions'] as const) {
    test(`the length of blocks changes nothing on ${host} in the clock of ${clock}`, t => {
      for (const run of RUNS) {
        const long = everythingAbout(run, {host, clock, maxBlock: 64});
        t.is(long.ending.outcome, 'completed');
        t.true(long.interrupts > 0);
        for (const maxBlock of [1, 8]) t.deepEqual(everythingAbout(run, {host, clock, maxBlock}), long, `${run.join(' ')}, blocks of ${maxBlock}`);
      }
    });
  }
}
