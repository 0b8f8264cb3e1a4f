// Quick forms: the instructions that dominate real code, as words that one loop interprets, so that they cost no call. The
// operation in execute/ stays the definition of every instruction; quick.test.ts holds each form against it.
// Only 32-bit operands, flat segments and 32-bit addressing have quick forms. Which loop runs them: quick-loop.ts.
import {ZERO_REGISTER} from '../memory/layout.ts';
import {CS, ESP, SS} from '../x86/registers.ts';
import type {Instruction} from './decode/instruction.ts';
import {MODE_FLAT} from './state.ts';

/** Where the source operand comes from. `ADDRESS` is the linear address itself: LEA, and where a store goes. */
export const REGISTER = 0, IMMEDIATE = 1, MEMORY = 2, BYTE_IN_MEMORY = 3, ADDRESS = 4;

/** What is done. The loop's cases are these numbers. A silent kind leaves the flags alone, since nothing will see them. */
export const KINDS = {
  call: 0, move: 1, add: 2, sub: 3, cmp: 4, and: 5, or: 6, xor: 7, test: 8, inc: 9, dec: 10, shl: 11, shr: 12, sar: 13, store: 14, cmpMemory: 15,
  storeByte: 16, cmpByte: 17, not: 18, push: 19, pop: 20, jump: 21, callNear: 22, ret: 23,
  addSilent: 24, subSilent: 25, andSilent: 26, orSilent: 27, xorSilent: 28, rolSilent: 29, shlSilent: 30, shrSilent: 31, sarSilent: 32,
  jz: 33, jnz: 34, js: 35, jns: 36, jb: 37, jnb: 38, jbe: 39, jnbe: 40, jl: 41, jnl: 42, jle: 43, jnle: 44, testByte: 45, moveByte: 46, loadByte: 47,
  callTo: 48, jumpTo: 49, addMemory: 50, subMemory: 51, andMemory: 52, orMemory: 53, incMemory: 54, decMemory: 55, cmpBranch: 56, testBranch: 57, cld: 58,
} as const;
type Kind = keyof typeof KINDS;

export interface QuickForm {
  readonly kind: Kind;
  readonly source: number;
  readonly d: number;
  readonly x: number;
  readonly place: Place;
}

/** A form as the loop wants it: flat and made of small integers. */
export interface Step {
  readonly kind: number;
  readonly source: number;
  /** Destination register. */
  readonly d: number;
  /** Source register or immediate. */
  readonly x: number;
  readonly base: number;
  readonly index: number;
  readonly scale: number;
  readonly displacement: number;
}

/** base + index << scale + displacement. */
interface Place {
  readonly base: number;
  readonly index: number;
  readonly scale: number;
  readonly displacement: number;
}
const NOWHERE: Place = {base: ZERO_REGISTER, index: ZERO_REGISTER, scale: 0, displacement: 0};

const form = (kind: Kind, source: number, d: number, x: number, place: Place = NOWHERE): QuickForm => ({kind, source, d, x, place});

const ALU: Readonly<Record<string, Kind>> = {MOV: 'move', ADD: 'add', SUB: 'sub', CMP: 'cmp', AND: 'and', OR: 'or', XOR: 'xor', TEST: 'test'};
const MODIFIES: Readonly<Record<string, Kind>> = {ADD: 'addMemory', SUB: 'subMemory', AND: 'andMemory', OR: 'orMemory'};
const SHIFTS: Readonly<Record<string, Kind>> = {SHL: 'shl', SHR: 'shr', SAR: 'sar'};
/** Conditions by encoding; null where no quick kind exists. */
const CONDITIONAL: ReadonlyArray<Kind | null> = [null, null, 'jb', 'jnb', 'jz', 'jnz', 'jbe', 'jnbe', 'js', 'jns', null, null, 'jl', 'jnl', 'jle', 'jnle'];

