// What a step is drawn from: chance, the ring it is meant for, and pools of pointers, selectors and flags in which the odd
// cases lie close together.
import type {Random} from '../../oracle/random.ts';
import {EBP, ECX, EBX, EDX, ESI, EDI, EAX} from '../../x86/registers.ts';
import {EFLAGS_AC, EFLAGS_ARITHMETIC, EFLAGS_DF, EFLAGS_FIXED, EFLAGS_ID, EFLAGS_IF, EFLAGS_IOPL, EFLAGS_NT, EFLAGS_TF} from '../../x86/flags.ts';
import * as L from '../layout.ts';
import type {Step} from '../program.ts';

export interface Draw {
  readonly random: Random;
  readonly kernel: boolean;
}

export type StepMaker = (draw: Draw) => Step;

/** Registers a step may change at will: all but ESP. */
export const ANY_REGISTER = [EAX, ECX, EDX, EBX, EBP, ESI, EDI] as const;

/** A linear address worth touching: data under all rights, page ends, aliases, the large page, and where nothing is mapped. */
export function pointer({random, kernel}: Draw): number {
  const within = random.oneIn(3) ? random.pick([0, 4092, 4093, 4094, 4095]) : random.below(L.PAGE);
  switch (random.below(12)) {
    case 0: return L.LARGE + random.below(16) * L.PAGE + within;
    case 1: return random.oneIn(4) ? L.LARGE + 0x10_0000 + within : L.LARGE + within;
    case 2: case 3: case 4: return L.ALIAS + random.below(L.ALIAS_PAGES) * L.PAGE + within;
    case 5: return random.pick([0, 0x0090_0000, 0x8000_0000 | 0, 0xffff_f000 | 0, 0xff80_0000 | 0, L.USER_CONTROL + 64, L.SCRATCH, L.GDT + 8 * L.SPARE_DESCRIPTOR]) + (within & 0x3f);
    case 6: return kernel ? L.SCRATCH + random.below(64) : L.USER_CONTROL + 64 + random.below(64);
    default: return L.DATA + random.below(L.DATA_PAGES) * L.PAGE + within;
  }
}

/** A selector: plain, odd, local, null, or beyond the table. */
export function selector({random}: Draw): number {
  const index = random.oneIn(6) ? random.below(40) : random.between(1, L.DESCRIPTORS - 1);
  const local = random.oneIn(10);
  return random.oneIn(12) ? random.below(4) : (local ? random.below(5) << 3 | 4 : index << 3) | random.pick([0, 0, 3, 3, 1, 2]);
}

/** A code selector, mostly one that can be entered from the body's own ring. */
export function codeSelector(draw: Draw): number {
  const {random, kernel} = draw;
  if (random.oneIn(6)) return selector(draw);
  return kernel ? random.pick([L.KERNEL_CS, L.KERNEL_CS, 0x50, 0x80, 0xa8]) : random.pick([L.USER_CS, L.USER_CS, 0x53, 0x6b, 0x93, 0x9b]);
}

const FLAGS = [EFLAGS_ARITHMETIC, EFLAGS_DF, EFLAGS_NT, EFLAGS_AC, EFLAGS_ID] as const;

/** An EFLAGS image: any of the bits that POPF and IRET take, TF now and then. Never VM. */
export function flagsImage({random}: Draw): number {
  const some = FLAGS.reduce((sum, bits) => sum | (random.oneIn(3) ? random.word() & bits : 0), EFLAGS_FIXED);
  return some | (random.oneIn(2) ? EFLAGS_IF : 0) | (random.oneIn(3) ? random.word() & EFLAGS_IOPL : 0) | (random.oneIn(8) ? EFLAGS_TF : 0);
}

/** Slots ahead: mostly the next. */
export const ahead = ({random}: Draw): number => (random.oneIn(3) ? random.between(2, 4) : 1);
