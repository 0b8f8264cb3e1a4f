// The processor at hand as oracle: builds native/runner.c, sends it the cases and reads the outcomes back. Words are
// little-endian. In: length of what follows, number of cases, the window, then the cases as runner.c describes them. Out, for each case: exception,
// error code, CR2, EIP, eight registers, EFLAGS, six selectors, number of changed words, then address and value of each.
import {execFileSync, spawnSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {packagePath, type Answers, type Recorder} from './answers.ts';
import {generate, GENERATOR_VERSION, SEED} from './generate.ts';
import {GROUPS, LEFT_OUT, leftOutRows, NEVER_ASKED, type Case, type Group} from './groups.ts';
import {describe, digestOf, isFault, type Outcome} from './outcome.ts';
import {maskTable} from './undefined.ts';
import {pristineWindow} from './window.ts';

const SOURCE = 'src/oracle/native/runner.c';
const FLAGS = [
  '-m32', '-march=i686', '-O1', '-static', '-nostdlib', '-ffreestanding', '-fno-pic', '-no-pie', '-fno-stack-protector', '-fno-asynchronous-unwind-tables',
] as const;
const MOST_OUTPUT = 1 << 30;

/** Selectors stand in encoding order in a case and in an outcome. */
function encode(test: Case): Buffer {
  const words = [test.eip, ...test.registers, test.eflags, ...test.segments, test.patches.length];
  const parts = [Buffer.from(Int32Array.from(words).buffer)];
  for (const {address, bytes} of test.patches) {
    parts.push(Buffer.from(Int32Array.of(address, bytes.length).buffer), Buffer.from(bytes), Buffer.alloc(-bytes.length & 3));
  }
  return Buffer.concat(parts);
}

const word = (value: number): Buffer => Buffer.from(Int32Array.of(value).buffer);
const HEAD = 20;

function decodeOutcome(words: Int32Array, at: number): Outcome {
  const [vector, errorCode, cr2, eip] = words.subarray(at, at + 4);
  const count = words[at + HEAD - 1];
  return {
    vector, errorCode, cr2, eip, registers: words.slice(at + 4, at + 12), eflags: words[at + 12],
    segments: words.slice(at + 13, at + 19), stores: words.slice(at + HEAD, at + HEAD + 2 * count),
  };
}

/** Hands the built runner to `work`; it is gone afterwards. Throws when it cannot be built. */
export function withRunner<T>(work: (program: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'oracle-'));
  try {
    const program = join(folder, 'runner');
    execFileSync('gcc', [...FLAGS, '-o', program, packagePath(SOURCE)], {stdio: ['ignore', 'ignore', 'inherit']});
    return work(program);
  } finally {
    rmSync(folder, {recursive: true});
  }
}

/** Runs cases on this machine's processor. Throws with a sentence when the runner ends early. */
export function runNative(cases: readonly Case[], program: string): Outcome[] {
  const body = Buffer.concat([word(cases.length), Buffer.from(pristineWindow()), ...cases.map(encode)]);
  const input = Buffer.concat([word(body.length), body]);
  const {status, signal, stdout} = spawnSync(program, {input, maxBuffer: MOST_OUTPUT});
  if (status !== 0) throw new Error(`${SOURCE} ended with ${signal ?? `status ${status}`}; it needs a 64-bit Linux kernel that runs 32-bit programs`);
  return readOutcomes(stdout, cases.length);
}

function readOutcomes(output: Buffer, count: number): Outcome[] {
  const words = new Int32Array(output.buffer.slice(output.byteOffset, output.byteOffset + output.length));
  const outcomes: Outcome[] = [];
  for (let at = 0; at < words.length; ) {
    const outcome = decodeOutcome(words, at);
    outcomes.push(outcome);
    at += HEAD + outcome.stores.length;
  }
  if (outcomes.length !== count) throw new Error(`${SOURCE} answered ${outcomes.length} of ${count} cases`);
  return outcomes;
}

export const casesOf = (group: Group): Case[] => Array.from({length: group.count}, (_, index) => generate(group, index));