/** The quick form of an instruction, or null. */
export function quickForm(i: Instruction): QuickForm | null {
  if (i.lock || i.repeat !== 0) return null;
  const place = placeOf(i);
  if (i.memory !== null && place === null && i.row.mnemonic !== 'LEA') return null;
  return byteForm(i, place ?? NOWHERE) ?? (i.operandSize === 4 ? wideForm(i, place ?? NOWHERE) ?? stackForm(i, place ?? NOWHERE) ?? jumpForm(i) : null);
}

/** The address form when its segment needs no check. */
function placeOf({memory, mode}: Instruction): Place | null {
  if (memory === null || memory.narrow || memory.segment === CS || (mode & MODE_FLAT[memory.segment]) === 0) return null;
  return memory;
}

function byteForm(i: Instruction, place: Place): QuickForm | null {
  const {row, memory, reg, rm, immediate} = i;
  const [to, from] = row.operands;
  if (row.mnemonic === 'MOVZX' && i.operandSize === 4 && from === 'Eb' && memory !== null) return form('move', BYTE_IN_MEMORY, reg, 0, place);
  if (row.mnemonic === 'MOVZX' && i.operandSize === 4 && from === 'Eb') return form('moveByte', REGISTER, reg, rm & 3, {...NOWHERE, scale: rm < 4 ? 0 : 8});
  if (row.mnemonic === 'MOV' && to === 'Gb' && memory !== null && reg < 4) return form('loadByte', BYTE_IN_MEMORY, reg, 0, place);
  if (row.mnemonic === 'TEST' && to === 'AL') return form('testByte', IMMEDIATE, 0, immediate);
  if (to !== 'Eb') return null;
  if (memory === null) return row.mnemonic === 'TEST' && rm < 4 ? testByte(i) : null;
  if (row.mnemonic === 'MOV' && from === 'Ib') return form('storeByte', ADDRESS, ZERO_REGISTER, immediate, place);
  if (row.mnemonic === 'MOV' && from === 'Gb' && reg < 4) return form('storeByte', ADDRESS, reg, 0, place);
  if (row.mnemonic === 'CMP' && from === 'Ib') return form('cmpByte', BYTE_IN_MEMORY, 0, immediate, place);
  return null;
}

function testByte({row, reg, rm, immediate}: Instruction): QuickForm | null {
  if (row.operands[1] === 'Ib') return form('testByte', IMMEDIATE, rm, immediate);
  return reg < 4 ? form('testByte', REGISTER, rm, reg) : null;
}

function wideForm(i: Instruction, place: Place): QuickForm | null {
  const {row, memory, reg, rm, immediate, opcode} = i;
  const [to] = row.operands;
  if (row.mnemonic === 'LEA') return i.memory?.narrow === false ? form('move', ADDRESS, reg, 0, i.memory) : null;
  if (row.mnemonic === 'INC' || row.mnemonic === 'DEC') {
    if (memory !== null && to === 'Ev') return form(row.mnemonic === 'INC' ? 'incMemory' : 'decMemory', ADDRESS, ZERO_REGISTER, 1, place);
    return memory === null && to !== 'Eb' ? form(row.mnemonic === 'INC' ? 'inc' : 'dec', IMMEDIATE, to === 'Zv' ? opcode & 7 : rm, 1) : null;
  }
  if (row.mnemonic === 'CLD') return form('cld', IMMEDIATE, 0, 0);
  if (row.mnemonic === 'NOT') return memory === null && to === 'Ev' ? form('not', REGISTER, rm, rm) : null;
  return shiftForm(i) ?? (to === 'Zv' && row.mnemonic === 'MOV' ? form('move', IMMEDIATE, opcode & 7, immediate) : null) ?? aluForm(i, place);
}

