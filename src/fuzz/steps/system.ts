// Steps that touch the processor's system state: control registers, descriptor tables, task register, MSRs, HLT, caches.
// In a user program they fault, and that is what is looked at.
import {CR0_AM, CR0_CD, CR0_EM, CR0_MP, CR0_NE, CR0_NW, CR0_PG, CR0_TS, CR0_WP, CR4_PCE, CR4_PGE, CR4_PSE, CR4_TSD} from '../../x86/control.ts';
import {DS, EAX, EBX, ECX, EDX, FS} from '../../x86/registers.ts';
import * as A from '../assembler.ts';
import {at, code, type Instruction} from '../assembler.ts';
import * as L from '../layout.ts';
import {ANY_REGISTER, flagsImage, pointer, selector, type StepMaker} from './draw.ts';
import {access} from './plain.ts';

/** `mov eax, crN; xor eax, bits; mov crN, eax`. */
const flip = (control: number, bits: number): Instruction[] => [A.fromControl(EAX, control), A.immediateTo(6, EAX, bits), A.toControl(control, EAX)];

/** CR0 with some bits changed, some combinations illegal. */
export const control0: StepMaker = ({random}) =>
  flip(0, random.pick([CR0_WP, CR0_WP, CR0_TS, CR0_EM, CR0_MP, CR0_NE, CR0_AM, CR0_CD, CR0_NW, CR0_CD | CR0_NW, CR0_TS | CR0_WP, 1 << 10]));

/** Without paging for an instruction. */
export const pagingOff: StepMaker = ({random}) =>
  [...flip(0, CR0_PG), A.load(EDX, at(L.DATA + random.below(L.DATA_PAGES * L.PAGE - 4))), A.immediateTo(6, EAX, CR0_PG), A.toControl(0, EAX)];

export const control4: StepMaker = ({random}) => {
  if (random.oneIn(4)) return [...flip(4, CR4_PSE), A.load(EDX, at(L.LARGE)), A.immediateTo(6, EAX, CR4_PSE), A.toControl(4, EAX)];
  return flip(4, random.pick([CR4_TSD, CR4_PGE, CR4_PCE, CR4_PGE | CR4_TSD, 1 << 4 | CR4_PSE, 1 << 5, 1 << 13]) & ~CR4_PSE);
};

export const control3: StepMaker = draw => {
  const directory = draw.random.pick([L.DIRECTORY_A, L.DIRECTORY_B]) | draw.random.pick([0, 0, 0x18, 0x7]);
  return [A.moveImmediate(EAX, directory), A.toControl(3, EAX), A.fromControl(EDX, 3), ...access(draw).slice(0, 1)];
};

/** CLTS, LMSW, SMSW, CR2. */
export const machineStatus: StepMaker = ({random}) => {
  const register = random.pick(ANY_REGISTER);
  switch (random.below(4)) {
    case 0: return [code(0x0f, 0x06), A.fromControl(register, 0)];
    case 1: return [A.moveImmediate(EAX, random.below(16) | (random.oneIn(4) ? 0xfff0 : 0)), code(0x0f, 0x01, 0xf0), A.fromControl(register, 0)];
    case 2: return [code(0x0f, 0x01, 0xe0 | register), code(0x0f, 0x01, ...A.operand(4, at(L.USER_CONTROL + 72)))];
    default: return [A.moveImmediate(register, random.word()), A.toControl(2, register), A.fromControl(EAX, 2)];
  }
};

/** The descriptor-table registers, whole or cut short, and what they show. */
export const tableRegisters: StepMaker = draw => {
  const {random} = draw;
  const place = at(random.oneIn(3) ? pointer(draw) : L.USER_CONTROL + 80);
  const limit = random.pick([0x3f, 0xff, 0xff, 0xc7]);
  switch (random.below(5)) {
    case 0: return [code(0x66, 0xc7, ...A.operand(0, at(L.SCRATCH)), ...A.little(limit, 2)), A.storeImmediate(at(L.SCRATCH + 2), L.GDT), code(0x0f, 0x01, ...A.operand(2, at(L.SCRATCH)))];
    case 1: return [code(0x0f, 0x01, ...A.operand(3, at(random.pick([L.IDT_REGISTER, L.SHORT_IDT_REGISTER])))), A.interrupt(random.pick([0x83, 0x82, 0x90]))];
    case 2: return [code(0x0f, 0x01, ...A.operand(0, place)), A.load(EAX, place)];
    case 3: return [code(0x0f, 0x01, ...A.operand(1, place)), A.load(EAX, place)];
    default: return [code(0x0f, 0x00, 0xc0 | random.pick(ANY_REGISTER)), code(0x0f, 0x00, 0xc8 | random.pick(ANY_REGISTER))];
  }
};

/** LLDT and LTR. */
export const taskAndLocal: StepMaker = draw => {
  const {random} = draw;
  if (random.oneIn(4)) return [A.moveImmediate(EAX, random.pick([L.OTHER_TSS, L.OTHER_TSS, L.TSS_SELECTOR, selector(draw)])), code(0x0f, 0x00, 0xd8)];
  return [
    A.moveImmediate(EAX, random.pick([L.LDT_SELECTOR, L.LDT_SELECTOR, 0, selector(draw)])), code(0x0f, 0x00, 0xd0),
    A.moveImmediate(EAX, random.pick([0xf, 0x17, 0xc, 0x14])), A.toSegment(FS, EAX), code(0x64, 0x8b, ...A.operand(EDX, at(random.below(0x4000)))),
  ];
};

