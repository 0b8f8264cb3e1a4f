// Delivery of exceptions and interrupts through the IDT, stack switch included; one of the two places that count a
// crossing. Intel SDM vol. 3A, 6.12.1 Exception- or Interrupt-Handler Procedures; 6.12.2 Interrupt Tasks; 6.13 Error Code.
import {costNumber} from '../host/costs.ts';
import {CR0_PE} from '../x86/control.ts';
import {DR7_GD} from '../x86/debug.ts';
import {
  DESCRIPTOR_CONFORMING, DESCRIPTOR_PRESENT, descriptorDpl, descriptorLimit, descriptorType, selectorError, TYPE_INTERRUPT_GATE, TYPE_INTERRUPT_GATE_16,
  TYPE_TASK_GATE, TYPE_TRAP_GATE, TYPE_TRAP_GATE_16,
} from '../x86/descriptors.ts';
import {DB, DF, ERROR_IDT, GP, isContributory, isFault, NO_ERROR_CODE, NP, PF} from '../x86/exceptions.ts';
import {EFLAGS_IF, EFLAGS_NT, EFLAGS_RF, EFLAGS_TF, EFLAGS_VM} from '../x86/flags.ts';
import {CS, DS, ES, ESP, FS, GS, SS} from '../x86/registers.ts';
import {crossInto} from './crossing.ts';
import {
  EVENT_EXTERNAL, EVENT_HARDWARE_EXCEPTION, EVENT_NMI, EVENT_PRIVILEGED_EXCEPTION, EVENT_SOFTWARE_EXCEPTION, EVENT_SOFTWARE_INTERRUPT,
} from './exit-record.ts';
import {raise} from './fault.ts';
import {materialize} from './flags.ts';
import {deliverInRealMode} from './interrupt-vectors.ts';
import {exceptionExit, exceptionExits} from './nonroot.ts';
import {readSystem} from './port.ts';
import {accessed, isCode, loadCodeSegment, readDescriptor, type Descriptor} from './segmentation.ts';
import {FAULT} from './signal.ts';
import {beginFrame, frameLength, pushWord, writeOnInnerStack, writeOnPresentStack} from './stack-frame.ts';
import {STOP_EXIT, STOP_TRIPLE_FAULT, type Cpu} from './state.ts';
import {FROM_EVENT, switchTask} from './task-switch.ts';
import {acknowledgeVirtual} from './virtual-apic/page.ts';

const DELIVERY_COST: Readonly<Record<number, number>> = {
  [EVENT_EXTERNAL]: costNumber.interrupt_delivery, [EVENT_NMI]: costNumber.interrupt_delivery, [EVENT_HARDWARE_EXCEPTION]: costNumber.exception_delivery,
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
  width: 2 | 4;
  /** The gate leads to another task. */
  task: boolean;
}

/** Why: deliveries are frequent and never nest, so the target is reused and allocates nothing. */
const target: Target = {selector: 0, descriptor: {low: 0, high: 0, at: 0}, offset: 0, cpl: 0, masks: false, width: 4, task: false};

/**
 * Delivers one event. EIP must already be what the handler returns to.
 * Throws FAULT with nothing changed but stack memory when the delivery itself faults; behind a task gate the fault may be the new task's.
 */
export function deliver(c: Cpu, vector: number, type: number, errorCode: number): void {
  const software = type === EVENT_SOFTWARE_INTERRUPT || type === EVENT_SOFTWARE_EXCEPTION;
  const event = c.delivering;
  event.valid = true;
  event.vector = vector;
  event.type = type;
  event.errorCode = errorCode;
  const from = c.cpl;
  const wasVirtual = (c.eflags & EFLAGS_VM) !== 0;
  const resume = type === EVENT_HARDWARE_EXCEPTION && isFault(vector) ? EFLAGS_RF : 0;
  let pushed = 3;
  if ((c.cr0 & CR0_PE) === 0) deliverInRealMode(c, vector);
  else {
    findTarget(c, vector, software);
    if (target.task) switchTask(c, {selector: target.selector, source: FROM_EVENT, external: software ? 0 : 1, errorCode, resume});
    else pushed = throughGate(c, {external: software ? 0 : 1, errorCode, resume, wasVirtual});
  }
  event.valid = false;
  c.singleStep = false;
  if (vector === DB) c.dr7 &= ~DR7_GD;
  if (type === EVENT_NMI) c.nmiBlocked = true;
  c.spend(DELIVERY_COST[type]);
  c.spendAccesses(c.cpl < from ? GATE_READS + STACK_READS : GATE_READS, pushed);
  if (c.nonRoot && (type === EVENT_HARDWARE_EXCEPTION || type === EVENT_PRIVILEGED_EXCEPTION)) c.spend(costNumber.nonroot_exception);
  if (from === 3 && c.cpl < 3) crossInto(c, vector, type);
  c.lookUp();
  if (type !== EVENT_EXTERNAL) {
    c.observer.delivered?.(event);
    return;
  }
  c.interruptsTaken++;
  c.observer.interruptTaken(vector);
}

