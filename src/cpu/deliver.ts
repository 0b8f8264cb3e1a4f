// Delivery of exceptions and interrupts through the IDT, stack switch included; one of the two places that count a
// crossing. Intel SDM vol. 3A, 6.12.1 Exception- or Interrupt-Handler Procedures; 6.13 Error Code; 6.14 is 64-bit only.
import {costNumber} from '../host/costs.ts';
import {
  DESCRIPTOR_CONFORMING, DESCRIPTOR_DB, DESCRIPTOR_EXPAND_DOWN, DESCRIPTOR_CODE, DESCRIPTOR_PRESENT, descriptorBase, descriptorDpl, descriptorLimit, descriptorType,
  selectorError, TYPE_INTERRUPT_GATE, TYPE_INTERRUPT_GATE_16, TYPE_TASK_GATE, TYPE_TRAP_GATE, TYPE_TRAP_GATE_16,
} from '../x86/descriptors.ts';
import {DF, ERROR_IDT, GP, isContributory, isFault, NO_ERROR_CODE, NP, PF, SS_FAULT, TS} from '../x86/exceptions.ts';
import {EFLAGS_IF, EFLAGS_NT, EFLAGS_RF, EFLAGS_TF, EFLAGS_VM} from '../x86/flags.ts';
import {CS, ESP, SS, TR} from '../x86/registers.ts';
import {crossInto} from './crossing.ts';
import {EVENT_EXTERNAL, EVENT_HARDWARE_EXCEPTION, EVENT_PRIVILEGED_EXCEPTION, EVENT_SOFTWARE_EXCEPTION, EVENT_SOFTWARE_INTERRUPT} from './exit-record.ts';
import {raise, refuse} from './fault.ts';
import {materialize} from './flags.ts';
import {exceptionExit, exceptionExits} from './nonroot.ts';
import {readSystem, writeSystem} from './port.ts';
import {accessed, checkStackSegment, isCode, loadCodeSegment, readDescriptor, type Descriptor} from './segmentation.ts';
import {FAULT} from './signal.ts';
import {acknowledgeVirtual} from './virtual-apic/page.ts';
import {STOP_EXIT, STOP_TRIPLE_FAULT, type Cpu} from './state.ts';

const DELIVERY_COST: Readonly<Record<number, number>> = {
  [EVENT_EXTERNAL]: costNumber.interrupt_delivery, [EVENT_HARDWARE_EXCEPTION]: costNumber.exception_delivery,
  [EVENT_PRIVILEGED_EXCEPTION]: costNumber.exception_delivery, [EVENT_SOFTWARE_EXCEPTION]: costNumber.interrupt_gate, [EVENT_SOFTWARE_INTERRUPT]: costNumber.interrupt_gate,
};

/** No exception was being delivered when another arose. */
const NONE = -1;

/**
 * Delivers the recorded exception: into the guest, as an exit, as a double fault, or the processor shuts down.
 * `first` is the exception during whose delivery it arose. Why: whether it exits is asked before it becomes a double fault,
 * so that a VMM sees the page fault that its own tables caused (Intel SDM vol. 3C, 27.2.4).
 */
export function deliverFault(c: Cpu, first = NONE): void {
  for (let during = first; ; ) {
    if (leaves(c)) return;
    if (during === DF) {
      c.stop = STOP_TRIPLE_FAULT;
      return;
    }
    if (doubles(during, c.faultVector)) {
      c.faultVector = DF;
      c.faultError = 0;
      if (leaves(c)) return;
    }
    during = c.faultVector;
    if (during === PF) c.cr2 = c.faultLinear;
    try {
      deliver(c, during, EVENT_HARDWARE_EXCEPTION, c.faultError);
      return;
    } catch (signal) {
      if (signal !== FAULT) throw signal;
    }
  }
}

/** Leaves non-root operation with the recorded exception if the controls say so. */
function leaves(c: Cpu): boolean {
  if (!c.nonRoot || !exceptionExits(c.controls, c.faultVector, c.faultError)) return false;
  exceptionExit(c, c.faultVector, c.faultError);
  c.restoreBlocking();
  c.stop = STOP_EXIT;
  return true;
}

