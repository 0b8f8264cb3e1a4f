// Operands of a decoded instruction as closures: an address, a reader, a writer, a read-modify-write. Built once per
// decode; the forms that dominate real code are specialised further by the instruction groups themselves.
import {ZERO_REGISTER} from '../../memory/layout.ts';
import {CS} from '../../x86/registers.ts';
import type {Instruction, MemoryForm} from '../decode/instruction.ts';
import {modify16, modify32, modify8, put16, put32, put8, read16, read32, read8, write16, write32, write8} from '../port.ts';
import {checkedAddress} from '../segmentation.ts';
import {MODE_FLAT, type Cpu} from '../state.ts';

export type Read = (c: Cpu) => number;
export type Write = (c: Cpu, value: number) => void;
export type Width = 1 | 2 | 4;

/** Width of an operand named by the manual's letters. */
export function widthOf(instruction: Instruction, operand: string): Width {
  if (/^(AL|CL|DL|BL|AH|CH|DH|BH|[EGIMOXYZ]b)$/.test(operand)) return 1;
  if (/^([EGIMS]w|DX)$/.test(operand)) return 2;
  if (/^([EGMRCD]d)$/.test(operand)) return 4;
  return instruction.operandSize;
}

export const registerRead8 = (n: number): Read => (n < 4 ? c => c.r[n] & 0xff : c => (c.r[n - 4] >> 8) & 0xff);
export const registerWrite8 = (n: number): Write =>
  n < 4
    ? (c, value) => { c.r[n] = (c.r[n] & ~0xff) | (value & 0xff); }
    : (c, value) => { c.r[n - 4] = (c.r[n - 4] & ~0xff00) | ((value & 0xff) << 8); };

export function registerRead(n: number, width: Width): Read {
  if (width === 4) return c => c.r[n];
  return width === 2 ? c => c.r[n] & 0xffff : registerRead8(n);
}

export function registerWrite(n: number, width: Width): Write {
  if (width === 4) return (c, value) => { c.r[n] = value; };
  return width === 2 ? (c, value) => { c.r[n] = (c.r[n] & ~0xffff) | (value & 0xffff); } : registerWrite8(n);
}

/** Whether data accesses through a segment need no check in the mode the code was decoded for. CS always does: it is never writable. */
export const isFlat = (instruction: Instruction, segment: number): boolean => segment !== CS && (instruction.mode & MODE_FLAT[segment]) !== 0;

/** The offset within the segment. */
export function effectiveOffset(memory: MemoryForm): Read {
  const {base, index, scale, displacement, narrow} = memory;
  if (narrow) return c => (c.r[base] + c.r[index] + displacement) & 0xffff;
  if (index !== ZERO_REGISTER) return c => (c.r[base] + (c.r[index] << scale) + displacement) | 0;
  return base === ZERO_REGISTER ? () => displacement : c => (c.r[base] + displacement) | 0;
}

/** The linear address of the memory operand, segment checks included. */
export function address(instruction: Instruction, width: number, write: boolean): Read {
  const {memory} = instruction;
  if (memory === null) throw new TypeError('a register operand has no address');
  const offset = effectiveOffset(memory);
  const {segment} = memory;
  if (isFlat(instruction, segment)) return offset;
  return c => checkedAddress(c, segment, offset(c), width, write);
}

const READ = {1: read8, 2: read16, 4: read32} as const;
const WRITE = {1: write8, 2: write16, 4: write32} as const;
const MODIFY = {1: modify8, 2: modify16, 4: modify32} as const;
const PUT = {1: put8, 2: put16, 4: put32} as const;

/** Reads the r/m operand: 8 and 16 bits unsigned, 32 bits signed. */
export function readRm(instruction: Instruction, width: Width): Read {
  if (instruction.memory === null) return registerRead(instruction.rm, width);
  const linear = address(instruction, width, false);
  const read = READ[width];
  return c => read(c, linear(c));
}

export function writeRm(instruction: Instruction, width: Width): Write {
  if (instruction.memory === null) return registerWrite(instruction.rm, width);
  const linear = address(instruction, width, true);
  const write = WRITE[width];
  return (c, value) => write(c, linear(c), value);
}

/** Replaces the r/m operand by a function of itself; every fault of the store comes before `change` runs. */
export function modifyRm(instruction: Instruction, width: Width, change: (c: Cpu, old: number) => number): (c: Cpu) => void {
  if (instruction.memory === null) {
    const read = registerRead(instruction.rm, width);
    const write = registerWrite(instruction.rm, width);
    return c => write(c, change(c, read(c)));
  }
  const linear = address(instruction, width, true);
  const modify = MODIFY[width];
  const put = PUT[width];
  return c => put(c, change(c, modify(c, linear(c))));
}

/** Reads any operand but a memory one given by an implied pointer. */
export function readOperand(instruction: Instruction, at: number): Read {
  const operand = instruction.row.operands[at];
  const width = widthOf(instruction, operand);
  if (/^[EMR]/.test(operand)) return readRm(instruction, width);
  if (operand.startsWith('G')) return registerRead(instruction.reg, width);
  if (operand.startsWith('Z')) return registerRead(instruction.opcode & 7, width);
  if (operand === 'AL' || operand === 'eAX') return registerRead(0, width);
  if (operand === 'CL') return registerRead8(1);
  if (operand === 'DX') return c => c.r[2] & 0xffff;
  if (operand === '1') return () => 1;
  if (operand.startsWith('I')) {
    const value = width === 4 ? instruction.immediate : instruction.immediate & (width === 2 ? 0xffff : 0xff);
    return () => value;
  }
  throw new TypeError(`no reader for operand ${operand} of ${instruction.row.mnemonic}`);
}

/** Replaces operand 0. */
export function modifyOperand(instruction: Instruction, change: (c: Cpu, old: number) => number): (c: Cpu) => void {
  const operand = instruction.row.operands[0];
  const width = widthOf(instruction, operand);
  if (operand.startsWith('E')) return modifyRm(instruction, width, change);
  const register = operand.startsWith('G') ? instruction.reg : operand.startsWith('Z') ? instruction.opcode & 7 : 0;
  const read = registerRead(register, width);
  const write = registerWrite(register, width);
  return c => write(c, change(c, read(c)));
}

/** Writes an operand. */
export function writeOperand(instruction: Instruction, at: number): Write {
  const operand = instruction.row.operands[at];
  const width = widthOf(instruction, operand);
  if (/^[EMR]/.test(operand)) return writeRm(instruction, width);
  if (operand.startsWith('G')) return registerWrite(instruction.reg, width);
  if (operand.startsWith('Z')) return registerWrite(instruction.opcode & 7, width);
  return registerWrite(0, width);
}

/** Sign-extends a value of a width. */
export const signed = (value: number, width: Width): number => (width === 4 ? value | 0 : width === 2 ? (value << 16) >> 16 : (value << 24) >> 24);

/** Bits by which flags.ts wants a value of this width shifted up. */
export const shiftOf = (width: Width): number => (width === 4 ? 0 : width === 2 ? 16 : 24);
