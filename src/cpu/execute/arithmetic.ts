// ADD, SUB, CMP, ADC, SBB, INC, DEC, NEG, XADD, CMPXCHG. Intel SDM vol. 1, 5.1.2 Binary Arithmetic Instructions.
import {EFLAGS_CF} from '../../x86/flags.ts';
import type {Op} from '../block.ts';
import type {Instruction} from '../decode/instruction.ts';
import type {Execute} from '../decode/row.ts';
import {ADD, carry, DEC, INC, materialize, SUB} from '../flags.ts';
import {modify32, probeWrite, put32, read32} from '../port.ts';
import type {Cpu} from '../state.ts';
import {address, modifyOperand, modifyRm, readOperand, registerRead, registerWrite, shiftOf, widthOf, type Read, type Width} from './operand.ts';

/** Computes a result of a width and records the flags. Operands and result as operand.ts represents them. */
type Alu = (c: Cpu, a: number, b: number) => number;

const narrowResult = (top: number, shift: number): number => (shift === 0 ? top : top >>> shift);

const record = (kind: number, shift: number, combine: (a: number, b: number) => number): Alu => {
  const tagged = kind | (shift << 3);
  return (c, a, b) => {
    const x = a << shift;
    const y = b << shift;
    const result = combine(x, y);
    c.flagKind = tagged;
    c.flagResult = result;
    c.flagA = x;
    c.flagB = y;
    return narrowResult(result, shift);
  };
};

/** Why: with a carry going in, the operands alone no longer tell the carry coming out, so these flags are worked out at once. */
const withCarry = (kind: number, shift: number): Alu => {
  const subtract = kind === SUB;
  return (c, a, b) => {
    const x = a << shift;
    const y = b << shift;
    const going = carry(c) ? 1 << shift : 0;
    const result = subtract ? (x - y - going) | 0 : (x + y + going) | 0;
    const wide = subtract ? (x >>> 0) - (y >>> 0) - (going >>> 0) : (x >>> 0) + (y >>> 0) + (going >>> 0);
    c.flagKind = kind | (shift << 3);
    c.flagResult = result;
    c.flagA = x;
    c.flagB = y;
    materialize(c);
    c.eflags = (c.eflags & ~EFLAGS_CF) | (wide < 0 || wide > 0xffff_ffff ? EFLAGS_CF : 0);
    return narrowResult(result, shift);
  };
};

const byWidth = (make: (shift: number) => Alu): Readonly<Record<Width, Alu>> => ({1: make(24), 2: make(16), 4: make(0)});
const ADDER = byWidth(shift => record(ADD, shift, (a, b) => (a + b) | 0));
const SUBTRACTER = byWidth(shift => record(SUB, shift, (a, b) => (a - b) | 0));
const ADD_CARRY = byWidth(shift => withCarry(ADD, shift));
const SUB_BORROW = byWidth(shift => withCarry(SUB, shift));

/** Any form of a two-operand instruction: operand 1 first, then the read-modify-write of operand 0. */
export function binary(instruction: Instruction, alu: Alu): Op {
  const source = readOperand(instruction, 1);
  return modifyOperand(instruction, (c, old) => alu(c, old, source(c)));
}

/** Forms with 32-bit operands that real code is full of. */
export interface FastForms {
  readonly registers: (d: number, s: number) => Op;
  readonly immediate: (d: number, value: number) => Op;
  readonly load: (d: number, linear: Read) => Op;
}

/** Picks a fast form of an instruction with a 32-bit register destination, or null. */
export function fastForm(instruction: Instruction, forms: FastForms): Op | null {
  const {row, operandSize, memory, reg, rm} = instruction;
  const [to, from] = row.operands;
  if (operandSize !== 4) return null;
  if (to === 'Gv' && from === 'Ev') return memory ? forms.load(reg, address(instruction, 4, false)) : forms.registers(reg, rm);
  if (to === 'Ev' && memory === null) {
    if (from === 'Gv') return forms.registers(rm, reg);
    if (from === 'Iz' || from === 'Ibs') return forms.immediate(rm, instruction.immediate);
  }
  return to === 'eAX' && from === 'Iz' ? forms.immediate(0, instruction.immediate) : null;
}

const addFast: FastForms = {
  registers: (d, s) => c => {
    const a = c.r[d];
    const b = c.r[s];
    const result = (a + b) | 0;
    c.r[d] = result;
    c.flagKind = ADD;
    c.flagResult = result;
    c.flagA = a;
    c.flagB = b;
  },
  immediate: (d, b) => c => {
    const a = c.r[d];
    const result = (a + b) | 0;
    c.r[d] = result;
    c.flagKind = ADD;
    c.flagResult = result;
    c.flagA = a;
    c.flagB = b;
  },
  load: (d, linear) => c => {
    const b = read32(c, linear(c));
    const a = c.r[d];
    const result = (a + b) | 0;
    c.r[d] = result;
    c.flagKind = ADD;
    c.flagResult = result;
    c.flagA = a;
    c.flagB = b;
  },
};

const subFast: FastForms = {
  registers: (d, s) => c => {
    const a = c.r[d];
    const b = c.r[s];
    const result = (a - b) | 0;
    c.r[d] = result;
    c.flagKind = SUB;
    c.flagResult = result;
    c.flagA = a;
    c.flagB = b;
  },
  immediate: (d, b) => c => {
    const a = c.r[d];
    const result = (a - b) | 0;
    c.r[d] = result;
    c.flagKind = SUB;
    c.flagResult = result;
    c.flagA = a;
    c.flagB = b;
  },
  load: (d, linear) => c => {
    const b = read32(c, linear(c));
    const a = c.r[d];
    const result = (a - b) | 0;
    c.r[d] = result;
    c.flagKind = SUB;
    c.flagResult = result;
    c.flagA = a;
    c.flagB = b;
  },
};