/** Intel SDM vol. 3A, table 6-5 Conditions for Generating a Double Fault. */
export function doubles(first: number, second: number): boolean {
  if (isContributory(first)) return isContributory(second);
  return first === PF && (isContributory(second) || second === PF);
}

/** Doublewords read on the way: the gate and its code segment; with another stack, its pointer in the TSS and its segment. */
const GATE_READS = 4, STACK_READS = 4;

/** Where a delivery goes, worked out before anything changes. */
interface Target {
  selector: number;
  descriptor: Descriptor;
  offset: number;
  cpl: number;
  masks: boolean;
}

/** Why: deliveries are frequent and never nest, so the target and the frame's words are reused and allocate nothing. */
const target: Target = {selector: 0, descriptor: {low: 0, high: 0, at: 0}, offset: 0, cpl: 0, masks: false};
const frame = {words: new Int32Array(6), length: 0};

function pushWord(word: number): void {
  frame.words[frame.length++] = word;
}

/**
 * Delivers one event. EIP must already be what the handler returns to.
 * Throws FAULT with nothing changed but stack memory when the delivery itself faults.
 */
export function deliver(c: Cpu, vector: number, type: number, errorCode: number): void {
  const software = type === EVENT_SOFTWARE_INTERRUPT || type === EVENT_SOFTWARE_EXCEPTION;
  const event = c.delivering;
  event.valid = true;
  event.vector = vector;
  event.type = type;
  event.errorCode = errorCode;
  findTarget(c, vector, software);
  const from = c.cpl;
  frame.length = 0;
  if (target.cpl < from) {
    pushWord(c.segSelector[SS]);
    pushWord(c.r[ESP]);
  }
  const resume = type === EVENT_HARDWARE_EXCEPTION && isFault(vector) ? EFLAGS_RF : 0;
  pushWord(materialize(c) | resume);
  pushWord(c.segSelector[CS]);
  pushWord(c.eip);
  if (errorCode !== NO_ERROR_CODE) pushWord(errorCode);
  if (target.cpl < from) switchStack(c, software ? 0 : 1);
  else pushOnPresentStack(c, software ? 0 : 1);
  loadCodeSegment(c, target.selector, target.descriptor, target.cpl);
  c.eip = target.offset;
  c.eflags &= ~(EFLAGS_TF | EFLAGS_NT | EFLAGS_RF | EFLAGS_VM | (target.masks ? EFLAGS_IF : 0));
  event.valid = false;
  c.singleStep = false;
  c.spend(DELIVERY_COST[type]);
  c.spendAccesses(target.cpl < from ? GATE_READS + STACK_READS : GATE_READS, frame.length);
  if (c.nonRoot && (type === EVENT_HARDWARE_EXCEPTION || type === EVENT_PRIVILEGED_EXCEPTION)) c.spend(costNumber.nonroot_exception);
  if (from === 3 && target.cpl < 3) crossInto(c, vector, type);
  c.lookUp();
  if (type !== EVENT_EXTERNAL) return;
  c.interruptsTaken++;
  c.observer.interruptTaken(vector);
}

/** The checks of the gate and of the code segment it names. Intel SDM vol. 2, INT n, operation section. */
function findTarget(c: Cpu, vector: number, software: boolean): void {
  const external = software ? 0 : 1;
  const gateError = (vector * 8) | ERROR_IDT | external;
  if (vector * 8 + 7 > c.idtLimit) raise(c, GP, gateError);
  const at = (c.idtBase + vector * 8) | 0;
  const low = readSystem(c, at, 4);
  const high = readSystem(c, (at + 4) | 0, 4);
  const type = descriptorType(high) | ((high >>> 8) & 0x10);
  checkGateType(c, vector, type, gateError);
  if (software && descriptorDpl(high) < c.cpl) raise(c, GP, gateError);
  if ((high & DESCRIPTOR_PRESENT) === 0) raise(c, NP, gateError);
  const selector = low >>> 16;
  if ((selector & 0xfffc) === 0) raise(c, GP, external);
  const descriptor = readDescriptor(c, selector, GP, external);
  const error = selectorError(selector) | external;
  const dpl = descriptorDpl(descriptor.high);
  if (!isCode(descriptor.high) || dpl > c.cpl) raise(c, GP, error);
  if ((descriptor.high & DESCRIPTOR_PRESENT) === 0) raise(c, NP, error);
  const offset = (low & 0xffff) | (high & 0xffff0000);
  if (offset >>> 0 > descriptorLimit(descriptor.low, descriptor.high)) raise(c, GP, external);
  target.selector = selector;
  target.descriptor = descriptor;
  target.offset = offset;
  target.cpl = (descriptor.high & DESCRIPTOR_CONFORMING) !== 0 ? c.cpl : dpl;
  target.masks = type === TYPE_INTERRUPT_GATE;
}

