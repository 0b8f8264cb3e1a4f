// AND, OR, XOR, NOT, TEST. Intel SDM vol. 1, 5.1.4 Logical Instructions.
import type {Instruction} from '../decode/instruction.ts';
import type {Execute} from '../decode/row.ts';
import type {Op} from '../block.ts';
import {LOGIC} from '../flags.ts';
import {read32} from '../port.ts';
import type {Cpu} from '../state.ts';
import {binary, fastForm, type FastForms} from './arithmetic.ts';
import {modifyOperand, readOperand, shiftOf, widthOf} from './operand.ts';

const record = (c: Cpu, result: number, shift: number): number => {
  c.flagKind = LOGIC | (shift << 3);
  c.flagResult = result << shift;
  return result;
};

const andFast: FastForms = {
  registers: (d, s) => c => { c.flagKind = LOGIC; c.flagResult = c.r[d] &= c.r[s]; },
  immediate: (d, value) => c => { c.flagKind = LOGIC; c.flagResult = c.r[d] &= value; },
  load: (d, linear) => c => { const b = read32(c, linear(c)); c.flagKind = LOGIC; c.flagResult = c.r[d] &= b; },
};
const orFast: FastForms = {
  registers: (d, s) => c => { c.flagKind = LOGIC; c.flagResult = c.r[d] |= c.r[s]; },
  immediate: (d, value) => c => { c.flagKind = LOGIC; c.flagResult = c.r[d] |= value; },
  load: (d, linear) => c => { const b = read32(c, linear(c)); c.flagKind = LOGIC; c.flagResult = c.r[d] |= b; },
};
const xorFast: FastForms = {
  registers: (d, s) => c => { c.flagKind = LOGIC; c.flagResult = c.r[d] ^= c.r[s]; },
  immediate: (d, value) => c => { c.flagKind = LOGIC; c.flagResult = c.r[d] ^= value; },
  load: (d, linear) => c => { const b = read32(c, linear(c)); c.flagKind = LOGIC; c.flagResult = c.r[d] ^= b; },
};
const testFast: FastForms = {
  registers: (d, s) => c => { c.flagKind = LOGIC; c.flagResult = c.r[d] & c.r[s]; },
  immediate: (d, value) => c => { c.flagKind = LOGIC; c.flagResult = c.r[d] & value; },
  load: (d, linear) => c => { const b = read32(c, linear(c)); c.flagKind = LOGIC; c.flagResult = c.r[d] & b; },
};

const shiftFor = (instruction: Instruction): number => shiftOf(widthOf(instruction, instruction.row.operands[0]));

function logical(forms: FastForms, combine: (a: number, b: number) => number): Execute {
  return instruction => {
    const shift = shiftFor(instruction);
    return fastForm(instruction, forms) ?? binary(instruction, (c, a, b) => record(c, combine(a, b), shift));
  };
}
export const and = logical(andFast, (a, b) => a & b);
export const or = logical(orFast, (a, b) => a | b);
export const xor = logical(xorFast, (a, b) => a ^ b);

export const not: Execute = i => modifyOperand(i, (_c, old) => ~old);

export const test: Execute = i => {
  const fast = fastForm(i, testFast);
  if (fast) return fast;
  const first = readOperand(i, 0);
  const second = readOperand(i, 1);
  const shift = shiftFor(i);
  const op: Op = c => { record(c, first(c) & second(c), shift); };
  return op;
};
