// Raising an exception of the guest, from anywhere below the run loop.
import {GP, NO_ERROR_CODE, PF, UD} from '../x86/exceptions.ts';
import {FAULT, REFUSAL} from './signal.ts';
import {STOP_REFUSED, type Cpu} from './state.ts';

/** Records an exception and leaves the instruction. */
export function raise(c: Cpu, vector: number, errorCode = NO_ERROR_CODE): never {
  c.faultVector = vector;
  c.faultError = errorCode;
  throw FAULT;
}

export const undefinedOpcode = (c: Cpu): never => raise(c, UD);
export const generalProtection = (c: Cpu, errorCode = 0): never => raise(c, GP, errorCode);

/** Intel SDM vol. 3A, 4.7: the linear address goes to CR2 when the fault is delivered, not before. */
export function pageFault(c: Cpu, linear: number, errorCode: number): never {
  recordPageFault(c, linear, errorCode);
  throw FAULT;
}

/** Records a page fault that the caller answers with FAULTED. */
export function recordPageFault(c: Cpu, linear: number, errorCode: number): void {
  c.faultVector = PF;
  c.faultError = errorCode;
  c.faultLinear = linear;
}

/** Ends the run with a sentence: the guest needs something that is not modelled. */
export function refuse(c: Cpu, sentence: string): never {
  c.refusal = sentence;
  c.stop = STOP_REFUSED;
  throw REFUSAL;
}
