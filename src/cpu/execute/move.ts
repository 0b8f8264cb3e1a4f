// MOV, MOVZX, MOVSX, LEA, XCHG, CMOVcc, XLAT, CBW/CWDE, CWD/CDQ. Intel SDM vol. 1, 5.1.1 Data Transfer Instructions.
import {ZERO_REGISTER} from '../../memory/layout.ts';
import {EAX, EBX, EDX} from '../../x86/registers.ts';
import type {Op} from '../block.ts';
import type {Instruction} from '../decode/instruction.ts';
import type {Execute} from '../decode/row.ts';
import {CONDITIONS} from '../flags.ts';
import {read16, read32, read8, write32, write8} from '../port.ts';
import {address, effectiveOffset, isFlat, modifyRm, readOperand, readRm, registerRead, registerRead8, registerWrite, signed, widthOf, writeOperand, writeRm} from './operand.ts';

/** The forms compilers emit most, each a closure of its own. */
function fastMove(instruction: Instruction): Op | null {
  const {row, operandSize, memory, reg, rm, immediate, opcode} = instruction;
  const [to, from] = row.operands;
  if (to === 'Zv' && operandSize === 4) {
    const d = opcode & 7;
    return c => { c.r[d] = immediate; };
  }
  if (memory === null) {
    if (operandSize !== 4) return null;
    if (to === 'Gv') return c => { c.r[reg] = c.r[rm]; };
    if (to === 'Ev' && from === 'Gv') return c => { c.r[rm] = c.r[reg]; };
    return null;
  }
  const flat = isFlat(instruction, memory.segment) && !memory.narrow && memory.index === ZERO_REGISTER;
  const {base, displacement} = memory;
  if (to === 'Gv' && operandSize === 4) {
    if (flat) return c => { c.r[reg] = read32(c, (c.r[base] + displacement) | 0); };
    const linear = address(instruction, 4, false);
    return c => { c.r[reg] = read32(c, linear(c)); };
  }
  if (to === 'Ev' && operandSize === 4) {
    if (from === 'Gv') {
      if (flat) return c => write32(c, (c.r[base] + displacement) | 0, c.r[reg]);
      const linear = address(instruction, 4, true);
      return c => write32(c, linear(c), c.r[reg]);
    }
    const linear = address(instruction, 4, true);
    return c => write32(c, linear(c), immediate);
  }
  if (to === 'Eb' && from === 'Ib') {
    const linear = address(instruction, 1, true);
    return c => write8(c, linear(c), immediate);
  }
  return null;
}

export const mov: Execute = i => {
  const fast = fastMove(i);
  if (fast) return fast;
  const source = readOperand(i, 1);
  const write = writeOperand(i, 0);
  return c => write(c, source(c));
};

/** MOV between the accumulator and an absolute offset (Ob, Ov). */
export const movOffset: Execute = i => {
  const [to, from] = i.row.operands;
  const width = widthOf(i, to === 'AL' || from === 'AL' ? 'AL' : 'eAX');
  if (to.startsWith('O')) {
    const write = writeRm(i, width);
    const read = registerRead(EAX, width);
    return c => write(c, read(c));
  }
  const read = readRm(i, width);
  const write = registerWrite(EAX, width);
  return c => write(c, read(c));
};

export const movzx: Execute = i => {
  const from = widthOf(i, i.row.operands[1]);
  if (i.operandSize === 4 && i.memory !== null) {
    const linear = address(i, from, false);
    const {reg} = i;
    return from === 1 ? c => { c.r[reg] = read8(c, linear(c)); } : c => { c.r[reg] = read16(c, linear(c)); };
  }
  const read = readRm(i, from);
  const write = registerWrite(i.reg, i.operandSize);
  return c => write(c, read(c));
};

export const movsx: Execute = i => {
  const from = widthOf(i, i.row.operands[1]);
  const read = readRm(i, from);
  const write = registerWrite(i.reg, i.operandSize);
  return c => write(c, signed(read(c), from));
};

export const lea: Execute = i => {
  if (i.memory === null) throw new TypeError('LEA of a register is an undefined opcode');
  const offset = effectiveOffset(i.memory);
  const {reg} = i;
  if (i.operandSize === 4) return c => { c.r[reg] = offset(c); };
  const write = registerWrite(reg, 2);
  return c => write(c, offset(c));
};

export const xchg: Execute = i => {
  const width = widthOf(i, i.row.operands[0]);
  if (i.row.operands[1] === 'eAX') {
    const n = i.opcode & 7;
    const [readN, writeN] = [registerRead(n, width), registerWrite(n, width)];
    const [readA, writeA] = [registerRead(EAX, width), registerWrite(EAX, width)];
    return c => { const old = readN(c); writeN(c, readA(c)); writeA(c, old); };
  }
  const read = registerRead(i.reg, width);
  const write = registerWrite(i.reg, width);
  if (i.memory === null) {
    const readM = registerRead(i.rm, width);
    const writeM = registerWrite(i.rm, width);
    return c => { const old = readM(c); writeM(c, read(c)); write(c, old); };
  }
  return modifyRm(i, width, (c, old) => {
    const value = read(c);
    write(c, old);
    return value;
  });
};

/** The source is read, and faults, whether or not the condition holds. */
export const cmov: Execute = i => {
  const condition = CONDITIONS[i.opcode & 15];
  const read = readRm(i, i.operandSize);
  const write = registerWrite(i.reg, i.operandSize);
  return c => {
    const value = read(c);
    if (condition(c)) write(c, value);
  };
};

export const xlat: Execute = i => {
  if (i.memory === null) throw new TypeError('XLAT reads memory');
  const al = registerRead8(EAX);
  const write = registerWrite(EAX, 1);
  const form = {...i, memory: {...i.memory, base: EBX}};
  const indexed = i.memory.narrow ? 0xffff : -1;
  return c => {
    const displaced = address({...form, memory: {...form.memory, base: ZERO_REGISTER, narrow: false, displacement: (c.r[EBX] + al(c)) & indexed}}, 1, false);
    write(c, read8(c, displaced(c)));
  };
};

/** CBW or CWDE. */
export const cbw: Execute = i =>
  i.operandSize === 4
    ? c => { c.r[EAX] = (c.r[EAX] << 16) >> 16; }
    : c => { c.r[EAX] = (c.r[EAX] & ~0xffff) | (((c.r[EAX] << 24) >> 24) & 0xffff); };

/** CWD or CDQ. */
export const cwd: Execute = i =>
  i.operandSize === 4
    ? c => { c.r[EDX] = c.r[EAX] >> 31; }
    : c => { c.r[EDX] = (c.r[EDX] & ~0xffff) | (((c.r[EAX] << 16) >> 31) & 0xffff); };

/** NOP of any form: its memory operand is not accessed. */
export const nop: Execute = () => () => {};