const compareFast: FastForms = {
  registers: (d, s) => c => {
    const a = c.r[d];
    const b = c.r[s];
    c.flagKind = SUB;
    c.flagResult = (a - b) | 0;
    c.flagA = a;
    c.flagB = b;
  },
  immediate: (d, b) => c => {
    const a = c.r[d];
    c.flagKind = SUB;
    c.flagResult = (a - b) | 0;
    c.flagA = a;
    c.flagB = b;
  },
  load: (d, linear) => c => {
    const b = read32(c, linear(c));
    const a = c.r[d];
    c.flagKind = SUB;
    c.flagResult = (a - b) | 0;
    c.flagA = a;
    c.flagB = b;
  },
};

/** ADD and SUB of a register or immediate to 32-bit memory. */
function fastMemory(instruction: Instruction, kind: number): Op | null {
  const [to, from] = instruction.row.operands;
  if (instruction.operandSize !== 4 || instruction.memory === null || to !== 'Ev' || (from !== 'Gv' && from !== 'Iz' && from !== 'Ibs')) return null;
  const linear = address(instruction, 4, true);
  const source = readOperand(instruction, 1);
  return c => {
    const a = modify32(c, linear(c));
    const b = source(c);
    const result = kind === ADD ? (a + b) | 0 : (a - b) | 0;
    put32(c, result);
    c.flagKind = kind;
    c.flagResult = result;
    c.flagA = a;
    c.flagB = b;
  };
}

const width0 = (instruction: Instruction): Width => widthOf(instruction, instruction.row.operands[0]);

export const add: Execute = i => fastForm(i, addFast) ?? fastMemory(i, ADD) ?? binary(i, ADDER[width0(i)]);
export const sub: Execute = i => fastForm(i, subFast) ?? fastMemory(i, SUB) ?? binary(i, SUBTRACTER[width0(i)]);
export const adc: Execute = i => binary(i, ADD_CARRY[width0(i)]);
export const sbb: Execute = i => binary(i, SUB_BORROW[width0(i)]);

export const cmp: Execute = i => {
  const fast = fastForm(i, compareFast);
  if (fast) return fast;
  const first = readOperand(i, 0);
  const second = readOperand(i, 1);
  const subtract = SUBTRACTER[width0(i)];
  return c => { subtract(c, first(c), second(c)); };
};

function step(kind: number): Execute {
  return instruction => {
    const width = width0(instruction);
    const shift = shiftOf(width);
    const one = 1 << shift;
    const tagged = kind | (shift << 3);
    return modifyOperand(instruction, (c, old) => {
      if (carry(c)) c.eflags |= EFLAGS_CF;
      else c.eflags &= ~EFLAGS_CF;
      const a = old << shift;
      const result = kind === INC ? (a + one) | 0 : (a - one) | 0;
      c.flagKind = tagged;
      c.flagResult = result;
      c.flagA = a;
      c.flagB = one;
      return narrowResult(result, shift);
    });
  };
}
export const inc = step(INC);
export const dec = step(DEC);

export const neg: Execute = i => {
  const subtract = SUBTRACTER[width0(i)];
  return modifyOperand(i, (c, old) => subtract(c, 0, old));
};

/** XADD: the destination's old value goes to the register, the sum to the destination. */
export const xadd: Execute = i => {
  const width = width0(i);
  const register = registerRead(i.reg, width);
  const setRegister = registerWrite(i.reg, width);
  const adder = ADDER[width];
  if (i.memory === null) {
    const read = registerRead(i.rm, width);
    const write = registerWrite(i.rm, width);
    return c => {
      const old = read(c);
      const sum = adder(c, old, register(c));
      setRegister(c, old);
      write(c, sum);
    };
  }
  return modifyRm(i, width, (c, old) => {
    const sum = adder(c, old, register(c));
    setRegister(c, old);
    return sum;
  });
};

/** CMPXCHG: the destination is written in either case. Intel SDM vol. 2, CMPXCHG. */
export const cmpxchg: Execute = i => {
  const width = width0(i);
  const accumulator = registerRead(0, width);
  const setAccumulator = registerWrite(0, width);
  const replacement = registerRead(i.reg, width);
  const subtract = SUBTRACTER[width];
  return modifyRm(i, width, (c, old) => {
    const expected = accumulator(c);
    subtract(c, expected, old);
    if (expected === old) return replacement(c);
    setAccumulator(c, old);
    return old;
  });
};

/** CMPXCHG8B. Intel SDM vol. 2, CMPXCHG8B/CMPXCHG16B. */
export const cmpxchg8b: Execute = i => {
  const linear = address(i, 8, true);
  return c => {
    const at = linear(c);
    probeWrite(c, at, 8);
    const high = modify32(c, (at + 4) | 0);
    const low = modify32(c, at);
    const equal = low === c.r[0] && high === c.r[2];
    put32(c, equal ? c.r[3] : low);
    modify32(c, (at + 4) | 0);
    put32(c, equal ? c.r[1] : high);
    if (!equal) {
      c.r[0] = low;
      c.r[2] = high;
    }
    const flags = materialize(c);
    c.eflags = equal ? flags | 0x40 : flags & ~0x40;
  };
};


/** CMP of two values by width, for the string instructions. */
export const cmpNumbers = SUBTRACTER;