function aluForm({row, memory, reg, rm, immediate}: Instruction, place: Place): QuickForm | null {
  const kind = ALU[row.mnemonic];
  const [to, from] = row.operands;
  if (kind === undefined) return null;
  if (to === 'Gv' && from === 'Ev') return memory ? form(kind, MEMORY, reg, 0, place) : form(kind, REGISTER, reg, rm);
  if (to === 'eAX' && from === 'Iz') return form(kind, IMMEDIATE, 0, immediate);
  if (from === 'Ov') return form(kind, MEMORY, 0, 0, place);
  if (to === 'Ov') return form('store', ADDRESS, 0, 0, place);
  if (to !== 'Ev' || (from !== 'Gv' && from !== 'Iz' && from !== 'Ibs')) return null;
  if (memory === null) return from === 'Gv' ? form(kind, REGISTER, rm, reg) : form(kind, IMMEDIATE, rm, immediate);
  const [d, x] = from === 'Gv' ? [reg, 0] : [ZERO_REGISTER, immediate];
  if (kind === 'move') return form('store', ADDRESS, d, x, place);
  if (kind === 'cmp') return form('cmpMemory', MEMORY, d, x, place);
  if (kind === 'test') return from === 'Gv' ? form('test', MEMORY, reg, 0, place) : null;
  const inMemory = MODIFIES[row.mnemonic];
  return inMemory === undefined ? null : form(inMemory, ADDRESS, d, x, place);
}

function shiftForm({row, memory, rm, immediate}: Instruction): QuickForm | null {
  const [to, by] = row.operands;
  const count = by === '1' ? 1 : immediate & 31;
  if (memory !== null || to !== 'Ev' || (by !== '1' && by !== 'Ib') || count === 0) return null;
  if (row.mnemonic === 'ROL') return form('rolSilent', IMMEDIATE, rm, count);
  if (row.mnemonic === 'ROR') return form('rolSilent', IMMEDIATE, rm, 32 - count);
  const kind = SHIFTS[row.mnemonic];
  return kind === undefined ? null : form(kind, IMMEDIATE, rm, count);
}

function stackForm({row, memory, mode, opcode, immediate, rm, next}: Instruction, place: Place): QuickForm | null {
  if ((mode & MODE_FLAT[SS]) === 0) return null;
  const [operand] = row.operands;
  if (row.mnemonic === 'PUSH') {
    if (operand === 'Zv') return form('push', REGISTER, ESP, opcode & 7);
    if (operand === 'Iz' || operand === 'Ibs') return form('push', IMMEDIATE, ESP, immediate);
    return operand === 'Ev' ? form('push', memory ? MEMORY : REGISTER, ESP, rm, place) : null;
  }
  const top: Place = {...NOWHERE, base: ESP};
  if (row.mnemonic === 'POP' && operand === 'Zv') return form('pop', MEMORY, opcode & 7, 0, top);
  if ((mode & MODE_FLAT[CS]) === 0) return null;
  if (row.mnemonic === 'RET') return form('ret', MEMORY, 0, 4 + (operand === 'Iw' ? immediate & 0xffff : 0), top);
  if (operand === 'Ev' && row.mnemonic === 'JMP') return form('jumpTo', memory ? MEMORY : REGISTER, 0, rm, place);
  if (operand === 'Ev' && row.mnemonic === 'CALL') return form('callTo', memory ? MEMORY : REGISTER, next, rm, place);
  return row.mnemonic === 'CALL' && operand === 'Jz' ? form('callNear', IMMEDIATE, (next + immediate) | 0, next) : null;
}

function jumpForm({row, mode, opcode, immediate, next}: Instruction): QuickForm | null {
  if ((mode & MODE_FLAT[CS]) === 0) return null;
  const target = (next + immediate) | 0;
  if (row.mnemonic === 'JMP' && /^J[bz]$/.test(row.operands[0])) return form('jump', IMMEDIATE, 0, target);
  const kind = row.mnemonic === 'J' ? CONDITIONAL[opcode & 15] : null;
  return kind === null ? null : form(kind, IMMEDIATE, 0, target);
}

