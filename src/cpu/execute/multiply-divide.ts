// MUL, IMUL, DIV, IDIV. Intel SDM vol. 1, 5.1.2 Binary Arithmetic Instructions.
import {DE} from '../../x86/exceptions.ts';
import {EAX, EDX} from '../../x86/registers.ts';
import {EFLAGS_AF, EFLAGS_CF, EFLAGS_OF} from '../../x86/flags.ts';
import type {Execute} from '../decode/row.ts';
import {raise} from '../fault.ts';
import {resultFlags} from '../flags.ts';
import type {Cpu} from '../state.ts';
import {readOperand, readRm, registerWrite, shiftOf, signed, widthOf, type Width} from './operand.ts';

/** CF and OF tell whether the product fits the lower half; SF, ZF and PF (undefined) follow it, AF is clear. */
function productFlags(c: Cpu, low: number, width: Width, fits: boolean): void {
  const shift = shiftOf(width);
  resultFlags(c, low << shift, shift, fits ? 0 : EFLAGS_CF | EFLAGS_OF);
  c.eflags &= ~EFLAGS_AF;
}

/** Upper 32 bits of a 32 x 32 bit product. */
function high32(a: number, b: number, isSigned: boolean): number {
  const al = a & 0xffff;
  const ah = a >>> 16;
  const bl = b & 0xffff;
  const bh = b >>> 16;
  const middle = ah * bl + ((al * bl) >>> 16);
  const cross = al * bh + (middle % 0x10000);
  const high = (ah * bh + Math.floor(middle / 0x10000) + Math.floor(cross / 0x10000)) | 0;
  return isSigned ? (high - (a < 0 ? b : 0) - (b < 0 ? a : 0)) | 0 : high;
}

function widening(isSigned: boolean): Execute {
  return instruction => {
    const width = widthOf(instruction, instruction.row.operands[0]);
    const source = readRm(instruction, width);
    if (width === 4) {
      return c => {
        const a = c.r[EAX];
        const b = source(c);
        const low = Math.imul(a, b);
        const high = high32(a, b, isSigned);
        c.r[EAX] = low;
        c.r[EDX] = high;
        productFlags(c, low, 4, isSigned ? high === low >> 31 : high === 0);
      };
    }
    const bits = width * 8;
    const mask = width === 2 ? 0xffff : 0xff;
    const low = registerWrite(EAX, 2);
    const high = registerWrite(EDX, 2);
    return c => {
      const a = isSigned ? signed(c.r[EAX], width) : c.r[EAX] & mask;
      const b = isSigned ? signed(source(c), width) : source(c);
      const product = Math.imul(a, b);
      low(c, width === 2 ? product & 0xffff : product & 0xffff);
      if (width === 2) high(c, product >>> 16);
      productFlags(c, product & mask, width, isSigned ? product === signed(product, width) : product >>> bits === 0);
    };
  };
}
export const mul = widening(false);
export const imul1 = widening(true);

/** IMUL with two or three operands: the truncated product. */
export const imul: Execute = i => {
  const width = widthOf(i, 'Gv');
  const write = registerWrite(i.reg, width);
  const first = i.row.operands.length === 3 ? readOperand(i, 1) : readOperand(i, 0);
  const second = i.row.operands.length === 3 ? readOperand(i, 2) : readOperand(i, 1);
  if (width === 4) {
    return c => {
      const b = second(c);
      const a = first(c);
      const low = Math.imul(a, b);
      write(c, low);
      productFlags(c, low, 4, high32(a, b, true) === low >> 31);
    };
  }
  return c => {
    const b = signed(second(c), 2);
    const product = Math.imul(signed(first(c), 2), b);
    write(c, product & 0xffff);
    productFlags(c, product & 0xffff, 2, product === signed(product, 2));
  };
};

/** Quotient and remainder of a 64-bit dividend by a 32-bit divisor; null when the quotient does not fit. */
function divide64(high: number, low: number, divisor: number, isSigned: boolean): {quotient: number; remainder: number} | null {
  const dividend = isSigned ? (BigInt(high) << 32n) | BigInt(low >>> 0) : (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
  const by = isSigned ? BigInt(divisor) : BigInt(divisor >>> 0);
  const quotient = dividend / by;
  const fits = isSigned ? quotient >= -0x8000_0000n && quotient <= 0x7fff_ffffn : quotient <= 0xffff_ffffn;
  return fits ? {quotient: Number(BigInt.asIntN(32, quotient)), remainder: Number(BigInt.asIntN(32, dividend % by))} : null;
}

function divide32(c: Cpu, divisor: number, isSigned: boolean): void {
  if (divisor === 0) raise(c, DE);
  const low = c.r[EAX];
  const high = c.r[EDX];
  if (!isSigned && high === 0) {
    c.r[EAX] = (low >>> 0) / (divisor >>> 0) | 0;
    c.r[EDX] = (low >>> 0) % (divisor >>> 0) | 0;
    return;
  }
  const result = divide64(high, low, divisor, isSigned) ?? raise(c, DE);
  c.r[EAX] = result.quotient;
  c.r[EDX] = result.remainder;
}

function dividing(isSigned: boolean): Execute {
  return instruction => {
    const width = widthOf(instruction, instruction.row.operands[0]);
    const source = readRm(instruction, width);
    if (width === 4) return c => divide32(c, source(c), isSigned);
    const [low, high] = width === 2 ? [registerWrite(EAX, 2), registerWrite(EDX, 2)] : [registerWrite(EAX, 1), registerWrite(4, 1)];
    const most = width === 2 ? 0xffff : 0xff;
    return c => {
      const raw = width === 2 ? (c.r[EAX] & 0xffff) | (c.r[EDX] << 16) : c.r[EAX] & 0xffff;
      const dividend = isSigned ? (width === 2 ? raw : (raw << 16) >> 16) : raw >>> 0;
      const divisor = isSigned ? signed(source(c), width) : source(c);
      if (divisor === 0) raise(c, DE);
      const quotient = Math.trunc(dividend / divisor);
      const fits = isSigned ? quotient >= -(most + 1) / 2 && quotient <= (most - 1) / 2 : quotient <= most;
      if (!fits) raise(c, DE);
      low(c, quotient & most);
      high(c, dividend % divisor & most);
    };
  };
}
export const div = dividing(false);
export const idiv = dividing(true);
