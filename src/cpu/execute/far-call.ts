// Far JMP and CALL: to code segments, through call gates, to other tasks. Intel SDM vol. 3A, 5.8 Privilege Level Checking When
// Transferring Program Control Between Code Segments; vol. 2, JMP and CALL.
import {
  DESCRIPTOR_CONFORMING, DESCRIPTOR_PRESENT, DESCRIPTOR_S, descriptorDpl, descriptorLimit, descriptorType, selectorError, selectorRpl, TYPE_CALL_GATE,
  TYPE_CALL_GATE_16, TYPE_TASK_GATE, TYPE_TSS_16_AVAILABLE, TYPE_TSS_AVAILABLE,
} from '../../x86/descriptors.ts';
import {GP, NO_ERROR_CODE, NP} from '../../x86/exceptions.ts';
import {CS, ESP, SS} from '../../x86/registers.ts';
import {crossByCall} from '../crossing.ts';
import type {Instruction} from '../decode/instruction.ts';
import type {Execute} from '../decode/row.ts';
import {raise} from '../fault.ts';
import {accessed, checkedAddress, isCode, loadCodeSegment, readDescriptor, type Descriptor} from '../segmentation.ts';
import {beginFrame, pushWord, writeOnInnerStack, writeOnPresentStack} from '../stack-frame.ts';
import type {Cpu} from '../state.ts';
import {FROM_CALL, FROM_JMP, switchTask} from '../task-switch.ts';
import {read16, read32} from '../port.ts';
import {farPointer, goToParagraph, pushReturn, type FarPointer} from './far-pointer.ts';

/** Checks a code segment that is jumped to or called directly. */
function checkDirect(c: Cpu, {selector, eip}: FarPointer, {low, high}: Descriptor): void {
  const error = selectorError(selector);
  const dpl = descriptorDpl(high);
  const conforming = (high & DESCRIPTOR_CONFORMING) !== 0;
  const allowed = isCode(high) && (conforming ? dpl <= c.cpl : selectorRpl(selector) <= c.cpl && dpl === c.cpl);
  if (!allowed) raise(c, GP, error);
  if ((high & DESCRIPTOR_PRESENT) === 0) raise(c, NP, error);
  if (eip >>> 0 > descriptorLimit(low, high)) raise(c, GP, 0);
}

/** What carries out a transfer to a code segment, all checked; `gate` is the call gate's second doubleword, 0 without one. */
type Arrive = (c: Cpu, to: FarPointer, descriptor: Descriptor, gate: Gate | null) => void;
interface Gate {
  readonly width: 2 | 4;
  readonly parameters: number;
}

function transfer(i: Instruction, source: typeof FROM_CALL | typeof FROM_JMP, arrive: Arrive): Execute extends (i: Instruction) => infer Op ? Op : never {
  const pointer = farPointer(i);
  return c => {
    const to = pointer(c);
    if (c.usesParagraphs) return toParagraph(c, i, to, source);
    if ((to.selector & 0xfffc) === 0) raise(c, GP, 0);
    const descriptor = readDescriptor(c, to.selector, GP);
    if ((descriptor.high & DESCRIPTOR_S) === 0) return throughSystem(c, to.selector, {descriptor, source, arrive});
    checkDirect(c, to, descriptor);
    arrive(c, to, descriptor, null);
  };
}

function toParagraph(c: Cpu, i: Instruction, to: FarPointer, source: number): void {
  const {eip} = c;
  const width = i.operandSize;
  if (source === FROM_CALL) {
    if (to.eip >>> 0 > c.segLimit[CS]) raise(c, GP, 0);
    pushReturn(c, width, i.next);
    c.setStackPointer(c.r[ESP] - 2 * width);
  }
  c.eip = eip;
  goToParagraph(c, to);
}

interface SystemTarget {
  readonly descriptor: Descriptor;
  readonly source: typeof FROM_CALL | typeof FROM_JMP;
  readonly arrive: Arrive;
}

