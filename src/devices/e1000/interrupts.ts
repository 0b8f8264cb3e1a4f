// Causes, mask and throttle: the pin rises when an enabled cause is set, and not sooner after the last time than the throttle allows.
// Intel 317453, 3.5 Interrupts, 13.4.17 to 13.4.20; ITR in units of 256 ns.
import type {Alarm, DeviceClock, Line} from '../bus.ts';

export const TRANSMITTED = 1 << 0, QUEUE_EMPTY = 1 << 1, LINK_CHANGED = 1 << 2, RECEIVE_LOW = 1 << 4, RECEIVE_OVERRUN = 1 << 6, RECEIVED = 1 << 7, PHY_DONE = 1 << 9;
const ASSERTED = 0x8000_0000 | 0;
const UNIT_SECONDS = 256e-9;

export class Interrupts {
  readonly #clock: DeviceClock;
  readonly #pin: Line;
  #causes = 0;
  #mask = 0;
  #throttle = 0;
  #level = false;
  /** The pin may rise from then on. */
  #quietUntil = 0;
  #waiting: Alarm | null = null;

  constructor(clock: DeviceClock, pin: Line) {
    this.#clock = clock;
    this.#pin = pin;
  }

  get mask(): number {
    return this.#mask;
  }

  get throttle(): number {
    return this.#throttle;
  }

  set throttle(value: number) {
    this.#throttle = value & 0xffff;
  }

  raise(causes: number): void {
    this.#causes |= causes;
    this.#update();
  }

  enable(causes: number): void {
    this.#mask |= causes;
    this.#update();
  }

  disable(causes: number): void {
    this.#mask &= ~causes;
    this.#update();
  }

  /** Reading the causes clears them. */
  take(): number {
    const causes = this.#causes;
    this.#causes = 0;
    this.#update();
    return ((causes & this.#mask) !== 0 ? causes | ASSERTED : causes) >>> 0;
  }

  reset(): void {
    this.#causes = 0;
    this.#mask = 0;
    this.#throttle = 0;
    this.#update();
  }

  #update(): void {
    const wanted = (this.#causes & this.#mask) !== 0;
    if (!wanted) {
      this.#waiting?.cancel();
      this.#waiting = null;
      return this.#drive(false);
    }
    const now = this.#clock.now();
    if (this.#level || now >= this.#quietUntil) return this.#drive(true);
    this.#waiting ??= this.#clock.schedule(this.#quietUntil, () => {
      this.#waiting = null;
      this.#update();
    }, 'network');
  }

  #drive(level: boolean): void {
    if (level === this.#level) return;
    this.#level = level;
    if (level) this.#quietUntil = this.#clock.now() + Math.round(this.#throttle * UNIT_SECONDS * this.#clock.hertz);
    this.#pin(level);
  }
}
