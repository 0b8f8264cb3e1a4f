// Quick forms against the operations they stand for: the same bytes run as a block, and one by one by their operations,
// leave the same registers, flags, memory and number of instructions.
import test from 'ava';
import {hpa} from '../memory/address.ts';
import {HOST_BASE} from '../memory/layout.ts';
import {EFLAGS_ARITHMETIC, EFLAGS_FIXED} from '../x86/flags.ts';
import {materialize} from './flags.ts';
import {KINDS, type Step} from './quick.ts';
import {run, step} from './run.ts';
import {RUNNING, type Cpu} from './state.ts';
import {Bench} from './testing/single.ts';

/** Instructions, as hexadecimal bytes, that have quick forms; a few of the same groups that have none. */
const BODY: readonly string[] = [
  '89c8', '8bd1', 'b878563412', 'c7c1ffffff7f', '8b4304', '8b448d08', '8b4601', 'a104200000', 'a308200000', '8d5481fc', '8d05efbeadde',
  '01c8', '03d1', '0345fc', '83c07f', '05ffffff7f', '81c100000080', '29c8', '2bd1', '2b4304', '83e801', '2d00000080', '11c8', '19ca',
  '39c8', '3bd1', '3b4304', '83f800', '3dffffff7f', '395304', '837b0405', '813b00000080', '21c8', '23d1', '83e00f', '09c8', '0b4304', '83c908',
  '31c8', '33d2', '35ffffffff', '85c0', '85c8', '854304', 'a900000080', 'f7c1ff000000', '40', '49', 'ffc2', 'ffc8',
  'c1e004', 'd1e1', 'c1e81f', 'd1ea', 'c1f903', 'd1f8', 'c1c007', 'd1c1', 'c1c81f', 'd1ca', 'd3e0', 'd3c2',
  '894304', '8954a500', '895601', 'c7430478563412', 'c7450400000080', '880b', 'c6430181', '886304', '803b80', '807d017f', '84c0', '84d1', 'a801', 'f6c204',
  'f7d0', 'f7d9', '50', '54', '6878563412', '6aff', 'ff7304', '59', '5c', '0fb603', '0fb6d1', '0fb6cc', '8a03', '8a5304', '8a7304',
  '010b', '83430401', '294b08', '812b00000080', '214b04', '830b40', 'ff03', 'ff4b04', '014e01', '314b04', '0fafc1', '0f94c0', '0f4cc2', '6689c8', 'fc', 'fd',
];
/** Endings over one NOP: all conditions, JMP, CALL, and jumps by register, memory and RET. */
const ENDINGS: readonly string[] = [
  ...Array.from({length: 16}, (_, condition) => `7${condition.toString(16)}01`),
  'eb01', 'e801000000', '0f8401000000', '0f8f01000000',
];
const NOP = '90', HLT = 'f4';

/** A small linear congruential generator: the same rows on every run. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return below => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(state / 2 ** 32 * below);
  };
}

const CODE_AT = 0x1000;
const INTERESTING = [0, 1, -1, 0x7fffffff, -0x80000000, 0x80, 0xff, 0x1234];

interface Start {
  readonly code: Uint8Array;
  readonly registers: readonly number[];
  readonly flags: number;
}

function place({cpu, memory}: Bench, {code, registers, flags}: Start): void {
  memory.u8.fill(0x5a, HOST_BASE + 0x2000, HOST_BASE + 0x9000);
  memory.writeBytes(hpa(CODE_AT), code);
  cpu.r.set(registers);
  cpu.eip = CODE_AT;
  cpu.eflags = EFLAGS_FIXED | flags;
  cpu.flagKind = 0;
  [cpu.instructionLimit, cpu.instructionsLeft] = [100, 100];
  cpu.rearm();
}

const stateOf = ({cpu, memory}: Bench, instructions: number) => ({
  registers: Array.from(cpu.r.subarray(0, 8)), eip: cpu.eip, eflags: materialize(cpu), instructions,
  memory: Buffer.from(memory.u8.subarray(HOST_BASE + 0x2000, HOST_BASE + 0x9000)).toString('latin1'),
});

function asBlock(bench: Bench, start: Start): ReturnType<typeof stateOf> {
  place(bench, start);
  run(bench.cpu);
  return stateOf(bench, 100 - bench.cpu.instructionsLeft);
}

function oneByOne(bench: Bench, start: Start): ReturnType<typeof stateOf> {
  place(bench, start);
  const {cpu} = bench;
  cpu.stop = RUNNING;
  let instructions = 0;
  for (; cpu.stop === RUNNING; instructions++) step(cpu);
  return stateOf(bench, instructions);
}

/** One to six instructions and an ending, from registers that mostly point into memory. */
function randomStart(random: (below: number) => number): Start {
  const value = (): number => (random(2) === 0 ? INTERESTING[random(INTERESTING.length)] : random(2 ** 32) | 0);
  const body = Array.from({length: 1 + random(6)}, () => BODY[random(BODY.length)]);
  return {
    code: Buffer.from(body.join('') + ENDINGS[random(ENDINGS.length)] + NOP + HLT, 'hex'),
    registers: [value(), random(64), value(), 0x2000 + random(64), 0x8000, 0x3000 + 4 * random(16), 0x4000 + random(4), value()],
    flags: random(2 ** 12) & EFLAGS_ARITHMETIC,
  };
}