/** Cases of each group beyond those whose outcomes are committed one by one: 32 bits stand for all of them. */
export const FURTHER = 620;
export const furtherCasesOf = (group: Group): Case[] => Array.from({length: FURTHER}, (_, index) => generate(group, group.count + index));

/** FNV over the digests of a group's further cases, in order. */
export function furtherDigest(cases: readonly Case[], outcomeOf: (each: Case, at: number) => Outcome): number {
  return cases.reduce((hash, each, at) => Math.imul(hash ^ digestOf(each, outcomeOf(each, at)), 0x0100_0193), 0x811c_9dc5 | 0);
}

/** Groups at a time, so that no more than some ten thousand cases are in memory. */
const BATCH = 24;

function* answers(program: string): Generator<readonly [Group, readonly Outcome[], readonly Case[]]> {
  for (let first = 0; first < GROUPS.length; first += BATCH) {
    const groups = GROUPS.slice(first, first + BATCH);
    const cases = groups.map(group => [...casesOf(group), ...furtherCasesOf(group)]);
    const outcomes = runNative(cases.flat(), program);
    let at = 0;
    for (const [n, group] of groups.entries()) yield [group, outcomes.slice(at, (at += cases[n].length)), cases[n]];
  }
}

const sha256 = (file: string): string => createHash('sha256').update(readFileSync(packagePath(file))).digest('hex');
const processor = (): string => /model name\s*: (.*)/.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? 'unknown';
const firstLine = (program: string, ...args: string[]): string => execFileSync(program, args, {encoding: 'utf8'}).split('\n')[0];

/** Digests as base64, which a line of JSON holds without waste. */
export const packDigests = (digests: readonly number[]): string => Buffer.from(Int32Array.from(digests).buffer).toString('base64');
export const unpackDigests = (text: string): Int32Array => {
  const bytes = Buffer.from(text, 'base64');
  return new Int32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
};

/** Every so many groups, one case is committed in full, so that the file also says something to people. */
const SPECIMEN_EVERY = 97;

const MNEMONICS = [...new Set(GROUPS.map(({row}) => row.mnemonic))];

/** The question, as it is committed with the answers. */
export const asked = (): Answers['answers'] => ({
  seed: SEED, generator: GENERATOR_VERSION, program: SOURCE, sha256: sha256(SOURCE), leftOut: LEFT_OUT, neverAsked: NEVER_ASKED, masks: maskTable(MNEMONICS),
});

const record = async (): Promise<Answers> => withRunner(ask);

function ask(program: string): Answers {
  const digests: Record<string, string> = {};
  const specimens: Record<string, string[]> = {};
  const further: number[] = [];
  let [cases, faults] = [0, 0];
  for (const [group, outcomes, asked] of answers(program)) {
    const {count} = group;
    digests[group.key] = packDigests(outcomes.slice(0, count).map((outcome, n) => digestOf(asked[n], outcome)));
    further.push(furtherDigest(asked.slice(count), (_, at) => outcomes[count + at]));
    cases += outcomes.length;
    faults += outcomes.filter(isFault).length;
    if (GROUPS.indexOf(group) % SPECIMEN_EVERY === 0) specimens[`${group.key} 0`] = describe(outcomes[0]);
  }
  return {
    provenance: {compiler: firstLine('gcc', '--version'), flags: FLAGS.join(' '), processor: processor(), kernel: firstLine('uname', '-sr')},
    answers: {...asked(), cases, faults, specimens, further: packDigests(further), digests},
  };
}

const notes = [
  ...leftOutRows().map(({opcode, mnemonic}) => `left out: ${opcode} ${mnemonic}, ${LEFT_OUT[mnemonic]}`),
  ...NEVER_ASKED.map(each => `never asked: ${each}`),
  ...Object.entries(maskTable(MNEMONICS)).map(([mnemonic, mask]) => `not compared: ${mnemonic}: ${mask}`),
];

export const nativeRecorder: Recorder = {name: 'processor', needs: ['gcc', 'uname'], fixture: 'src/oracle/processor.json', notes, record};
