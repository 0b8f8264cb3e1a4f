// What a processor checks before it enters a guest. Controls and host state that are wrong fail the instruction itself, with an
// error number; a guest state that is wrong makes the entry fail, with exit reason 33.
// Intel SDM vol. 3C, 26.2, 26.3, 26.8 VM-Entry Failures During or After Loading Guest State; 30.4 VM Instruction Error Numbers.
import {EXIT_REASONS} from '../../x86/exit-reasons.ts';
import type {GuestEvent} from '../exit-record.ts';
import {STOP_EXIT, STOP_REFUSED, type Cpu} from '../state.ts';
import {CONTROL_CHECKS, HOST_CHECKS} from './control-checks.ts';
import {GUEST_CHECKS} from './guest-checks.ts';
import {hasOrdinarySegments} from './ordinary-segments.ts';
import type {EntryCheck} from './row.ts';
import {SEGMENT_CHECKS} from './segment-checks.ts';

const INVALID_CONTROLS = 7, INVALID_HOST_STATE = 8;

/** True when the entry does not take place; `stop`, and `exit` or `refusal`, tell what was wrong. */
export function failedEntry(c: Cpu, event: GuestEvent | null): boolean {
  return fails(c, broken(CONTROL_CHECKS, c, event), INVALID_CONTROLS) || fails(c, broken(HOST_CHECKS, c, event), INVALID_HOST_STATE)
    || exits(c, broken(GUEST_CHECKS, c, event) ?? (hasOrdinarySegments(c) ? null : broken(SEGMENT_CHECKS, c, event)));
}

/** Whether the segments are such that a processor would enter the guest: on the way between real and protected mode they may not be. */
export const hasValidSegments = (c: Cpu): boolean => hasOrdinarySegments(c) || broken(SEGMENT_CHECKS, c, null) === null;

function broken(checks: readonly EntryCheck[], c: Cpu, event: GuestEvent | null): string | null {
  for (const {rule, holds} of checks) if (!holds(c, event)) return rule;
  return null;
}

function fails(c: Cpu, rule: string | null, error: number): boolean {
  if (rule === null) return false;
  c.refusal = `VM entry failed with VM-instruction error ${error} (invalid ${error === INVALID_CONTROLS ? 'control fields' : 'host state'}): it must hold that ${rule}`;
  c.stop = STOP_REFUSED;
  return true;
}

function exits(c: Cpu, rule: string | null): boolean {
  if (rule === null) return false;
  c.exit.clear();
  c.exit.reason = EXIT_REASONS.INVALID_GUEST_STATE;
  c.exit.entryFailure = rule;
  c.exit.instructionLength = 0;
  c.stop = STOP_EXIT;
  return true;
}
