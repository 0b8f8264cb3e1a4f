// SHL, SHR, SAR, ROL, ROR, RCL, RCR, SHLD, SHRD. Intel SDM vol. 1, 5.1.5 Shift and Rotate Instructions.
// A count of zero leaves every flag alone; the memory operand is then still read and written.
import {EFLAGS_CF, EFLAGS_OF} from '../../x86/flags.ts';
import type {Instruction} from '../decode/instruction.ts';
import type {Execute} from '../decode/row.ts';
import {carry, materialize, resultFlags} from '../flags.ts';
import type {Cpu} from '../state.ts';
import {modifyOperand, modifyRm, readOperand, registerRead, registerRead8, shiftOf, signed, widthOf, type Read, type Width} from './operand.ts';

const flag = (condition: boolean, bit: number): number => (condition ? bit : 0);
const maskOf = (width: Width): number => (width === 4 ? -1 : width === 2 ? 0xffff : 0xff);

/** A shift of `value` (unsigned in its width) by 1 to 31. */
type Shift = (c: Cpu, value: number, count: number, width: Width) => number;

function finish(c: Cpu, result: number, width: Width, bits: number): number {
  const shift = shiftOf(width);
  resultFlags(c, result << shift, shift, bits);
  return result;
}

const shl: Shift = (c, value, count, width) => {
  const bits = width * 8;
  const out = count <= bits && ((value >>> (bits - count)) & 1) !== 0;
  const result = count < 32 ? (value << count) & maskOf(width) : 0;
  const top = (result >>> (bits - 1)) & 1;
  return finish(c, result, width, flag(out, EFLAGS_CF) | flag((top !== 0) !== out, EFLAGS_OF));
};

const shr: Shift = (c, value, count, width) => {
  const unsigned = value & maskOf(width);
  const out = ((unsigned >>> (count - 1)) & 1) !== 0;
  const result = width === 4 ? (unsigned >>> count) | 0 : unsigned >>> count;
  return finish(c, result, width, flag(out, EFLAGS_CF) | flag(((unsigned >>> (width * 8 - 1)) & 1) !== 0, EFLAGS_OF));
};

const sar: Shift = (c, value, count, width) => {
  const number = signed(value, width);
  const out = ((number >> Math.min(count - 1, 31)) & 1) !== 0;
  return finish(c, (number >> count) & maskOf(width), width, flag(out, EFLAGS_CF));
};

/** CF and OF only; the other flags keep their values. */
function rotateFlags(c: Cpu, result: number, out: boolean, overflow: boolean): number {
  c.eflags = (materialize(c) & ~(EFLAGS_CF | EFLAGS_OF)) | flag(out, EFLAGS_CF) | flag(overflow, EFLAGS_OF);
  return result;
}

const rol: Shift = (c, value, count, width) => {
  const bits = width * 8;
  const by = count % bits;
  const unsigned = value & maskOf(width);
  const result = by === 0 ? unsigned : ((unsigned << by) | (unsigned >>> (bits - by))) & maskOf(width);
  const out = (result & 1) !== 0;
  return rotateFlags(c, result, out, (((result >>> (bits - 1)) & 1) !== 0) !== out);
};

const ror: Shift = (c, value, count, width) => {
  const bits = width * 8;
  const by = count % bits;
  const unsigned = value & maskOf(width);
  const result = by === 0 ? unsigned : ((unsigned >>> by) | (unsigned << (bits - by))) & maskOf(width);
  const top = ((result >>> (bits - 1)) & 1) !== 0;
  return rotateFlags(c, result, top, top !== (((result >>> (bits - 2)) & 1) !== 0));
};

const rcl: Shift = (c, value, count, width) => {
  const bits = width * 8;
  let going = carry(c) ? 1 : 0;
  let result = value & maskOf(width);
  for (let left = count % (bits + 1); left > 0; left--) {
    const out = (result >>> (bits - 1)) & 1;
    result = ((result << 1) | going) & maskOf(width);
    going = out;
  }
  return rotateFlags(c, result, going !== 0, ((result >>> (bits - 1)) & 1) !== going);
};