const kindsIn = (cpu: Cpu, into: Set<number>): void => {
  let block = cpu.blocks.find(HOST_BASE + CODE_AT, CODE_AT, cpu.mode);
  for (; block !== null; block = block.alternate) block.steps.forEach((each: Step) => into.add(each.kind));
};

test('a block of quick forms leaves what its operations leave one by one', t => {
  const [left, right] = [new Bench(), new Bench()];
  const random = generator(20_05);
  const seen = new Set<number>();
  for (let row = 0; row < 6000; row++) {
    const start = randomStart(random);
    const expected = oneByOne(right, start);
    const actual = asBlock(left, start);
    kindsIn(left.cpu, seen);
    if (JSON.stringify(actual) === JSON.stringify(expected)) continue;
    t.deepEqual({...actual, memory: ''}, {...expected, memory: ''}, `code ${Buffer.from(start.code).toString('hex')}, row ${row}`);
    t.fail(`memory differs after code ${Buffer.from(start.code).toString('hex')}`);
  }
  const untested = Object.entries(KINDS).filter(([name, kind]) => !seen.has(kind) && !BY_OTHER_TESTS.has(name));
  t.deepEqual(untested, []);
});

/** Kinds whose target must be known beforehand. */
const BY_OTHER_TESTS = new Set(['ret', 'jumpTo', 'callTo']);

/** CMP, SUB and TEST in registers, with immediates and in memory; two of them with an instruction before the branch. */
const COMPARISONS: readonly string[] = ['39c8', '29c8', '85c8', '83f801', '3b4304', '394304', '39c889d2', '39c8894308'];

test('a branch behind a comparison goes where its condition says, for all operands of interest', t => {
  const [left, right] = [new Bench(), new Bench()];
  for (const comparison of COMPARISONS) {
    for (const ending of ENDINGS.slice(0, 16)) {
      const code = Buffer.from(comparison + ending + NOP + HLT, 'hex');
      for (const a of INTERESTING) {
        for (const b of INTERESTING) {
          const start: Start = {code, registers: [a, b, 0, 0x2000, 0x8000, 0x3000, 0x4000, 0], flags: 0};
          const [actual, expected] = [asBlock(left, start), oneByOne(right, start)];
          if (actual.instructions !== expected.instructions) t.fail(`code ${code.toString('hex')} with ${a} and ${b}`);
        }
      }
    }
  }
  t.pass();
});

test('jumps and calls through registers, memory and the stack reach their targets', t => {
  const [left, right] = [new Bench(), new Bench()];
  const target = '09100000';
  for (const [code, name] of [[`68${target}c3`, 'RET'], [`b8${target}ffe0`, 'JMP r'], [`b8${target}ffd0`, 'CALL r'], [`68${target}ff2424`, 'JMP m'], [`68${target}ff1424`, 'CALL m']]) {
    const start: Start = {code: Buffer.from((code + NOP.repeat(9)).slice(0, 18) + NOP + HLT, 'hex'), registers: [1, 2, 3, 0x2000, 0x8000, 0x3000, 0x4000, 7], flags: 0};
    t.deepEqual(asBlock(left, start), oneByOne(right, start), name);
  }
});
