// Steps that talk to the chips: interrupt controllers, timer, serial port, and ports where nobody answers.
import {EAX, ECX, EDI, EDX, ESI} from '../../x86/registers.ts';
import * as A from '../assembler.ts';
import {code} from '../assembler.ts';
import {ANY_REGISTER, pointer, type StepMaker} from './draw.ts';

const READ = [0x20, 0x21, 0xa0, 0xa1, 0x40, 0x42, 0x43, 0x61, 0x64, 0x71, 0x80, 0x3f8, 0x3f9, 0x3fa, 0x3fb, 0x3fd, 0x3fe, 0x1f0, 0xe9] as const;
/** Ports that take any value, and what may be written to the others. */
const WRITTEN: ReadonlyArray<readonly [port: number, values: readonly number[]]> = [
  [0x80, []], [0xe9, []], [0x3f8, []], [0x3ff, []], [0x1f0, []], [0x3f9, [0, 2, 2, 3]], [0x21, [0xee, 0xee, 0xef, 0xff]], [0xa1, [0xff]],
  [0x20, [0x20, 0x0a, 0x0b, 0x60]], [0x43, [0x00, 0xc2, 0xe2]], [0x70, [0x0b, 0x0d, 0x00]], [0x3fb, [0x03, 0x80, 0x03]], [0x42, []],
];

export const input: StepMaker = ({random}) => {
  const port = random.pick(READ);
  const wide = random.pick([[0xec], [0xec], [0xed], [0x66, 0xed]]);
  if (port < 0x100 && random.oneIn(2)) return [code(random.pick([0xe4, 0xe5]), port)];
  return [A.moveImmediate(EDX, port), code(...wide), code(0x40 | random.pick(ANY_REGISTER))];
};

export const output: StepMaker = ({random}) => {
  const [port, values] = random.pick(WRITTEN);
  const value = values.length > 0 ? random.pick(values) : random.word();
  const wide = values.length > 0 ? [0xee] : random.pick([[0xee], [0xef], [0x66, 0xef]]);
  return [A.moveImmediate(EDX, port), A.moveImmediate(EAX, value), code(...wide)];
};

/** INS and OUTS between a port and a place in memory. */
export const strings: StepMaker = draw => {
  const {random} = draw;
  const operation = random.pick([0x6c, 0x6d, 0x6e, 0x6f]);
  const port = operation < 0x6e ? random.pick([0x3fd, 0x21, 0x80]) : random.pick([0x80, 0xe9, 0x3f8]);
  return [
    A.moveImmediate(EDX, port), A.moveImmediate(ECX, random.below(6)), A.moveImmediate(operation < 0x6e ? EDI : ESI, pointer(draw)), A.CLD,
    code(...random.pick([[], [0xf3]]), operation),
  ];
};

/** Another period for the timer. */
export const timer: StepMaker = ({random}) => [
  code(0xb0, random.pick([0x34, 0x34, 0x30, 0x36])), A.out(0x43), code(0xb0, random.between(8, 90)), A.out(0x40), code(0xb0, 0), A.out(0x40),
];