const rcr: Shift = (c, value, count, width) => {
  const bits = width * 8;
  let going = carry(c) ? 1 : 0;
  let result = value & maskOf(width);
  for (let left = count % (bits + 1); left > 0; left--) {
    const out = result & 1;
    result = (result >>> 1) | (going << (bits - 1));
    going = out;
  }
  return rotateFlags(c, result, going !== 0, ((result >>> (bits - 1)) & 1) !== ((result >>> (bits - 2)) & 1));
};

/** Shifts by a constant of a 32-bit register, the common case, without the general path's width handling. */
function constantShift(instruction: Instruction, shift: Shift, count: number): ((c: Cpu) => void) | null {
  if (instruction.memory !== null || instruction.row.operands[0] !== 'Ev' || instruction.operandSize !== 4 || count === 0) return null;
  const {rm} = instruction;
  return c => { c.r[rm] = shift(c, c.r[rm], count, 4); };
}

function shifting(shift: Shift): Execute {
  return instruction => {
    const [to, by] = instruction.row.operands;
    const width = widthOf(instruction, to);
    if (by === 'CL') {
      const count = registerRead8(1);
      return modifyOperand(instruction, (c, old) => {
        const n = count(c) & 31;
        return n === 0 ? old : shift(c, old, n, width);
      });
    }
    const n = by === '1' ? 1 : instruction.immediate & 31;
    return constantShift(instruction, shift, n) ?? modifyOperand(instruction, (c, old) => (n === 0 ? old : shift(c, old, n, width)));
  };
}
export const SHL = shifting(shl);
export const SHR = shifting(shr);
export const SAR = shifting(sar);
export const ROL = shifting(rol);
export const ROR = shifting(ror);
export const RCL = shifting(rcl);
export const RCR = shifting(rcr);

/** SHLD and SHRD. With 16-bit operands a count above 16 leaves the result undefined; processors then rotate through both. */
function doubleShift(left: boolean): Execute {
  return instruction => {
    const width = widthOf(instruction, 'Ev');
    const filler = registerRead(instruction.reg, width);
    const count: Read = instruction.row.operands[2] === 'CL' ? registerRead8(1) : readOperand(instruction, 2);
    return modifyRm(instruction, width, (c, old) => {
      const n = count(c) & 31;
      return n === 0 ? old : (width === 4 ? shiftDouble32 : shiftDouble16)(c, old, filler(c), left ? n : -n);
    });
  };
}
export const SHLD = doubleShift(true);
export const SHRD = doubleShift(false);

/** `by` above zero shifts left. */
function shiftDouble32(c: Cpu, old: number, filler: number, by: number): number {
  const n = Math.abs(by);
  const result = by > 0 ? (old << n) | (filler >>> (32 - n)) : (old >>> n) | (filler << (32 - n));
  const out = by > 0 ? (old >>> (32 - n)) & 1 : (old >>> (n - 1)) & 1;
  return finish(c, result | 0, 4, flag(out !== 0, EFLAGS_CF) | flag((result ^ old) < 0, EFLAGS_OF));
}

function shiftDouble16(c: Cpu, old: number, filler: number, by: number): number {
  const n = Math.abs(by);
  const value = old & 0xffff;
  const fill = filler & 0xffff;
  const wide = by > 0 ? (value * 2 ** 16 + fill) * 2 ** 16 + value : (value * 2 ** 16 + fill) * 2 ** 16 + value;
  const result = by > 0 ? Math.floor((wide * 2 ** n) / 2 ** 32) % 2 ** 16 : Math.floor((((fill * 2 ** 16 + value) + value * 2 ** 32)) / 2 ** n) % 2 ** 16;
  const out = by > 0
    ? n <= 16 ? (value >>> (16 - n)) & 1 : (fill >>> (32 - n)) & 1
    : n <= 16 ? (value >>> (n - 1)) & 1 : (fill >>> (n - 17)) & 1;
  return finish(c, result, 2, flag(out !== 0, EFLAGS_CF) | flag(((result ^ value) & 0x8000) !== 0, EFLAGS_OF));
}