interface Passage {
  readonly external: number;
  readonly errorCode: number;
  readonly resume: number;
  readonly wasVirtual: boolean;
}

/** Pushes the frame and enters the handler; how many words were pushed. */
function throughGate(c: Cpu, {external, errorCode, resume, wasVirtual}: Passage): number {
  const inner = target.cpl < c.cpl;
  beginFrame(target.width);
  if (wasVirtual) for (const segment of [GS, FS, DS, ES]) pushWord(c.segSelector[segment]);
  if (inner) {
    pushWord(c.segSelector[SS]);
    pushWord(c.r[ESP]);
  }
  pushWord(materialize(c) | resume);
  pushWord(c.segSelector[CS]);
  pushWord(c.eip);
  if (errorCode !== NO_ERROR_CODE) pushWord(errorCode);
  if (inner) writeOnInnerStack(c, target.cpl, external, markTarget(c));
  else writeOnPresentStack(c, external, markTarget(c));
  c.eflags &= ~(EFLAGS_TF | EFLAGS_NT | EFLAGS_RF | EFLAGS_VM | (target.masks ? EFLAGS_IF : 0));
  if (wasVirtual) for (const segment of [GS, FS, DS, ES]) c.setSegment(segment, 0, 0, 0, 0);
  loadCodeSegment(c, target.selector, target.descriptor, target.cpl);
  c.eip = target.offset;
  return frameLength();
}

/** Why before the frame is written: setting the accessed bit may fault, and then the stack pointer must not have moved. */
const markTarget = (c: Cpu) => (): void => { target.descriptor = accessed(c, target.descriptor); };

/** The checks of the gate and of the code segment it names. Intel SDM vol. 2, INT n, operation section. */
function findTarget(c: Cpu, vector: number, software: boolean): void {
  const external = software ? 0 : 1;
  const gateError = (vector * 8) | ERROR_IDT | external;
  if (vector * 8 + 7 > c.idtLimit) raise(c, GP, gateError);
  const at = (c.idtBase + vector * 8) | 0;
  const low = readSystem(c, at, 4);
  const high = readSystem(c, (at + 4) | 0, 4);
  const type = descriptorType(high) | ((high >>> 8) & 0x10);
  if (!GATES.has(type)) raise(c, GP, gateError);
  if (software && descriptorDpl(high) < c.cpl) raise(c, GP, gateError);
  if ((high & DESCRIPTOR_PRESENT) === 0) raise(c, NP, gateError);
  const selector = low >>> 16;
  target.selector = selector;
  target.task = type === TYPE_TASK_GATE;
  if (target.task) return;
  if ((selector & 0xfffc) === 0) raise(c, GP, external);
  const descriptor = readDescriptor(c, selector, GP, external);
  const error = selectorError(selector) | external;
  const dpl = descriptorDpl(descriptor.high);
  if (!isCode(descriptor.high) || dpl > c.cpl) raise(c, GP, error);
  if ((descriptor.high & DESCRIPTOR_PRESENT) === 0) raise(c, NP, error);
  const wide = type === TYPE_INTERRUPT_GATE || type === TYPE_TRAP_GATE;
  const offset = (low & 0xffff) | (wide ? high & 0xffff0000 : 0);
  const cpl = (descriptor.high & DESCRIPTOR_CONFORMING) !== 0 ? c.cpl : dpl;
  if ((c.eflags & EFLAGS_VM) !== 0 && cpl !== 0) raise(c, GP, error);
  if (offset >>> 0 > descriptorLimit(descriptor.low, descriptor.high)) raise(c, GP, external);
  target.descriptor = descriptor;
  target.offset = offset;
  target.cpl = cpl;
  target.width = wide ? 4 : 2;
  target.masks = type === TYPE_INTERRUPT_GATE || type === TYPE_INTERRUPT_GATE_16;
}

const GATES: ReadonlySet<number> = new Set([TYPE_INTERRUPT_GATE, TYPE_TRAP_GATE, TYPE_TASK_GATE, TYPE_INTERRUPT_GATE_16, TYPE_TRAP_GATE_16]);

/** Takes the interrupt the controller asks for; in non-root operation that is the virtual local APIC. */
export function takeInterrupt(c: Cpu): void {
  if (c.nonRoot) c.spend(costNumber.virtual_interrupt);
  const vector = c.nonRoot ? acknowledgeVirtual(c) : c.interrupts.acknowledge();
  c.shadow = false;
  deliverOrFault(c, vector, EVENT_EXTERNAL);
}

/** Delivers an event without an error code, or what goes wrong on the way. */
export function deliverOrFault(c: Cpu, vector: number, type: number): void {
  try {
    deliver(c, vector, type, NO_ERROR_CODE);
  } catch (signal) {
    if (signal !== FAULT) throw signal;
    deliverFault(c);
  }
}
