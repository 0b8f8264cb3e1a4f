// A crystal beside the guest clock: counts its own ticks exactly, for chips that don't run at the clock's rate.
import type {DeviceClock} from './bus.ts';

/** Whole quotient of non-negative integers. Why: `%` is exact where the rounded quotient may reach the next integer. */
const quotient = (dividend: number, divisor: number): number => (dividend - (dividend % divisor)) / divisor;

const greatestDivisor = (a: number, b: number): number => (b === 0 ? a : greatestDivisor(b, a % b));

export class Oscillator {
  readonly #clock: DeviceClock;
  /** The two rates in lowest terms: ticks of the crystal in so many of the clock. */
  readonly #ticks: number;
  readonly #per: number;

  /**
   * @param hertz ticks of the crystal in a second
   * @throws RangeError when the two rates in lowest terms multiply past 2^53, the reach of exact integers (7.5 GHz and more for a PC's timer)
   */
  constructor(clock: DeviceClock, hertz: number) {
    const common = greatestDivisor(clock.hertz, hertz);
    this.#clock = clock;
    this.#ticks = hertz / common;
    this.#per = clock.hertz / common;
    if (!Number.isInteger(clock.hertz) || clock.hertz < 1 || !Number.isSafeInteger(this.#ticks * this.#per)) {
      throw new RangeError(`A clock of ${clock.hertz} Hz is outside what a ${hertz} Hz crystal can be compared with`);
    }
  }

  /** Ticks since reset, now. */
  now(): number {
    return this.tickAt(this.#clock.now());
  }

  /** The crystal's tick at the given time of the clock. */
  tickAt(time: number): number {
    const rounds = quotient(time, this.#per);
    return rounds * this.#ticks + quotient((time % this.#per) * this.#ticks, this.#per);
  }

  /** The first time of the clock at which the crystal has ticked `tick` times. */
  timeOf(tick: number): number {
    const rounds = quotient(tick, this.#ticks);
    const rest = (tick % this.#ticks) * this.#per;
    return rounds * this.#per + quotient(rest + this.#ticks - 1, this.#ticks);
  }
}
