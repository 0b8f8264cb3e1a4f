// One case in words: registers, stores, instruction as iced-x86 prints it, and what both sides made of it.
import {Decoder, DecoderOptions, Formatter, FormatterSyntax} from 'iced-x86';
import {generate} from './generate.ts';
import {GROUPS, type Case} from './groups.ts';
import {Model} from './model.ts';
import {runNative, withRunner} from './native.ts';
import {comparable, describe, digest, type Outcome} from './outcome.ts';

const hex = (value: number): string => (value >>> 0).toString(16).padStart(8, '0');
const bytesOf = (bytes: ArrayLike<number>): string => Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join(' ');

/** The instruction's text. */
export function disassemble(bytes: Uint8Array, eip: number): string {
  const decoder = new Decoder(32, bytes, DecoderOptions.None);
  decoder.ip = BigInt(eip >>> 0);
  const instruction = decoder.decode();
  const formatter = new Formatter(FormatterSyntax.Nasm);
  const text = formatter.format(instruction);
  for (const each of [decoder, instruction, formatter]) each.free();
  return text;
}

export function describeCase(test: Case): string[] {
  return [
    `${test.group.key} case ${test.index}: ${bytesOf(test.bytes)}  ${disassemble(test.bytes, test.eip)}`,
    `eip ${hex(test.eip)} eflags ${hex(test.eflags)} eax-edi ${[...test.registers].map(hex).join(' ')} es-gs ${[...test.segments].map(each => each.toString(16)).join(' ')}`,
    ...test.patches.map(({address, bytes}) => `memory ${hex(address)}: ${bytesOf(bytes)}`),
  ];
}

/** Prints a case, the model's outcome and, where it can be run, the processor's. Returns an exit code. */
export function showCase(key: string, index: number, say: (text: string) => void): number {
  const group = GROUPS.find(each => each.key === key);
  if (!group) {
    say(`no group of cases is called '${key}'; some are ${GROUPS.filter(each => each.key.startsWith(key.slice(0, 2))).map(each => `'${each.key}'`).join(', ')}`);
    return 1;
  }
  const test = generate(group, index);
  describeCase(test).forEach(say);
  const model = comparable(test, new Model().run(test));
  const native = comparable(test, withRunner(program => runNative([test], program))[0]);
  const show = (name: string, outcome: Outcome): void => describe(outcome).forEach(line => say(`${name}: ${line}`));
  show('model', model);
  show('processor', native);
  return digest(model) === digest(native) ? 0 : 1;
}
