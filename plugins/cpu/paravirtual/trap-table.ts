// The guest's virtual interrupt table: 256 handlers, registered by set_trap_table. Vector 0x80 goes past Xen when its handler
// leaves events unmasked. Xen, public/arch-x86/xen.h, struct trap_info; arch/x86/traps.c, init_int80_direct_trap.
import type {Domain} from 'worldswitch';
import type {Handler} from './guest-frames.ts';
import type {Hole} from './hole.ts';

export const DIRECT_VECTOR = 0x80;
const VECTORS = 256;
/** struct trap_info: vector and flags, a code selector, an address. */
const ENTRY_WORDS = 2;
const DPL = 3, MASKS = 4;

export interface Trap extends Handler {
  /** The outermost ring that may raise it by INT n. */
  readonly dpl: number;
}

const NO_TRAP: Trap = {cs: 0, eip: 0, masks: false, dpl: 0};
/** Why: a handler runs in ring 1 or outside it, whatever the guest writes. */
export const kernelSelector = (selector: number): number => ((selector & 3) >= 1 ? selector & 0xffff : (selector & 0xffff) | 1);

export class TrapTable {
  readonly #domain: Domain;
  readonly #hole: Hole;
  readonly #allowsDirect: boolean;
  readonly #traps: Trap[] = Array.from({length: VECTORS}, () => NO_TRAP);

  constructor(domain: Domain, hole: Hole, allowsDirect: boolean) {
    this.#domain = domain;
    this.#allowsDirect = allowsDirect;
    this.#hole = hole;
  }

  get(vector: number): Trap {
    return this.#traps[vector];
  }

  /** A list that ends with address 0; no list at all clears the table. */
  set(list: number): number {
    if (list === 0) {
      for (let vector = 0; vector < VECTORS; vector++) this.#traps[vector] = NO_TRAP;
      this.#direct();
      return 0;
    }
    for (let at = list; ; at += ENTRY_WORDS * 4) {
      const [word, eip] = this.#domain.copy.readWords(at, ENTRY_WORDS);
      if (eip === 0) return 0;
      const vector = word & 0xff;
      const flags = (word >>> 8) & 0xff;
      this.#traps[vector] = {cs: kernelSelector(word >>> 16), eip, masks: (flags & MASKS) !== 0, dpl: flags & DPL};
      if (vector === DIRECT_VECTOR) this.#direct();
    }
  }

  /** The processor cannot mask events, so a handler that wants them masked is reached through Xen. */
  #direct(): void {
    const {cs, eip, masks, dpl} = this.#traps[DIRECT_VECTOR];
    const direct = this.#allowsDirect && eip !== 0 && !masks;
    this.#domain.vmm.cpu.controls.directVector = direct ? DIRECT_VECTOR : -1;
    if (direct) this.#hole.setGate(DIRECT_VECTOR, cs, eip, dpl);
  }
}
