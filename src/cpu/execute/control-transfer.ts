// Near JMP, Jcc, CALL, RET, LOOP, JCXZ, and INT n, INT3, INTO, BOUND. Intel SDM vol. 1, 5.1.7 Control Transfer Instructions.
import {BP, BR, DB, NO_ERROR_CODE, OF} from '../../x86/exceptions.ts';
import {CS, ECX, ESP} from '../../x86/registers.ts';
import type {Op} from '../block.ts';
import type {Instruction} from '../decode/instruction.ts';
import type {Execute} from '../decode/row.ts';
import {deliver} from '../deliver.ts';
import {EVENT_PRIVILEGED_EXCEPTION, EVENT_SOFTWARE_EXCEPTION, EVENT_SOFTWARE_INTERRUPT} from '../exit-record.ts';
import {generalProtection, raise} from '../fault.ts';
import {CONDITIONS, overflow, zero} from '../flags.ts';
import {exceptionExit, exceptionExits, softwareInterruptExit} from '../nonroot.ts';
import {read16, read32} from '../port.ts';
import {EXIT} from '../signal.ts';
import {MODE_FLAT, type Cpu} from '../state.ts';
import {address, readRm, signed, type Write} from './operand.ts';
import {checkVirtualIopl, peeker, pusher, stackMover} from './stack.ts';

/** Sets EIP; a target beyond the limit of CS faults at the branch. */
export function brancher(instruction: Instruction): Write {
  const narrow = instruction.operandSize === 2 ? 0xffff : -1;
  if ((instruction.mode & MODE_FLAT[CS]) !== 0 && narrow === -1) return (c, target) => { c.eip = target; };
  return (c, target) => {
    const eip = target & narrow;
    if (eip >>> 0 > c.segLimit[CS]) generalProtection(c);
    c.eip = eip;
  };
}

const relativeTarget = (i: Instruction): number => (i.next + i.immediate) & (i.operandSize === 2 ? 0xffff : -1);

export const jmpRelative: Execute = i => {
  const target = relativeTarget(i);
  const branch = brancher(i);
  return c => branch(c, target);
};

export const jcc: Execute = i => {
  const target = relativeTarget(i);
  const condition = CONDITIONS[i.opcode & 15];
  if ((i.mode & MODE_FLAT[CS]) !== 0) return c => { if (condition(c)) c.eip = target; };
  const branch = brancher(i);
  return c => { if (condition(c)) branch(c, target); };
};

export const jmpRm: Execute = i => {
  const read = readRm(i, i.operandSize);
  const branch = brancher(i);
  return c => branch(c, read(c));
};

/** Checks the target before pushing, so that a fault leaves the stack pointer alone. */
function calling(i: Instruction, target: (c: Cpu) => number): Op {
  const push = pusher(i);
  const branch = brancher(i);
  const {next} = i;
  return c => {
    const to = target(c);
    const eip = c.eip;
    branch(c, to);
    const goes = c.eip;
    c.eip = eip;
    push(c, next);
    c.eip = goes;
  };
}

export const callRelative: Execute = i => {
  const target = relativeTarget(i);
  const push = pusher(i);
  const {next} = i;
  if ((i.mode & MODE_FLAT[CS]) !== 0) return c => { push(c, next); c.eip = target; };
  return calling(i, () => target);
};
export const callRm: Execute = i => calling(i, readRm(i, i.operandSize));

export const ret: Execute = i => {
  const peek = peeker(i);
  const branch = brancher(i);
  const move = stackMover(i);
  const drop = i.operandSize + (i.row.operands[0] === 'Iw' ? i.immediate & 0xffff : 0);
  return c => {
    branch(c, peek(c, 0));
    move(c, c.r[ESP] + drop);
  };
};

/** The count register is as wide as the address size. */
function counting(i: Instruction, taken: (c: Cpu) => boolean): Op {
  const target = relativeTarget(i);
  const branch = brancher(i);
  const wide = i.addressSize === 4;
  return c => {
    const count = wide ? (c.r[ECX] - 1) | 0 : (c.r[ECX] & ~0xffff) | ((c.r[ECX] - 1) & 0xffff);
    const left = wide ? count : count & 0xffff;
    if (left !== 0 && taken(c)) branch(c, target);
    c.r[ECX] = count;
  };
}
export const loop: Execute = i => counting(i, () => true);
export const loope: Execute = i => counting(i, zero);
export const loopne: Execute = i => counting(i, c => !zero(c));

export const jcxz: Execute = i => {
  const target = relativeTarget(i);
  const branch = brancher(i);
  const mask = i.addressSize === 4 ? -1 : 0xffff;
  return c => { if ((c.r[ECX] & mask) === 0) branch(c, target); };
};

export const int: Execute = i => {
  const vector = i.immediate & 0xff;
  return c => {
    checkVirtualIopl(c);
    if (c.nonRoot && c.controls.ringCompression && vector !== c.controls.directVector) softwareInterruptExit(c, vector);
    deliver(c, vector, EVENT_SOFTWARE_INTERRUPT, NO_ERROR_CODE);
  };
};

/** INT3, INTO and INT1 obey the exception bitmap, INT n does not. Intel SDM vol. 3C, 25.2. */
function softwareException(c: Cpu, vector: number, type: number): void {
  if (c.nonRoot && exceptionExits(c.controls, vector, NO_ERROR_CODE)) {
    exceptionExit(c, vector, NO_ERROR_CODE, type);
    throw EXIT;
  }
  deliver(c, vector, type, NO_ERROR_CODE);
}
export const int3: Execute = () => c => softwareException(c, BP, EVENT_SOFTWARE_EXCEPTION);
export const int1: Execute = () => c => softwareException(c, DB, EVENT_PRIVILEGED_EXCEPTION);
export const into: Execute = () => c => { if (overflow(c)) softwareException(c, OF, EVENT_SOFTWARE_EXCEPTION); };

/** BOUND raises #BR when a signed index lies outside the pair of bounds in memory. */
export const bound: Execute = i => {
  const width = i.operandSize;
  const linear = address(i, width * 2, false);
  const read = width === 4 ? read32 : read16;
  const {reg} = i;
  return c => {
    const at = linear(c);
    const low = signed(read(c, at), width);
    const high = signed(read(c, (at + width) | 0), width);
    const index = signed(c.r[reg], width);
    if (index < low || index > high) raise(c, BR);
  };
};
