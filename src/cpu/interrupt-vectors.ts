// Interrupts and exceptions in real mode: the four-byte vectors of the table IDTR points at, no error codes, no checks but limits.
// Intel SDM vol. 3B, 20.1.4 Interrupt and Exception Handling.
import {GP, NO_ERROR_CODE} from '../x86/exceptions.ts';
import {EFLAGS_AC, EFLAGS_IF, EFLAGS_RF, EFLAGS_TF} from '../x86/flags.ts';
import {CS} from '../x86/registers.ts';
import {raise} from './fault.ts';
import {materialize} from './flags.ts';
import {readSystem} from './port.ts';
import {loadParagraph} from './segmentation.ts';
import {beginFrame, pushWord, writeOnPresentStack} from './stack-frame.ts';
import type {Cpu} from './state.ts';

const VECTOR_BYTES = 4;

/** Throws FAULT with nothing changed but stack memory when the vector or the stack lies beyond its limit. */
export function deliverInRealMode(c: Cpu, vector: number): void {
  if (vector * VECTOR_BYTES + VECTOR_BYTES - 1 > c.idtLimit) raise(c, GP, NO_ERROR_CODE);
  const at = (c.idtBase + vector * VECTOR_BYTES) | 0;
  const [eip, selector] = [readSystem(c, at, 2), readSystem(c, (at + 2) | 0, 2)];
  beginFrame(2);
  pushWord(materialize(c));
  pushWord(c.segSelector[CS]);
  pushWord(c.eip);
  writeOnPresentStack(c, 0, () => {});
  loadParagraph(c, CS, selector);
  c.eip = eip;
  c.eflags &= ~(EFLAGS_IF | EFLAGS_TF | EFLAGS_RF | EFLAGS_AC);
}
