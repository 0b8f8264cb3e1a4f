// BT, BTS, BTR, BTC, BSF, BSR, BSWAP, SETcc. Intel SDM vol. 1, 5.1.6 Bit and Byte Instructions.
import {EFLAGS_CF, EFLAGS_ZF} from '../../x86/flags.ts';
import type {Instruction} from '../decode/instruction.ts';
import type {Execute} from '../decode/row.ts';
import {CONDITIONS, materialize} from '../flags.ts';
import {modify16, modify32, put16, put32, read16, read32} from '../port.ts';
import {checkedAddress} from '../segmentation.ts';
import type {Cpu} from '../state.ts';
import {effectiveOffset, isFlat, modifyRm, readOperand, readRm, registerRead, registerWrite, widthOf, writeRm, type Read} from './operand.ts';

type Change = (value: number, bit: number) => number;

function setCarry(c: Cpu, value: number, bit: number): void {
  const flags = materialize(c);
  c.eflags = ((value >>> bit) & 1) !== 0 ? flags | EFLAGS_CF : flags & ~EFLAGS_CF;
}

/** Memory with a register bit offset: the bit string reaches beyond the operand. SDM vol. 2, BT, figure "Memory Bit Indexing". */
function bitString(instruction: Instruction, change: Change | null): (c: Cpu) => void {
  const {memory} = instruction;
  const width = instruction.operandSize;
  const index = registerRead(instruction.reg, width);
  if (memory === null) throw new TypeError('a bit string lies in memory');
  const offset = effectiveOffset(memory);
  const flat = isFlat(instruction, memory.segment);
  const place: Read = c => {
    const bit = width === 4 ? index(c) : (index(c) << 16) >> 16;
    const at = (offset(c) + (width === 4 ? (bit >> 5) * 4 : (bit >> 4) * 2)) | 0;
    const wrapped = memory.narrow ? at & 0xffff : at;
    return flat ? wrapped : checkedAddress(c, memory.segment, wrapped, width, change !== null);
  };
  const mask = width * 8 - 1;
  if (change === null) {
    const read = width === 4 ? read32 : read16;
    return c => setCarry(c, read(c, place(c)), index(c) & mask);
  }
  const modify = width === 4 ? modify32 : modify16;
  const put = width === 4 ? put32 : put16;
  return c => {
    const value = modify(c, place(c));
    const bit = index(c) & mask;
    setCarry(c, value, bit);
    put(c, change(value, bit));
  };
}

function bitTest(change: Change | null): Execute {
  return instruction => {
    const width = widthOf(instruction, 'Ev');
    if (instruction.memory !== null && instruction.row.operands[1] === 'Gv') return bitString(instruction, change);
    const index = readOperand(instruction, 1);
    const mask = width * 8 - 1;
    if (change === null) {
      const read = readRm(instruction, width);
      return c => setCarry(c, read(c), index(c) & mask);
    }
    return modifyRm(instruction, width, (c, old) => {
      const bit = index(c) & mask;
      setCarry(c, old, bit);
      return change(old, bit);
    });
  };
}
export const bt = bitTest(null);
export const bts = bitTest((value, bit) => value | (1 << bit));
export const btr = bitTest((value, bit) => value & ~(1 << bit));
export const btc = bitTest((value, bit) => value ^ (1 << bit));

/** A zero source sets ZF and leaves the destination as it was, as every processor does although the manual says undefined. */
function scan(find: (value: number) => number): Execute {
  return instruction => {
    const width = widthOf(instruction, 'Gv');
    const source = readRm(instruction, width);
    const write = registerWrite(instruction.reg, width);
    return c => {
      const value = source(c);
      const flags = materialize(c);
      c.eflags = value === 0 ? flags | EFLAGS_ZF : flags & ~EFLAGS_ZF;
      if (value !== 0) write(c, find(value));
    };
  };
}
export const bsf = scan(value => 31 - Math.clz32(value & -value));
export const bsr = scan(value => 31 - Math.clz32(value));

/** With a 16-bit operand the result is undefined; processors clear the register's low half. */
export const bswap: Execute = i => {
  const n = i.opcode & 7;
  if (i.operandSize === 2) return c => { c.r[n] &= ~0xffff; };
  return c => {
    const value = c.r[n];
    c.r[n] = (value << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24);
  };
};

export const setcc: Execute = i => {
  const condition = CONDITIONS[i.opcode & 15];
  const write = writeRm(i, 1);
  return c => write(c, condition(c) ? 1 : 0);
};
