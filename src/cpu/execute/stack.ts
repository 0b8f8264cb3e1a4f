// PUSH, POP, PUSHA, POPA, PUSHF, POPF, ENTER, LEAVE. Intel SDM vol. 1, 6.2 Stacks. Registers change after the last access
// that can fault, so that every instruction here can be restarted.
import {EFLAGS_AC, EFLAGS_ARITHMETIC, EFLAGS_DF, EFLAGS_FIXED, EFLAGS_ID, EFLAGS_IF, EFLAGS_IOPL, EFLAGS_NT, EFLAGS_RF, EFLAGS_TF, EFLAGS_VM} from '../../x86/flags.ts';
import {EBP, ESP, SS} from '../../x86/registers.ts';
import type {Op} from '../block.ts';
import type {Instruction} from '../decode/instruction.ts';
import type {Execute} from '../decode/row.ts';
import {generalProtection} from '../fault.ts';
import {EXPLICIT, materialize} from '../flags.ts';
import {probeWrite, read16, read32, write16, write32} from '../port.ts';
import {checkedAddress} from '../segmentation.ts';
import {MODE_STACK16, type Cpu} from '../state.ts';
import {isFlat, readOperand, registerWrite, widthOf, writeRm, type Read, type Width, type Write} from './operand.ts';

/** Bits of ESP that count in the mode the code was decoded for. */
export const stackMask = (instruction: Instruction): number => ((instruction.mode & MODE_STACK16) !== 0 ? 0xffff : -1);

/** Moves the stack pointer; the upper half stays where the stack segment is a 16-bit one. */
export function stackMover(instruction: Instruction): Write {
  const mask = stackMask(instruction);
  return mask === -1 ? (c, esp) => { c.r[ESP] = esp | 0; } : (c, esp) => { c.r[ESP] = (c.r[ESP] & ~mask) | (esp & mask); };
}

/** Linear address of a stack slot. */
function slot(instruction: Instruction, width: number, write: boolean): (c: Cpu, esp: number) => number {
  const mask = stackMask(instruction);
  return isFlat(instruction, SS) ? (_c, esp) => esp : (c, esp) => checkedAddress(c, SS, esp & mask, width, write);
}

/** Pushes a value of the operand size. */
export function pusher(instruction: Instruction): Write {
  const width = instruction.operandSize;
  if (width === 4 && isFlat(instruction, SS)) {
    return (c, value) => {
      const esp = (c.r[ESP] - 4) | 0;
      write32(c, esp, value);
      c.r[ESP] = esp;
    };
  }
  const linear = slot(instruction, width, true);
  const move = stackMover(instruction);
  return (c, value) => {
    const esp = (c.r[ESP] - width) | 0;
    if (width === 4) write32(c, linear(c, esp), value);
    else write16(c, linear(c, esp), value & 0xffff);
    move(c, esp);
  };
}

/** Reads the value `skip` bytes above the top of the stack; ESP stays. */
export function peeker(instruction: Instruction, width: 2 | 4 = instruction.operandSize): (c: Cpu, skip: number) => number {
  const linear = slot(instruction, width, false);
  return width === 4 ? (c, skip) => read32(c, linear(c, (c.r[ESP] + skip) | 0)) : (c, skip) => read16(c, linear(c, (c.r[ESP] + skip) | 0));
}

export const push: Execute = i => {
  const read: Read = i.row.operands[0] === 'Ibs' || i.row.operands[0] === 'Iz' ? () => i.immediate : readOperand(i, 0);
  const put = pusher(i);
  return c => put(c, read(c));
};

export const popRegister: Execute = i => {
  const n = i.opcode & 7;
  const width = i.operandSize;
  const peek = peeker(i);
  if (width === 4 && isFlat(i, SS)) {
    return c => {
      const value = peek(c, 0);
      c.r[ESP] = (c.r[ESP] + 4) | 0;
      c.r[n] = value;
    };
  }
  const write = registerWrite(n, width);
  const move = stackMover(i);
  return c => {
    const value = peek(c, 0);
    move(c, c.r[ESP] + width);
    write(c, value);
  };
};

/** POP to r/m: an address that uses ESP sees it already incremented. Intel SDM vol. 2, POP. */
export const popRm: Execute = i => {
  const width = i.operandSize;
  const peek = peeker(i);
  const write = writeRm(i, widthOf(i, 'Ev'));
  const move = stackMover(i);
  return c => {
    const value = peek(c, 0);
    const esp = c.r[ESP];
    move(c, esp + width);
    try {
      write(c, value);
    } catch (signal) {
      c.r[ESP] = esp;
      throw signal;
    }
  };
};

export const pusha: Execute = i => {
  const width = i.operandSize;
  const linear = slot(i, width, true);
  const put = width === 4 ? write32 : write16;
  const fast = width === 4 && isFlat(i, SS);
  const move = stackMover(i);
  return c => {
    const esp = c.r[ESP];
    if (fast && pushAllAtOnce(c, (esp - 32) | 0)) return;
    const mask = width === 4 ? -1 : 0xffff;
    for (let n = 0; n < 8; n++) probeWrite(c, linear(c, (esp - width * (n + 1)) | 0), width);
    for (let n = 0; n < 8; n++) put(c, linear(c, (esp - width * (n + 1)) | 0), (n === ESP ? esp : c.r[n]) & mask);
    move(c, esp - width * 8);
  };
};

