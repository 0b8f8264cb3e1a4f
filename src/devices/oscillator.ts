// A crystal beside the guest clock: counts its own ticks exactly, for chips that don't run at the clock's rate.
import type {DeviceClock} from './bus.ts';

/** Whole quotient of non-negative integers. Why: `%` is exact where the rounded quotient may reach the next integer. */
const quotient = (dividend: number, divisor: number): number => (dividend - (dividend % divisor)) / divisor;

export class Oscillator {
  readonly #clock: DeviceClock;
  readonly #hertz: number;

  /**
   * @param hertz ticks of the crystal in a second
   * @throws RangeError when the two rates multiply past 2^53, the reach of exact integers (7.5 GHz for a PC's timer)
   */
  constructor(clock: DeviceClock, hertz: number) {
    if (!Number.isInteger(clock.hertz) || clock.hertz < 1 || !Number.isSafeInteger(clock.hertz * hertz)) {
      throw new RangeError(`A clock of ${clock.hertz} Hz is outside what a ${hertz} Hz crystal can be compared with`);
    }
    this.#clock = clock;
    this.#hertz = hertz;
  }

  /** Ticks since reset, now. */
  now(): number {
    return this.tickAt(this.#clock.now());
  }

  /** The crystal's tick at the given time of the clock. */
  tickAt(time: number): number {
    const {hertz} = this.#clock;
    const seconds = quotient(time, hertz);
    return seconds * this.#hertz + quotient((time % hertz) * this.#hertz, hertz);
  }

  /** The first time of the clock at which the crystal has ticked `tick` times. */
  timeOf(tick: number): number {
    const {hertz} = this.#clock;
    const seconds = quotient(tick, this.#hertz);
    const rest = (tick % this.#hertz) * hertz;
    return seconds * hertz + quotient(rest + this.#hertz - 1, this.#hertz);
  }
}