/** A call gate, a task gate or a task state segment; any other system descriptor raises #GP. */
function throughSystem(c: Cpu, selector: number, {descriptor, source, arrive}: SystemTarget): void {
  const {low, high} = descriptor;
  const type = descriptorType(high);
  const error = selectorError(selector);
  const gate = type === TYPE_CALL_GATE || type === TYPE_CALL_GATE_16;
  const task = type === TYPE_TASK_GATE;
  if (!gate && !task && type !== TYPE_TSS_AVAILABLE && type !== TYPE_TSS_16_AVAILABLE) raise(c, GP, error);
  if (descriptorDpl(high) < Math.max(c.cpl, selectorRpl(selector))) raise(c, GP, error);
  if (task && (high & DESCRIPTOR_PRESENT) === 0) raise(c, NP, error);
  if (gate) return throughGate(c, selector, {descriptor, source, arrive});
  switchTask(c, {selector: task ? low >>> 16 : selector, source, external: 0, errorCode: NO_ERROR_CODE, resume: 0});
}

/** Intel SDM vol. 3A, 5.8.4 Accessing a Code Segment Through a Call Gate. */
function throughGate(c: Cpu, selector: number, {descriptor: {low, high}, source, arrive}: SystemTarget): void {
  if ((high & DESCRIPTOR_PRESENT) === 0) raise(c, NP, selectorError(selector));
  const wide = descriptorType(high) === TYPE_CALL_GATE;
  const to = {selector: low >>> 16, eip: (low & 0xffff) | (wide ? high & 0xffff_0000 : 0)};
  if ((to.selector & 0xfffc) === 0) raise(c, GP, 0);
  const descriptor = readDescriptor(c, to.selector, GP);
  const error = selectorError(to.selector);
  const dpl = descriptorDpl(descriptor.high);
  const conforming = (descriptor.high & DESCRIPTOR_CONFORMING) !== 0;
  const reachable = conforming || source === FROM_CALL ? dpl <= c.cpl : dpl === c.cpl;
  if (!isCode(descriptor.high) || !reachable) raise(c, GP, error);
  if ((descriptor.high & DESCRIPTOR_PRESENT) === 0) raise(c, NP, error);
  if (to.eip >>> 0 > descriptorLimit(descriptor.low, descriptor.high)) raise(c, GP, 0);
  arrive(c, to, descriptor, {width: wide ? 4 : 2, parameters: high & 31});
}

export const jmpFar: Execute = i => transfer(i, FROM_JMP, (c, {selector, eip}, descriptor) => {
  loadCodeSegment(c, selector, descriptor, c.cpl);
  c.eip = eip;
});

export const callFar: Execute = i => transfer(i, FROM_CALL, (c, to, descriptor, gate) => {
  const dpl = descriptorDpl(descriptor.high);
  const cpl = (descriptor.high & DESCRIPTOR_CONFORMING) !== 0 || dpl >= c.cpl ? c.cpl : dpl;
  if (gate !== null) return callThroughGate(c, i, to, {descriptor, gate, cpl});
  pushReturn(c, i.operandSize, i.next);
  const esp = c.r[ESP] - 2 * i.operandSize;
  loadCodeSegment(c, to.selector, descriptor, cpl);
  c.setStackPointer(esp);
  c.eip = to.eip;
});

interface GateCall {
  readonly descriptor: Descriptor;
  readonly gate: Gate;
  readonly cpl: number;
}

function callThroughGate(c: Cpu, i: Instruction, to: FarPointer, {descriptor, gate, cpl}: GateCall): void {
  const {width} = gate;
  const from = c.cpl;
  let target = descriptor;
  const ready = (): void => { target = accessed(c, descriptor); };
  const parameters = cpl < from ? parametersOf(c, gate) : [];
  beginFrame(width);
  if (cpl < from) {
    pushWord(c.segSelector[SS]);
    pushWord(c.r[ESP]);
  }
  for (const word of parameters) pushWord(word);
  pushWord(c.segSelector[CS]);
  pushWord(i.next);
  if (cpl < from) writeOnInnerStack(c, cpl, 0, ready);
  else writeOnPresentStack(c, 0, ready);
  loadCodeSegment(c, to.selector, target, cpl);
  c.eip = to.eip;
  if (from === 3 && cpl < 3) crossByCall(c, 'call-gate');
}

/** Words of the outer stack, the deepest first. */
function parametersOf(c: Cpu, {width, parameters}: Gate): number[] {
  const word = (n: number): number => {
    const linear = checkedAddress(c, SS, ((c.r[ESP] + n * width) | 0) & c.stackMask, width, false);
    return width === 4 ? read32(c, linear) : read16(c, linear);
  };
  return Array.from({length: parameters}, (_, at) => word(parameters - 1 - at));
}
