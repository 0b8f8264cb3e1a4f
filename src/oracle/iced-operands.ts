// Operand by operand: whether iced-x86 read the same register, memory form or immediate as our decoder. Letters are the
// manual's, SDM vol. 2D, A.2.1 Codes for Addressing Method.
import {OpKind, Register, MemorySizeExt, type Instruction as Iced} from 'iced-x86';
import type {Instruction} from '../cpu/decode/instruction.ts';
import {ZERO_REGISTER} from '../memory/layout.ts';

/** iced's enumerations as the plain numbers they are here: register numbers are added to them. */
const plain = (value: number): number => value;
const registerAt = (theirs: Iced, at: number): number => theirs.opRegister(at);
const NAMES = ['Register', 'NearBranch16', 'NearBranch32', 'Immediate8', 'Immediate8_2nd', 'Immediate16', 'Immediate32', 'Immediate8to16', 'Immediate8to32', 'Memory',
  'MemorySegESI', 'MemorySegSI', 'MemoryESEDI', 'MemoryESDI'] as const;
const KIND = Object.fromEntries(NAMES.map(name => [name, OpKind[name]])) as Record<(typeof NAMES)[number], number>;

const FIRST_OF_WIDTH: Readonly<Record<number, number>> = {1: Register.AL, 2: Register.AX, 4: Register.EAX};
const register = (n: number, width: number): number => FIRST_OF_WIDTH[width] + n;

const FIXED: Readonly<Record<string, number>> = {
  AL: Register.AL, CL: Register.CL, DX: Register.DX, ES: Register.ES, CS: Register.CS, SS: Register.SS, DS: Register.DS, FS: Register.FS, GS: Register.GS,
};

/** A difference in words, or null. */
export function operandDifference(ours: Instruction, theirs: Iced, at: number): string | null {
  const letters = ours.row.operands[at];
  const same = check(letters, ours, theirs, at);
  return same ? null : `operand ${at} (${letters})`;
}

function check(letters: string, ours: Instruction, theirs: Iced, at: number): boolean {
  const kind = plain(theirs.opKind(at));
  const {operandSize, opcode} = ours;
  if (letters in FIXED) return kind === KIND.Register && registerAt(theirs, at) === FIXED[letters];
  switch (letters[0]) {
    case 'E': case 'M': case 'R': return ours.memory === null ? sameRegister(theirs, at, ours.rm, widths(letters, operandSize)) : sameMemory(letters, ours, theirs, kind);
    case 'G': return sameRegister(theirs, at, ours.reg, widths(letters, operandSize));
    case 'Z': return sameRegister(theirs, at, opcode & 7, widths(letters, operandSize));
    case 'e': return registerAt(theirs, at) === register(0, operandSize);
    case 'S': return registerAt(theirs, at) === Register.ES + ours.reg;
    case 'C': return registerAt(theirs, at) === Register.CR0 + ours.reg;
    case 'D': return registerAt(theirs, at) === Register.DR0 + ours.reg;
    case '1': return kind === KIND.Immediate8 && theirs.immediate8 === 1;
    case 'I': return sameImmediate(theirs, kind, at === 0 || !ours.row.operands[at - 1].startsWith('I') ? ours.immediate : ours.immediate2);
    case 'J': return sameTarget(ours, theirs, kind);
    case 'A': return theirs.farBranchSelector === (ours.immediate2 & 0xffff) && sameBits(operandSize === 4 ? theirs.farBranch32 : theirs.farBranch16, ours.immediate);
    case 'O': return sameMemory(letters, ours, theirs, kind);
    case 'X': return kind === (ours.addressSize === 4 ? KIND.MemorySegESI : KIND.MemorySegSI) && plain(theirs.memorySegment) === Register.ES + (ours.override >= 0 ? ours.override : 3);
    case 'Y': return kind === (ours.addressSize === 4 ? KIND.MemoryESEDI : KIND.MemoryESDI);
    default: return false;
  }
}

/** Where the manual says Ew of a register, iced follows the operand size: the upper half is ignored either way. */
function widths(letters: string, operandSize: number): readonly number[] {
  switch (letters.slice(1)) {
    case 'b': return [1];
    case 'w': return [2, operandSize];
    case 'd': return [4];
    default: return [operandSize];
  }
}
const sameRegister = (theirs: Iced, at: number, n: number, allowed: readonly number[]): boolean =>
  plain(theirs.opKind(at)) === KIND.Register && allowed.some(width => registerAt(theirs, at) === register(n, width));

const sameBits = (theirs: number, ours: number): boolean => ((theirs ^ ours) & 0xffff) === 0 && (theirs >>> 16 === 0 || ((theirs ^ ours) | 0) === 0);

function sameImmediate(theirs: Iced, kind: number, ours: number): boolean {
  switch (kind) {
    case KIND.Immediate8: return theirs.immediate8 === (ours & 0xff);
    case KIND.Immediate8_2nd: return theirs.immediate8_2nd === (ours & 0xff);
    case KIND.Immediate16: return theirs.immediate16 === (ours & 0xffff);
    case KIND.Immediate32: return (theirs.immediate32 | 0) === ours;
    case KIND.Immediate8to16: return ((theirs.immediate8to16 << 16) >> 16) === ours;
    case KIND.Immediate8to32: return (theirs.immediate8to32 | 0) === ours;
    default: return false;
  }
}

function sameTarget(ours: Instruction, theirs: Iced, kind: number): boolean {
  const target = ours.next + ours.immediate;
  return ours.operandSize === 4
    ? kind === KIND.NearBranch32 && (theirs.nearBranch32 | 0) === (target | 0)
    : kind === KIND.NearBranch16 && theirs.nearBranch16 === (target & 0xffff);
}

function sameMemory(letters: string, ours: Instruction, theirs: Iced, kind: number): boolean {
  const {memory} = ours;
  if (memory === null || kind !== KIND.Memory) return false;
  const width = memory.narrow ? 2 : 4;
  const named = (n: number): number => (n === ZERO_REGISTER ? Register.None : register(n, width));
  if (plain(theirs.memoryBase) !== named(memory.base) || plain(theirs.memoryIndex) !== named(memory.index)) return false;
  if (memory.index !== ZERO_REGISTER && theirs.memoryIndexScale !== 1 << memory.scale) return false;
  if (plain(theirs.memorySegment) !== Register.ES + memory.segment) return false;
  const displacement = Number(BigInt.asIntN(32, theirs.memoryDisplacement));
  return ((displacement ^ memory.displacement) & (memory.narrow ? 0xffff : -1)) === 0 && sameWidth(letters, ours, theirs);
}

/** These store 16 bits whatever the operand size. */
const STORES_16 = /^(SLDT|STR|SMSW)$/;
const cachedSizes: number[] = [];

function sameWidth(letters: string, {row, operandSize}: Instruction, theirs: Iced): boolean {
  const kind = theirs.memorySize;
  const size = (cachedSizes[kind] ??= MemorySizeExt.size(kind));
  if (size === 0) return true;
  switch (letters.slice(1)) {
    case 'b': return size === 1;
    case 'w': return size === 2;
    case 'd': return size === 4;
    case 'q': return size === 8;
    case 's': return size === 6;
    case 'p': return size === operandSize + 2;
    case 'a': return size === operandSize * 2;
    default: return size === (STORES_16.test(row.mnemonic) || row.operands[1] === 'Sw' ? 2 : operandSize);
  }
}
