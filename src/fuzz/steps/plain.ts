// Steps that any program may take: strings, stacks, branches, calls, loops, and code that changes itself.
import {EAX, EBP, ECX, EDI, EDX, ESI, ESP} from '../../x86/registers.ts';
import * as A from '../assembler.ts';
import {at, based, code} from '../assembler.ts';
import * as L from '../layout.ts';
import {ahead, ANY_REGISTER, pointer, type StepMaker} from './draw.ts';
import {arithmetic, cut} from './rows.ts';

const STRINGS = [0xa4, 0xa5, 0xa6, 0xa7, 0xaa, 0xab, 0xac, 0xad, 0xae, 0xaf] as const;

/** A string instruction over places that may cross into pages with other rights, in either direction. */
export const strings: StepMaker = draw => {
  const {random} = draw;
  const repeat = random.pick([[], [0xf3], [0xf2], [0xf3]]);
  const size = random.oneIn(6) ? [0x66] : [];
  return cut([
    A.moveImmediate(ECX, random.oneIn(10) ? 0 : random.between(1, 40)), A.moveImmediate(ESI, pointer(draw)), A.moveImmediate(EDI, pointer(draw)),
    random.oneIn(3) ? A.STD : A.CLD, code(...repeat, ...size, random.pick(STRINGS)), A.CLD,
  ]);
};

export const stack: StepMaker = ({random}) => {
  const [one, other] = [random.pick(ANY_REGISTER), random.pick(ANY_REGISTER)];
  switch (random.below(6)) {
    case 0: return [A.push(one), A.push(ESP), A.pop(other), A.pop(one)];
    case 1: return [A.PUSHA, A.immediateTo(0, one, random.value()), A.POPA];
    case 2: return [A.moveRegister(EBP, ESP), code(0xc8, random.below(64), 0, random.below(4)), A.push(one), code(0xc9)];
    case 3: return [code(0x66, 0x50 | one), code(0x66, 0x58 | other)];
    case 4: return [A.pushMemory(based(ESP, 4)), code(0x8f, ...A.operand(0, based(ESP, 0)))];
    default: return [A.PUSHF, A.pop(one)];
  }
};

/** A conditional jump, a call, a return, an indirect jump: always forwards. */
export const branch: StepMaker = draw => {
  const {random} = draw;
  const register = random.pick(ANY_REGISTER);
  const to = ahead(draw);
  switch (random.below(6)) {
    case 0: return [code(0x39, 0xc0 | random.below(64) & ~4), A.toSlot(A.jumpIf(random.below(16)), to)];
    case 1: return [A.toSlot([0xe8], to)];
    case 2: return [A.pushSlot(to), random.oneIn(2) ? A.RET : code(0xc2, 4, 0)];
    case 3: return [A.moveSlot(register, to), code(0xff, 0xe0 | register)];
    case 4: return [A.moveSlot(register, to), code(0xff, 0xd0 | register)];
    default: return [A.moveImmediate(ECX, random.below(3)), code(0xe3, 5), A.toSlot(A.JUMP, to)];
  }
};

/** A bounded loop of one instruction. */
export const loop: StepMaker = draw => {
  const {random} = draw;
  const turns = random.between(2, 24);
  const inner = arithmetic(draw).filter(each => each.bytes.length <= 8).slice(-1);
  const length = inner.reduce((sum, each) => sum + each.bytes.length, 0);
  const kept = [A.push(ECX), ...inner, A.pop(ECX)];
  return [A.moveImmediate(ECX, turns), ...kept, code(0xe2, 256 - (length + 4))];
};

const resume = (kernel: boolean): number => (kernel ? L.KERNEL_RESUME : L.USER_RESUME);

/** To where there is no code, or none that may be executed. The program says beforehand where it goes on. */
export const astray: StepMaker = draw => [
  A.storeSlot(resume(draw.kernel), 1), A.moveImmediate(EDX, pointer(draw)), code(0xff, draw.random.pick([0xe2, 0xd2])),
];

/** Writes into the immediate of an instruction behind itself, with a jump in between or without. */
export const selfModifying: StepMaker = ({random}) => {
  const jump = random.oneIn(2) ? [code(0xeb, 0)] : [];
  const bytes = [0xc7, 0x05, 0, 0, 0, 0, ...A.little(random.word(), 4)];
  const patch: A.Instruction = {bytes, slot: {at: 2, size: 4, forward: 0, relative: false, within: 10 + (jump.length > 0 ? 2 : 0) + 1}};
  return [patch, ...jump, A.moveImmediate(EAX, 0), A.push(EAX), A.pop(EDX)];
};

/** The user program's stack may lie anywhere. */
export const wildStack: StepMaker = draw =>
  draw.kernel ? stack(draw) : [A.moveImmediate(ESP, pointer(draw)), A.push(EAX), A.pop(ECX), A.moveImmediate(ESP, L.USER_STACK_TOP)];

/** Loads and stores of every width at one address. */
export const access: StepMaker = draw => {
  const place = pointer(draw);
  const register = draw.random.pick(ANY_REGISTER);
  const kinds = [A.load(register, at(place)), A.store(at(place), register), code(0x66, 0x89, ...A.operand(register, at(place))), code(0x01, ...A.operand(register, at(place)))];
  return [draw.random.pick(kinds), draw.random.pick(kinds)];
};