/** Why: PUSHA and POPA stand in every trap path; in one page with rights to it they are eight moves. */
const inOnePage = (linear: number): boolean => (linear & 3) === 0 && (linear & 4095) <= 4096 - 32;

function pushAllAtOnce(c: Cpu, linear: number): boolean {
  const entry = c.view[linear >>> 12];
  if ((entry & c.writeRight) === 0 || !inOnePage(linear)) return false;
  const at = ((entry & -4096) | (linear & 4095)) >> 2;
  for (let n = 0; n < 8; n++) c.i32[at + 7 - n] = c.r[n];
  c.r[ESP] = linear;
  return true;
}

function popAllAtOnce(c: Cpu, linear: number): boolean {
  const entry = c.view[linear >>> 12];
  if ((entry & c.readRight) === 0 || !inOnePage(linear)) return false;
  const at = ((entry & -4096) | (linear & 4095)) >> 2;
  for (let n = 0; n < 8; n++) if (n !== ESP) c.r[n] = c.i32[at + 7 - n];
  c.r[ESP] = (linear + 32) | 0;
  return true;
}

export const popa: Execute = i => {
  const width: Width = i.operandSize;
  const peek = peeker(i);
  const writes = Array.from({length: 8}, (_, at) => registerWrite(7 - at, width));
  const fast = width === 4 && isFlat(i, SS);
  const move = stackMover(i);
  return c => {
    if (fast && popAllAtOnce(c, c.r[ESP])) return;
    const values = writes.map((_, at) => peek(c, width * at));
    values.forEach((value, at) => { if (at !== 7 - ESP) writes[at](c, value); });
    move(c, c.r[ESP] + width * 8);
  };
};

/** In virtual-8086 mode what touches IF needs IOPL 3. Intel SDM vol. 3B, 20.2.7 Sensitive Instructions. */
export function checkVirtualIopl(c: Cpu): void {
  if ((c.eflags & EFLAGS_VM) !== 0 && (c.eflags & EFLAGS_IOPL) !== EFLAGS_IOPL) generalProtection(c);
}

/** The image never shows VM and RF. Intel SDM vol. 2, PUSHF. */
export const pushf: Execute = i => {
  const put = pusher(i);
  return c => {
    checkVirtualIopl(c);
    put(c, materialize(c) & ~(EFLAGS_VM | EFLAGS_RF));
  };
};

const ALWAYS_POPPED = EFLAGS_ARITHMETIC | EFLAGS_TF | EFLAGS_DF | EFLAGS_NT | EFLAGS_AC | EFLAGS_ID;

/** Bits POPF and IRET may change at a privilege: IF needs CPL <= IOPL, IOPL needs CPL 0; what may not change is kept silently. */
export function poppableFlags(c: Cpu): number {
  const iopl = (c.eflags & EFLAGS_IOPL) >>> 12;
  return ALWAYS_POPPED | (c.cpl <= iopl ? EFLAGS_IF : 0) | (c.cpl === 0 ? EFLAGS_IOPL : 0);
}

/** Loads EFLAGS under a mask. */
export function loadFlags(c: Cpu, value: number, mask: number): void {
  c.eflags = (materialize(c) & ~mask) | (value & mask) | EFLAGS_FIXED;
  c.flagKind = EXPLICIT;
  c.lookUp();
}

export const popf: Execute = i => {
  const peek = peeker(i);
  const width = i.operandSize;
  const move = stackMover(i);
  return c => {
    checkVirtualIopl(c);
    const value = peek(c, 0);
    const mask = poppableFlags(c) & (width === 4 ? -1 : 0xffff);
    move(c, c.r[ESP] + width);
    loadFlags(c, value, mask | EFLAGS_RF);
    c.eflags &= ~EFLAGS_RF;
  };
};

/** ENTER. Intel SDM vol. 2, ENTER: the nested frame pointers are copied before anything changes. */
export const enter: Execute = i => {
  const width = i.operandSize;
  const size = i.immediate & 0xffff;
  const level = i.immediate2 & 31;
  const read = width === 4 ? read32 : read16;
  const put = width === 4 ? write32 : write16;
  const readable = slot(i, width, false);
  const writable = slot(i, width, true);
  const setEbp = registerWrite(EBP, width);
  const mask = stackMask(i);
  const move = stackMover(i);
  const op: Op = c => {
    let esp = (c.r[ESP] - width) | 0;
    put(c, writable(c, esp), c.r[EBP]);
    const frame = (c.r[ESP] & ~mask) | (esp & mask);
    for (let n = 1; n < level; n++) {
      const pointer = read(c, readable(c, (c.r[EBP] - width * n) | 0));
      esp = (esp - width) | 0;
      put(c, writable(c, esp), pointer);
    }
    if (level > 0) {
      esp = (esp - width) | 0;
      put(c, writable(c, esp), frame);
    }
    esp = (esp - size) | 0;
    probeWrite(c, writable(c, esp), width);
    setEbp(c, frame);
    move(c, esp);
  };
  return op;
};

export const leave: Execute = i => {
  const width = i.operandSize;
  const linear = slot(i, width, false);
  const setEbp = registerWrite(EBP, width);
  const move = stackMover(i);
  return c => {
    const frame = c.r[EBP];
    const value = width === 4 ? read32(c, linear(c, frame)) : read16(c, linear(c, frame));
    move(c, frame + width);
    setEbp(c, value);
  };
};
