// The local vector table: what the timer, the two interrupt pins, the performance counters, the thermal sensor and errors turn into.
// Intel SDM vol. 3A, 10.5.1 Local Vector Table.
//
// Simplification: pins carry assertion, so the polarity bits are kept and change nothing; the performance counters and the thermal
// sensor do not exist and never interrupt.
import {at, type RegisterPage} from '../../x86/apic/register-page.ts';
import {
  deliveryMode, EXTINT, FIXED, LVT_ERROR, LVT_LEVEL, LVT_LINT0, LVT_LINT1, LVT_MASKED, LVT_PERFORMANCE, LVT_PERIODIC, LVT_REMOTE_IRR, LVT_THERMAL, LVT_TIMER, NMI,
  SPURIOUS_ENABLE, SPURIOUS_VECTOR,
} from '../../x86/apic/registers.ts';

/** Bits that software may write in each entry. */
export const LVT_WRITABLE: ReadonlyMap<number, number> = new Map([
  [LVT_TIMER, LVT_PERIODIC | LVT_MASKED | 0xff], [LVT_THERMAL, LVT_MASKED | 0x7ff], [LVT_PERFORMANCE, LVT_MASKED | 0x7ff],
  [LVT_LINT0, 0x1_a7ff], [LVT_LINT1, 0x1_a7ff], [LVT_ERROR, LVT_MASKED | 0xff],
]);
const PINS: readonly number[] = [LVT_LINT0, LVT_LINT1];

/** What an entry leads to. */
export interface LocalTarget {
  fixed(vector: number, level: boolean): void;
  nmi(): void;
}

export class LocalVectors {
  readonly #target: LocalTarget;
  readonly #asserted = [false, false];
  /** Levels taken and not yet ended. Why beside the register: a virtualized write has put the guest's own bit there. */
  readonly #remoteIrr = [false, false];
  page: RegisterPage;

  constructor(page: RegisterPage, target: LocalTarget) {
    this.page = page;
    this.#target = target;
    this.reset();
  }

  /** 10.4.7.1: everything masked. */
  reset(): void {
    for (const entry of LVT_WRITABLE.keys()) this.page[at(entry)] = LVT_MASKED;
    this.#remoteIrr.fill(false);
  }

  /** While the controller is disabled by software the masks stay set (10.4.7.2). */
  write(entry: number, value: number): void {
    const writable = LVT_WRITABLE.get(entry) ?? 0;
    const enabled = (this.page[at(SPURIOUS_VECTOR)] & SPURIOUS_ENABLE) !== 0;
    const pin = PINS.indexOf(entry);
    this.page[at(entry)] = (value & writable) | (enabled ? 0 : LVT_MASKED) | (this.#remoteIrr[pin] ? LVT_REMOTE_IRR : 0);
    if (pin >= 0) this.#askAgain(pin);
  }

  maskAll(): void {
    for (const entry of LVT_WRITABLE.keys()) this.page[at(entry)] |= LVT_MASKED;
  }

  isMasked(entry: number): boolean {
    return (this.page[at(entry)] & LVT_MASKED) !== 0;
  }

  /** An event of the processor's own, by its entry. */
  raise(entry: number): void {
    const word = this.page[at(entry)];
    if ((word & LVT_MASKED) === 0) this.#deliver(entry, word);
  }

  setPin(pin: number, asserted: boolean): void {
    const rises = asserted && !this.#asserted[pin];
    this.#asserted[pin] = asserted;
    if (rises && !this.#isLevel(PINS[pin])) this.raise(PINS[pin]);
    else this.#askAgain(pin);
  }

  /** Some pin passes an external controller's request through to the processor (10.5.1, ExtINT). */
  get external(): boolean {
    return PINS.some((entry, pin) => this.#asserted[pin] && !this.isMasked(entry) && deliveryMode(this.page[at(entry)]) === EXTINT);
  }

  /** The service of a level-triggered vector has ended: a pin that is still asserted asks anew. */
  ended(vector: number): void {
    PINS.forEach((entry, pin) => {
      const word = this.page[at(entry)];
      if (!this.#remoteIrr[pin] || (word & 0xff) !== vector) return;
      this.#remoteIrr[pin] = false;
      this.page[at(entry)] = word & ~LVT_REMOTE_IRR;
      this.#askAgain(pin);
    });
  }

  #isLevel(entry: number): boolean {
    const word = this.page[at(entry)];
    return deliveryMode(word) === FIXED && (word & LVT_LEVEL) !== 0;
  }

  #askAgain(pin: number): void {
    const entry = PINS[pin];
    if (!this.#asserted[pin] || !this.#isLevel(entry) || this.isMasked(entry) || this.#remoteIrr[pin]) return;
    this.#remoteIrr[pin] = true;
    this.page[at(entry)] |= LVT_REMOTE_IRR;
    this.#deliver(entry, this.page[at(entry)]);
  }

  #deliver(entry: number, word: number): void {
    const mode = deliveryMode(word);
    if (entry === LVT_TIMER || entry === LVT_ERROR || mode === FIXED) this.#target.fixed(word & 0xff, this.#isLevel(entry));
    else if (mode === NMI) this.#target.nmi();
  }
}
