// The shape of an entry check: what the manual requires, in a few words, and the test. Rows, because a failed entry must name
// the one rule that was broken.
import type {GuestEvent} from '../exit-record.ts';
import type {Cpu} from '../state.ts';

export interface EntryCheck {
  /** What must hold. */
  readonly rule: string;
  readonly holds: (c: Cpu, event: GuestEvent | null) => boolean;
}

export const check = (rule: string, holds: EntryCheck['holds']): EntryCheck => ({rule, holds});
