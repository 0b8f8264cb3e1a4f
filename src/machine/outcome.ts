// How a guest's run ended. Every way of ending is one of these; none is a hang.
import {EXCEPTION_NAMES} from '../x86/exceptions.ts';
import type {Cpu} from '../cpu/state.ts';
import {STOP_BUDGET, STOP_REFUSED, STOP_REQUESTED, STOP_TRIPLE_FAULT} from '../cpu/state.ts';
import type {Platform} from './platform.ts';

export interface Ending {
  readonly outcome: 'completed' | 'triple-fault' | 'deadlock' | 'budget' | 'error';
  /** A sentence, empty when completed. */
  readonly reason: string;
}

/** `#GP`, or the bare vector where the manual has no name. */
const exceptionName = (vector: number): string => (EXCEPTION_NAMES[vector] ? `#${EXCEPTION_NAMES[vector].toUpperCase()}` : `vector ${vector}`);
const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;

/** Reads the ending off a processor that stopped for good. */
export function endingOf(platform: Platform): Ending {
  const {cpu} = platform;
  switch (cpu.stop) {
    case STOP_REQUESTED:
      return platform.resetPulled
        ? {outcome: 'completed', reason: 'the guest pulled the reset line'}
        : {outcome: 'completed', reason: ''};
    case STOP_TRIPLE_FAULT: return tripleFault(cpu);
    case STOP_BUDGET: return {outcome: 'budget', reason: `the budget of ${cpu.instructionLimit} guest instructions is spent; the guest is at eip ${hex(cpu.eip)}`};
    case STOP_REFUSED: return {outcome: 'error', reason: cpu.refusal};
    default: return {outcome: 'error', reason: `the processor stopped for an unknown cause ${cpu.stop}`};
  }
}

export const tripleFault = (cpu: Cpu): Ending => ({
  outcome: 'triple-fault', reason: `triple fault: the last exception, ${exceptionName(cpu.faultVector)}, could not be delivered at eip ${hex(cpu.eip)}, cr2 ${hex(cpu.cr2)}`,
});

export const deadlock = (cpu: Cpu, why: string): Ending => ({outcome: 'deadlock', reason: `HLT at eip ${hex(cpu.eip)} ${why}`});
