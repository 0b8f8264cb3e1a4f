// The virtual-APIC page as the processor keeps it in non-root operation: requests and services are evaluated on it as a local APIC does on its
// registers. Intel SDM vol. 3C, 29.1 Virtual APIC State, 29.2 Evaluation and Delivery of Virtual Interrupts.
//
// Simplification: the guest interrupt status (RVI and SVI) is what the page's sets say, as after a VMM has brought the two into step.
import {deliverable, processorPriority} from '../../x86/apic/priority.ts';
import {addVector, at, hasVector, highestVector, NO_VECTOR, removeVector, type RegisterPage} from '../../x86/apic/register-page.ts';
import {IN_SERVICE, PROCESSOR_PRIORITY, REQUESTS, TRIGGER_MODE} from '../../x86/apic/registers.ts';
import {EXIT_REASONS} from '../../x86/exit-reasons.ts';
import type {Cpu} from '../state.ts';

/** 29.1.3 and 29.2.1: brings the priority up to date, and recognizes what may now be delivered. */
export function evaluate(c: Cpu): void {
  const page = c.controls.virtualApic as RegisterPage;
  page[at(PROCESSOR_PRIORITY)] = processorPriority(page);
  c.virtualInterrupt = deliverable(page) !== NO_VECTOR;
  c.lookUp();
}

/** 29.2.2 Virtual-Interrupt Delivery, before the way through the IDT: the vector. */
export function acknowledgeVirtual(c: Cpu): number {
  const page = c.controls.virtualApic as RegisterPage;
  const vector = deliverable(page);
  removeVector(page, REQUESTS, vector);
  addVector(page, IN_SERVICE, vector);
  evaluate(c);
  return vector;
}

/** 29.1.4 EOI Virtualization: the highest service ends; the VMM hears of it where it asked to. */
export function endVirtual(c: Cpu): void {
  const page = c.controls.virtualApic as RegisterPage;
  const vector = highestVector(page, IN_SERVICE);
  if (vector === NO_VECTOR) return;
  removeVector(page, IN_SERVICE, vector);
  evaluate(c);
  if (hasVector(c.controls.eoiExits, 0, vector)) leaveAfter(c, EXIT_REASONS.VIRTUALIZED_EOI, vector);
}

/** 29.1.5 Self-IPI Virtualization. Why the trigger mode: a local APIC clears it for an edge, and the manual is silent here. */
export function requestVirtual(c: Cpu, vector: number): void {
  const page = c.controls.virtualApic as RegisterPage;
  addVector(page, REQUESTS, vector);
  removeVector(page, TRIGGER_MODE, vector);
  evaluate(c);
}

/** An exit that follows the instruction, which has done its work. Intel SDM vol. 3C, 29.4.3.3: "trap-like". */
export function leaveAfter(c: Cpu, reason: number, qualification: number): void {
  c.exitAfter = reason;
  c.exitAfterQualification = qualification;
  c.lookUp();
}
