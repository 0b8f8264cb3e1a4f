// Leaving non-root operation: what the hardware checks before an instruction or an event, and what it records.
// Intel SDM vol. 3C, chapter 25 VMX Non-Root Operation and 27 VM Exits.
import type {WalkRecord} from '../memory/walk.ts';
import {ACCESS_FETCH, ACCESS_WRITE} from '../memory/walk.ts';
import {PF} from '../x86/exceptions.ts';
import {EXIT_REASONS} from '../x86/exit-reasons.ts';
import type {ExecutionControls} from './controls.ts';
import {EVENT_HARDWARE_EXCEPTION} from './exit-record.ts';
import {EXIT} from './signal.ts';
import type {Cpu} from './state.ts';

/** Records an exit and leaves the instruction; the run loop fills in its length. */
export function vmExit(c: Cpu, reason: number, qualification = 0): never {
  c.exit.clear();
  c.exit.reason = reason;
  c.exit.qualification = qualification;
  throw EXIT;
}

/** Whether an exception leaves non-root operation. Intel SDM vol. 3C, 25.2 and 24.6.3. */
export function exceptionExits(controls: ExecutionControls, vector: number, errorCode: number): boolean {
  const bit = (controls.exceptionBitmap & (1 << vector)) !== 0;
  if (vector !== PF) return bit;
  const matches = (errorCode & controls.pageFaultMask) === controls.pageFaultMatch;
  return matches ? bit : !bit;
}

/** An exception that exits, recorded with the event whose delivery it interrupted. */
export function exceptionExit(c: Cpu, vector: number, errorCode: number, type: number = EVENT_HARDWARE_EXCEPTION): void {
  const {exit, delivering} = c;
  exit.clear();
  exit.reason = EXIT_REASONS.EXCEPTION_NMI;
  exit.vector = vector;
  exit.errorCode = errorCode;
  exit.type = type;
  exit.qualification = vector === PF ? c.faultLinear : 0;
  exit.guestLinear = c.faultLinear;
  recordVectoring(c);
  delivering.valid = false;
}

/** INT n while the VMM owns the IDT. */
export function softwareInterruptExit(c: Cpu, vector: number): never {
  c.exit.clear();
  c.exit.reason = EXIT_REASONS.EXCEPTION_NMI;
  c.exit.vector = vector;
  c.exit.software = true;
  throw EXIT;
}

/** Intel SDM vol. 3C, 27.2.4: the exit tells which event was being delivered, so that the VMM can inject it again. */
export function recordVectoring(c: Cpu): void {
  Object.assign(c.exit.vectoring, c.delivering);
}

/** Bits of the qualification of an EPT violation. Intel SDM vol. 3C, table 27-7. */
export const VIOLATION_READ = 1, VIOLATION_WRITE = 2, VIOLATION_FETCH = 4, VIOLATION_LINEAR_VALID = 1 << 7, VIOLATION_FINAL = 1 << 8;

export function nestedViolation(c: Cpu, linear: number, access: number, record: WalkRecord): never {
  const {exit} = c;
  exit.clear();
  exit.reason = EXIT_REASONS.EPT_VIOLATION;
  const kind = access & ACCESS_WRITE ? VIOLATION_WRITE : access & ACCESS_FETCH ? VIOLATION_FETCH : VIOLATION_READ;
  exit.qualification = (record.duringGuestWalk ? VIOLATION_READ | VIOLATION_WRITE : kind | VIOLATION_FINAL) | VIOLATION_LINEAR_VALID;
  exit.guestLinear = linear;
  exit.guestPhysical = record.guestPhysical;
  recordVectoring(c);
  throw EXIT;
}
