// IA32_APIC_BASE: where the registers lie, whether the local APIC is there at all, and that this is the bootstrap processor.
// Intel SDM vol. 3A, 10.4.3 Enabling or Disabling the Local APIC and 10.4.4 Local APIC Status and Location.
//
// Simplification: registers can be moved within 4 GiB, and memory goes before them where they would lie over it.

const BOOTSTRAP = 1 << 8, ENABLED = 1 << 11;
const RESERVED = 0x6ff;
const DEFAULT_BASE = 0xfee0_0000;

/** What a change of the register moves. */
export interface Placed {
  /** Registers answer at this address; null while the local APIC is off. */
  place(base: number | null): void;
}

export class ApicBaseRegister {
  #value = (DEFAULT_BASE | ENABLED | BOOTSTRAP) >>> 0;
  readonly #placed: Placed;

  constructor(placed: Placed) {
    this.#placed = placed;
    placed.place(this.base);
  }

  get enabled(): boolean {
    return (this.#value & ENABLED) !== 0;
  }

  get base(): number {
    return (this.#value & ~0xfff) >>> 0;
  }

  /** The low doubleword; the high one is 0. */
  read(): number {
    return this.#value;
  }

  /** False for a value that raises #GP(0): the processor has no x2APIC mode, and here no physical addresses beyond 32 bits. */
  write(low: number, high: number): boolean {
    if (high !== 0 || (low & RESERVED) !== 0) return false;
    const value = ((low & ~BOOTSTRAP) | BOOTSTRAP) >>> 0;
    if (value === this.#value) return true;
    this.#value = value;
    this.#placed.place(this.enabled ? this.base : null);
    return true;
  }
}