/** Kinds that replace all arithmetic flags, and those that also look at them. */
const OVERWRITES = new Set<Kind>(['add', 'sub', 'cmp', 'and', 'or', 'xor', 'test', 'shl', 'shr', 'sar', 'testByte']);
const UPDATES = new Set<Kind>(['inc', 'dec', 'rolSilent']);
const IGNORES = new Set<Kind>(['move', 'moveByte', 'not', 'cld']);
const SILENT: Readonly<Partial<Record<Kind, Kind>>> = {
  add: 'addSilent', sub: 'subSilent', and: 'andSilent', or: 'orSilent', xor: 'xorSilent', inc: 'addSilent', dec: 'subSilent',
  shl: 'shlSilent', shr: 'shrSilent', sar: 'sarSilent', rolSilent: 'rolSilent',
};
/** Compares in words: branches behind these compare the recorded operands directly. */
const COMPARES = new Set<Kind>(['cmp', 'sub', 'cmpByte', 'cmpMemory', 'subMemory']);
const OTHERS_IN_MEMORY = new Set<Kind>(['addMemory', 'andMemory', 'orMemory', 'incMemory', 'decMemory']);
const BY_OPERANDS = new Set<Kind>(['jb', 'jnb', 'jbe', 'jnbe', 'jl', 'jnl', 'jle', 'jnle']);

/** Cannot fault, leave the block or be interrupted: whatever stands behind it in the block will run. */
const isPure = ({kind, source}: QuickForm): boolean =>
  (OVERWRITES.has(kind) || UPDATES.has(kind) || IGNORES.has(kind)) && source !== MEMORY && source !== BYTE_IN_MEMORY;

/**
 * The steps of a block. Flags that the block itself replaces before anything can see them are not worked out: nothing
 * can, when all instructions up to the replacement are pure.
 */
export function stepsOf(forms: ReadonlyArray<QuickForm | null>): readonly Step[] {
  const dead = deadFlags(forms);
  let compared = false;
  return forms.map((each, at) => {
    const {source, d, x, place} = each ?? NO_FORM;
    const kind = each === null ? 'call' : withBranch(chosenKind(each, dead[at], compared), each, forms[at + 1]);
    compared = stillCompared(each, compared);
    return {
      kind: KINDS[kind], source: kind === 'call' ? IMMEDIATE : source, d, x,
      base: place.base, index: place.index, scale: place.scale, displacement: place.displacement,
    };
  });
}
/** CMP and TEST of registers are done together with a branch right behind them. */
function withBranch(kind: Kind, each: QuickForm, next: QuickForm | null | undefined): Kind {
  if (!next || !isPure(each)) return kind;
  if (kind === 'cmp') return BY_OPERANDS.has(next.kind) || next.kind === 'jz' || next.kind === 'jnz' ? 'cmpBranch' : kind;
  return kind === 'test' && (next.kind === 'jz' || next.kind === 'jnz') ? 'testBranch' : kind;
}

const NO_FORM = form('call', IMMEDIATE, 0, 0);

/** Whether the flags behind an instruction are those of a comparison recorded in this block. */
function stillCompared(each: QuickForm | null, before: boolean): boolean {
  if (each === null) return false;
  if (COMPARES.has(each.kind)) return true;
  return before && !OVERWRITES.has(each.kind) && !UPDATES.has(each.kind) && !OTHERS_IN_MEMORY.has(each.kind);
}

function chosenKind({kind}: QuickForm, dead: boolean, compared: boolean): Kind {
  if (kind === 'rolSilent' && !dead) return 'call';
  if (BY_OPERANDS.has(kind) && !compared) return 'call';
  return dead ? SILENT[kind] ?? kind : kind;
}

/** For each instruction, whether the flags it leaves are replaced before anything can look at them. */
function deadFlags(forms: ReadonlyArray<QuickForm | null>): boolean[] {
  let dead = false;
  return forms.toReversed().map(each => {
    if (each === null || !isPure(each)) {
      dead = false;
      return false;
    }
    const before = dead;
    if (OVERWRITES.has(each.kind)) dead = true;
    else if (UPDATES.has(each.kind)) dead = before;
    else if (!IGNORES.has(each.kind)) dead = false;
    return before;
  }).toReversed();
}
