// Far JMP, CALL, RET and IRET between code segments. Intel SDM vol. 3A, 5.8 Privilege Level Checking When Transferring
// Program Control Between Code Segments; vol. 2, the instructions' operation sections.
import {costNumber} from '../../host/costs.ts';
import {
  DESCRIPTOR_CONFORMING, DESCRIPTOR_PRESENT, DESCRIPTOR_S, descriptorDpl, descriptorBase, descriptorLimit, descriptorType, selectorError, selectorRpl,
} from '../../x86/descriptors.ts';
import {GP, NP} from '../../x86/exceptions.ts';
import {EFLAGS_NT, EFLAGS_RF, EFLAGS_VM} from '../../x86/flags.ts';
import {CS, ESP, SS} from '../../x86/registers.ts';
import {crossOut} from '../crossing.ts';
import type {Instruction} from '../decode/instruction.ts';
import type {Execute} from '../decode/row.ts';
import {raise, refuse} from '../fault.ts';
import {read16, read32, write32, write16} from '../port.ts';
import {
  accessed, checkedAddress, checkStackSegment, dropPrivilegedSegments, isCode, loadCodeSegment, readDescriptor, type Descriptor,
} from '../segmentation.ts';
import {MODE_FLAT, type Cpu} from '../state.ts';
import {address} from './operand.ts';
import {loadFlags, poppableFlags} from './stack.ts';

/** Descriptor of a JMP or CALL target after all checks; gates and task state segments are not modelled yet. */
function directTarget(c: Cpu, selector: number, eip: number): Descriptor {
  if ((selector & 0xfffc) === 0) raise(c, GP, 0);
  const descriptor = readDescriptor(c, selector, GP);
  const {low, high} = descriptor;
  const error = selectorError(selector);
  if ((high & DESCRIPTOR_S) === 0) systemTarget(c, selector, high);
  const dpl = descriptorDpl(high);
  const conforming = (high & DESCRIPTOR_CONFORMING) !== 0;
  const allowed = isCode(high) && (conforming ? dpl <= c.cpl : selectorRpl(selector) <= c.cpl && dpl === c.cpl);
  if (!allowed) raise(c, GP, error);
  if ((high & DESCRIPTOR_PRESENT) === 0) raise(c, NP, error);
  if (eip >>> 0 > descriptorLimit(low, high)) raise(c, GP, 0);
  return descriptor;
}

function systemTarget(c: Cpu, selector: number, high: number): never {
  const type = descriptorType(high);
  if (type === 4 || type === 12) refuse(c, `far transfer through call gate 0x${selector.toString(16)}: call gates are not modelled yet`);
  if (type === 5 || type === 1 || type === 9) refuse(c, `far transfer to task 0x${selector.toString(16)}: hardware task switches are not modelled yet`);
  return raise(c, GP, selectorError(selector));
}

/** Selector and offset: immediate (Ap) or in memory (Mp). */
function farPointer(i: Instruction): (c: Cpu) => {selector: number; eip: number} {
  const width = i.operandSize;
  if (i.row.operands[0] === 'Ap') return () => ({selector: i.immediate2 & 0xffff, eip: width === 4 ? i.immediate : i.immediate & 0xffff});
  const linear = address(i, width + 2, false);
  return c => {
    const at = linear(c);
    return {eip: width === 4 ? read32(c, at) : read16(c, at), selector: read16(c, (at + width) | 0)};
  };
}

export const jmpFar: Execute = i => {
  const pointer = farPointer(i);
  return c => {
    const {selector, eip} = pointer(c);
    loadCodeSegment(c, selector, directTarget(c, selector, eip), c.cpl);
    c.eip = eip;
  };
};

export const callFar: Execute = i => {
  const pointer = farPointer(i);
  const width = i.operandSize;
  const put = width === 4 ? write32 : write16;
  const mask = width === 4 ? -1 : 0xffff;
  return c => {
    const {selector, eip} = pointer(c);
    const descriptor = directTarget(c, selector, eip);
    const esp = c.r[ESP];
    const lower = checkedAddress(c, SS, (esp - 2 * width) | 0, width, true);
    const upper = checkedAddress(c, SS, (esp - width) | 0, width, true);
    put(c, upper, c.segSelector[CS]);
    put(c, lower, i.next & mask);
    loadCodeSegment(c, selector, descriptor, c.cpl);
    c.r[ESP] = (esp - 2 * width) | 0;
    c.eip = eip;
  };
};

