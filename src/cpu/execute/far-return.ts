// Far RET and IRET: to the same ring, to an outer one, to virtual-8086 mode, to another task.
// Intel SDM vol. 3A, 5.8.6 Returning From a Called Procedure; vol. 3B, 20.2.3 Leaving Virtual-8086 Mode; vol. 2, RET and IRET.
import {costNumber} from '../../host/costs.ts';
import {
  DESCRIPTOR_CONFORMING, DESCRIPTOR_PRESENT, descriptorBase, descriptorDpl, descriptorLimit, selectorError, selectorRpl,
} from '../../x86/descriptors.ts';
import {GP, NO_ERROR_CODE, NP} from '../../x86/exceptions.ts';
import {EFLAGS_ALL, EFLAGS_FIXED, EFLAGS_NT, EFLAGS_RF, EFLAGS_VM} from '../../x86/flags.ts';
import {CS, DS, ES, ESP, FS, GS, SS, TR} from '../../x86/registers.ts';
import {crossOut} from '../crossing.ts';
import type {Execute} from '../decode/row.ts';
import {generalProtection, raise} from '../fault.ts';
import {EXPLICIT} from '../flags.ts';
import {readSystem} from '../port.ts';
import {accessed, checkStackSegment, dropPrivilegedSegments, isCode, loadCodeSegment, loadParagraph, readDescriptor, type Descriptor} from '../segmentation.ts';
import type {Cpu} from '../state.ts';
import {FROM_IRET, switchTask} from '../task-switch.ts';
import {goToParagraph, stackWord} from './far-pointer.ts';
import {checkVirtualIopl, loadFlags, poppableFlags} from './stack.ts';

/** The checks of a code segment that is returned to. */
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

/** Loads CS:EIP and, to an outer ring, SS:ESP from `frame` on; `drop` bytes leave both stacks besides. */
interface Return {
  readonly selector: number;
  readonly eip: number;
  readonly width: number;
  /** Bytes of the frame up to where the outer ESP and SS lie. */
  readonly frame: number;
  readonly drop: number;
}

function returnTo(c: Cpu, to: Return): void {
  if (c.usesParagraphs) {
    goToParagraph(c, to);
    c.setStackPointer(c.r[ESP] + to.frame + to.drop);
    return;
  }
  const {selector, eip, width, frame, drop} = to;
  const descriptor = returnTarget(c, selector, eip);
  const rpl = selectorRpl(selector);
  if (rpl === c.cpl) {
    loadCodeSegment(c, selector, descriptor, rpl);
    c.setStackPointer(c.r[ESP] + frame + drop);
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
  // Why: to a 16-bit stack only SP is loaded, and the upper half of the inner ESP stays to be seen, as on every processor.
  if (c.stackMask === -1) c.r[ESP] = width === 4 ? (esp + drop) | 0 : (esp + drop) & 0xffff;
  else c.setStackPointer(esp + drop);
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
    checkVirtualIopl(c);
    if ((c.eflags & EFLAGS_NT) !== 0 && !c.usesParagraphs) return returnToTask(c);
    const eip = stackWord(c, width, 0);
    const selector = stackWord(c, width, width) & 0xffff;
    const flags = stackWord(c, width, 2 * width);
    c.nmiBlocked = false;
    if (width === 4 && c.cpl === 0 && (flags & EFLAGS_VM) !== 0 && !c.usesParagraphs) return returnToVirtual8086(c, {eip, selector, flags});
    const mask = (poppableFlags(c) | EFLAGS_RF) & (width === 4 ? -1 : 0xffff);
    const outer = !c.usesParagraphs && selectorRpl(selector) !== c.cpl;
    returnTo(c, {selector, eip, width, frame: 3 * width, drop: 0});
    loadFlags(c, flags, mask);
    c.spend(outer ? costNumber.iret : costNumber.iret_same_ring);
    c.spendAccesses(outer ? IRET_READS + OUTER_READS : IRET_READS, 0);
  };
};

/** The task that was interrupted or that called, by the link in this one's state segment. Intel SDM vol. 3A, 7.4. */
function returnToTask(c: Cpu): void {
  const selector = readSystem(c, c.segBase[TR], 2);
  switchTask(c, {selector, source: FROM_IRET, external: 0, errorCode: NO_ERROR_CODE, resume: 0});
  c.nmiBlocked = false;
  c.spend(costNumber.iret);
}

interface VirtualFrame {
  readonly eip: number;
  readonly selector: number;
  readonly flags: number;
}

const VIRTUAL_SEGMENTS = [SS, ES, DS, FS, GS];

function returnToVirtual8086(c: Cpu, {eip, selector, flags}: VirtualFrame): void {
  const [esp, ...selectors] = [3, 4, 5, 6, 7, 8].map(at => stackWord(c, 4, 4 * at));
  if ((eip >>> 0) > 0xffff) generalProtection(c);
  c.eflags = (flags & EFLAGS_ALL) | EFLAGS_FIXED;
  c.flagKind = EXPLICIT;
  c.setCpl(3);
  loadParagraph(c, CS, selector);
  VIRTUAL_SEGMENTS.forEach((segment, at) => loadParagraph(c, segment, selectors[at] & 0xffff));
  c.r[ESP] = esp;
  c.eip = eip & 0xffff;
  crossOut(c);
  c.lookUp();
  c.spend(costNumber.iret);
  c.spendAccesses(IRET_READS + OUTER_READS, 0);
}