/** LAR, LSL, VERR, VERW of any selector. */
export const inspect: StepMaker = draw => [
  A.moveImmediate(EAX, selector(draw)), code(0x0f, draw.random.pick([2, 3]), 0xc0 | (EDX << 3) | EAX), code(0x0f, 0x00, draw.random.pick([0xe0, 0xe8])),
];

export const machineSpecific: StepMaker = ({random}) => {
  const number = A.moveImmediate(ECX, random.oneIn(4) ? random.value() : 0x10);
  return random.oneIn(2) ? [number, code(0x0f, 0x32)] : [number, A.moveImmediate(EAX, random.word()), A.moveImmediate(EDX, random.below(16)), code(0x0f, 0x30), code(0x0f, 0x31)];
};

export const identify: StepMaker = ({random}) => [A.moveImmediate(EAX, random.oneIn(4) ? random.value() : random.below(4)), code(0x0f, 0xa2), code(0x0f, random.pick([0x31, 0x31, 0x33]))];

/** WBINVD, INVD, INVLPG. */
export const caches: StepMaker = draw => [draw.random.pick([code(0x0f, 0x09), code(0x0f, 0x08), code(0x0f, 0x01, ...A.operand(7, at(pointer(draw))))])];

/** HLT, with a timer that ends it. */
export const halt: StepMaker = ({random}) => [
  code(0xb0, 0xee), A.out(0x21), code(0xb0, 0x34), A.out(0x43), code(0xb0, random.between(4, 60)), A.out(0x40), code(0xb0, 0), A.out(0x40),
  ...(random.oneIn(40) ? [] : [A.STI]), A.HLT,
];

/** POPF with any flags, and what PUSHF then shows. */
export const flags: StepMaker = draw => [A.pushImmediate(flagsImage(draw)), draw.random.oneIn(6) ? code(0x66, 0x9d) : A.POPF, A.PUSHF, A.pop(EAX), ...(draw.random.oneIn(6) ? [code(0x5b)] : [])];

/** CLI, STI and the shadows behind STI, MOV SS and POP SS. */
export const interruptFlag: StepMaker = ({random, kernel}) => {
  const stack = kernel ? L.KERNEL_DS : L.USER_DS;
  switch (random.below(5)) {
    case 0: return [A.CLI, A.NOP, A.STI, A.NOP];
    case 1: return [A.STI, A.CLI, A.PUSHF, A.pop(EAX)];
    case 2: return [A.STI, A.moveImmediate(EAX, stack), A.toSegment(2, EAX), A.NOP];
    case 3: return [A.STI, code(0x6a, stack), code(0x17), A.PUSHF, A.pop(EDX)];
    default: return [A.CLI, A.STI, A.STI, code(0x40 | EAX), code(0x40 | EDX)];
  }
};

/** Writes a descriptor and loads a segment register with it. */
export const writeDescriptor: StepMaker = ({random}) => {
  const index = random.between(L.SPARE_DESCRIPTOR, L.DESCRIPTORS - 1);
  const place = L.GDT + 8 * index;
  const access = random.pick([0x92, 0xf2, 0xf2, 0xf6, 0xfa, 0x72, 0xf0, 0xb2]);
  const low = (random.word() & 0xffff) | (random.oneIn(2) ? 0 : L.DATA << 16);
  const high = (random.oneIn(2) ? 0 : (L.DATA >>> 16) & 0xff) | (access << 8) | (random.pick([0x4, 0xc, 0x0]) << 20) | (random.below(2) << 16);
  return [
    A.storeImmediate(at(place), low), A.storeImmediate(at(place + 4), high), code(0x6a, 0, 0x58), code(0x66, 0xb8, ...A.little(index * 8 | random.pick([0, 3]), 2)), A.toSegment(FS, EAX),
  ];
};

/** Uses whatever FS, GS and ES hold. */
export const throughSegment: StepMaker = ({random}) => [
  code(random.pick([0x64, 0x65, 0x26]), random.pick([0x8b, 0x89, 0x03]), ...A.operand(random.pick(ANY_REGISTER), at(random.pick([0, 4, 0xffc, 0xffe, 0x1000, L.DATA, L.DATA + 0xffe, L.DATA + 0x1004, 0xfffffff0 | 0])))),
];

/** Loads a data segment register: by MOV, POP or a far pointer; DS only for an access. */
export const loadSegment: StepMaker = draw => {
  const {random, kernel} = draw;
  const chosen = selector(draw);
  if (random.oneIn(4)) {
    return [A.moveImmediate(EBX, chosen), A.toSegment(DS, EBX), A.load(EAX, at(pointer(draw))), A.moveImmediate(EBX, kernel ? L.KERNEL_DS : L.USER_DS), A.toSegment(DS, EBX)];
  }
  const segment = random.pick([0, 4, 5]);
  const via = random.below(3);
  const loads = via === 0 ? [A.moveImmediate(EAX, chosen), A.toSegment(segment, EAX)]
    : via === 1 ? [A.pushImmediate(chosen), segment === 0 ? code(0x07) : code(0x0f, segment === 4 ? 0xa1 : 0xa9)]
      : [A.pushImmediate(chosen), A.pushImmediate(random.word()), segment === 0 ? code(0xc4, 0x0c, 0x24) : code(0x0f, segment === 4 ? 0xb4 : 0xb5, 0x0c, 0x24)];
  return [...loads, code(0x8c, 0xc0 | (segment << 3) | EDX), ...throughSegment(draw)];
};