/** Reads the stack word `at` of the operand size. */
function stackWord(c: Cpu, width: number, at: number): number {
  const offset = (c.r[ESP] + at) | 0;
  const linear = (c.mode & MODE_FLAT[SS]) !== 0 ? offset : checkedAddress(c, SS, offset, width, false);
  return width === 4 ? read32(c, linear) : read16(c, linear);
}

/** The checks of a code segment that is returned to. Intel SDM vol. 2, RET and IRET. */
function returnTarget(c: Cpu, selector: number, eip: number): Descriptor {
  if ((selector & 0xfffc) === 0) raise(c, GP, 0);
  const descriptor = readDescriptor(c, selector, GP);
  const {low, high} = descriptor;
  const rpl = selectorRpl(selector);
  const dpl = descriptorDpl(high);
  const error = selectorError(selector);
  const level = (high & DESCRIPTOR_CONFORMING) !== 0 ? dpl <= rpl : dpl === rpl;
  if (rpl < c.cpl || !isCode(high) || !level) raise(c, GP, error);
  if ((high & DESCRIPTOR_PRESENT) === 0) raise(c, NP, error);
  if (eip >>> 0 > descriptorLimit(low, high)) raise(c, GP, 0);
  return descriptor;
}

/** Loads CS:EIP and, to an outer ring, SS:ESP from `stackAt` on; `drop` bytes leave both stacks besides. */
interface Return {
  readonly selector: number;
  readonly eip: number;
  readonly width: number;
  /** Bytes of the frame up to where the outer ESP and SS lie. */
  readonly frame: number;
  readonly drop: number;
}

function returnTo(c: Cpu, to: Return): void {
  const {selector, eip, width, frame, drop} = to;
  const descriptor = returnTarget(c, selector, eip);
  const rpl = selectorRpl(selector);
  if (rpl === c.cpl) {
    loadCodeSegment(c, selector, descriptor, rpl);
    c.r[ESP] = (c.r[ESP] + frame + drop) | 0;
    c.eip = eip;
    return;
  }
  const esp = stackWord(c, width, frame + drop);
  const ss = stackWord(c, width, frame + drop + width) & 0xffff;
  if ((ss & 0xfffc) === 0) raise(c, GP, 0);
  const stack = accessed(c, checkStackSegment(c, ss, rpl, GP));
  const wasKernel = c.cpl < 3;
  loadCodeSegment(c, selector, descriptor, rpl);
  c.setSegment(SS, ss, descriptorBase(stack.low, stack.high), descriptorLimit(stack.low, stack.high), stack.high);
  c.r[ESP] = width === 4 ? (esp + drop) | 0 : (esp + drop) & 0xffff;
  c.eip = eip;
  dropPrivilegedSegments(c);
  if (wasKernel && rpl === 3) crossOut(c);
}

export const retFar: Execute = i => {
  const width = i.operandSize;
  const drop = i.row.operands[0] === 'Iw' ? i.immediate & 0xffff : 0;
  return c => {
    const eip = stackWord(c, width, 0);
    const selector = stackWord(c, width, width) & 0xffff;
    returnTo(c, {selector, eip, width, frame: 2 * width, drop});
  };
};

/** Doublewords read: three of the frame and a code segment, and for an outer ring two more and a stack segment. */
const IRET_READS = 5, OUTER_READS = 4;

export const iret: Execute = i => {
  const width = i.operandSize;
  return c => {
    if ((c.eflags & EFLAGS_NT) !== 0) refuse(c, 'IRET with NT set returns to another task: hardware task switches are not modelled yet');
    const eip = stackWord(c, width, 0);
    const selector = stackWord(c, width, width) & 0xffff;
    const flags = stackWord(c, width, 2 * width);
    if (width === 4 && c.cpl === 0 && (flags & EFLAGS_VM) !== 0) refuse(c, 'IRET to virtual-8086 mode: not modelled yet');
    const mask = (poppableFlags(c) | EFLAGS_RF) & (width === 4 ? -1 : 0xffff);
    const outer = selectorRpl(selector) !== c.cpl;
    returnTo(c, {selector, eip, width, frame: 3 * width, drop: 0});
    loadFlags(c, flags, mask);
    c.spend(outer ? costNumber.iret : costNumber.iret_same_ring);
    c.spendAccesses(outer ? IRET_READS + OUTER_READS : IRET_READS, 0);
  };
};