function checkGateType(c: Cpu, vector: number, type: number, error: number): void {
  if (type === TYPE_INTERRUPT_GATE || type === TYPE_TRAP_GATE) return;
  if (type === TYPE_TASK_GATE) refuse(c, `vector ${vector} goes through a task gate: hardware task switches are not modelled yet`);
  if (type === TYPE_INTERRUPT_GATE_16 || type === TYPE_TRAP_GATE_16) refuse(c, `vector ${vector} goes through a 16-bit gate: 16-bit segments are not modelled yet`);
  raise(c, GP, error);
}

/** Takes the inner stack from the TSS. Intel SDM vol. 3A, 7.2.1 and 5.8.5 Stack Switching. */
function switchStack(c: Cpu, external: number): void {
  const bytes = frame.length * 4;
  const slot = 4 + target.cpl * 8;
  if (slot + 5 > c.segLimit[TR]) raise(c, TS, selectorError(c.segSelector[TR]) | external);
  const esp = readSystem(c, (c.segBase[TR] + slot) | 0, 4);
  const ss = readSystem(c, (c.segBase[TR] + slot + 4) | 0, 2);
  if ((ss & 0xfffc) === 0) raise(c, TS, external);
  const found = checkStackSegment(c, ss, target.cpl, TS, external);
  const base = descriptorBase(found.low, found.high);
  const limit = descriptorLimit(found.low, found.high);
  if (!holdsFrame(esp, bytes, limit, found.high)) raise(c, SS_FAULT, selectorError(ss) | external);
  const stack = accessed(c, found);
  writeFrame(c, (base + esp) | 0);
  c.setSegment(SS, ss, base, limit, stack.high);
  c.r[ESP] = (esp - bytes) | 0;
}

/** Same privilege: on the present stack, with the rights that privilege has. */
function pushOnPresentStack(c: Cpu, external: number): void {
  const esp = c.r[ESP];
  const bytes = frame.length * 4;
  if (!holdsFrame(esp, bytes, c.segLimit[SS], c.segAttributes[SS])) raise(c, SS_FAULT, external);
  writeFrame(c, (c.segBase[SS] + esp) | 0);
  c.r[ESP] = (esp - bytes) | 0;
}

/** Why the accessed bit before the frame: its write may fault, and then the stack pointer must not have moved. */
function writeFrame(c: Cpu, top: number): void {
  target.descriptor = accessed(c, target.descriptor);
  for (let at = 0; at < frame.length; at++) writeSystem(c, (top - 4 * (at + 1)) | 0, 4, frame.words[at]);
}

function holdsFrame(esp: number, bytes: number, limit: number, attributes: number): boolean {
  const first = (esp - bytes) >>> 0;
  const last = first + bytes - 1;
  if ((attributes & (DESCRIPTOR_CODE | DESCRIPTOR_EXPAND_DOWN)) !== DESCRIPTOR_EXPAND_DOWN) return last <= limit;
  return first > limit && last <= (attributes & DESCRIPTOR_DB ? 0xffff_ffff : 0xffff);
}

/** Takes the interrupt the controller asks for; in non-root operation that is the virtual local APIC. */
export function takeInterrupt(c: Cpu): void {
  if (c.nonRoot) c.spend(costNumber.virtual_interrupt);
  const vector = c.nonRoot ? acknowledgeVirtual(c) : c.interrupts.acknowledge();
  c.shadow = false;
  try {
    deliver(c, vector, EVENT_EXTERNAL, NO_ERROR_CODE);
  } catch (signal) {
    if (signal !== FAULT) throw signal;
    deliverFault(c);
  }
}
