// A point is the boundary before one instruction of the cache: what the guest's state is when the processor stands there. With it
// an exception or interrupt inside the cache is given to the guest at an instruction of its own, with the state before it.
import type {Instruction} from 'worldswitch';
import type {Translation} from './translation.ts';

/** What has to be undone: the in-cache sequences keep what they overwrite in the state page. */
export const UNDO_EAX = 1, UNDO_ECX = 2, UNDO_FLAGS = 4;
/** The stack pointer is four too low or too high. */
export const UNDO_PUSH = 8, UNDO_POP = 16;
/** The guest's EIP is not known when translating: it stands in the state page. */
export const AT_TARGET = 32;
/** STI has just ended: interrupts wait for one more instruction if they were disabled before. */
export const AFTER_STI = 64;

/** Why the cache calls the VMM here. */
export type Callout = 'emulate' | 'chain' | 'dispatch' | 'miss' | 'pending';

export interface Point {
  /** The guest's EIP. */
  readonly eip: number;
  readonly undo: number;
  /** Guest instructions that have retired once the instruction of the cache has. */
  readonly guest: 0 | 1;
  readonly callout: Callout | null;
  /** The guest's instruction that a callout carries out. */
  readonly instruction: Instruction | null;
  /** Of a jump out of a translation: where its displacement lies. */
  readonly exit: Exit | null;
  /** Ends in an indirect jump. */
  readonly indirect: boolean;
  translation: Translation | null;
}

/** A jump that leaves a translation for a known address. */
export interface Exit {
  /** Offset of the displacement in the translation's code. */
  site: number;
  readonly chainable: boolean;
}

const PLAIN = {undo: 0, guest: 0, callout: null, instruction: null, exit: null, indirect: false, translation: null} as const;

export const point = (eip: number, more: Partial<Point> = {}): Point => ({...PLAIN, ...more, eip});
