// A device clock that is moved by hand: device tests stand on it, and so can any host of chips that has no CPU.
import {Agenda} from './agenda.ts';
import type {Alarm, DeviceClock, EventSource} from './bus.ts';

export class SteppedClock implements DeviceClock {
  readonly hertz: number;
  readonly #agenda = new Agenda();
  #now = 0;

  constructor(hertz: number) {
    this.hertz = hertz;
  }

  now(): number {
    return this.#now;
  }

  schedule(at: number, fire: () => void, source?: EventSource): Alarm {
    return this.#agenda.schedule(at, fire, source);
  }

  /** The earliest deadline in ticks, Infinity when there is none. */
  next(): number {
    return this.#agenda.next();
  }

  /** Moves to `at` ticks, stopping at each alarm on the way. */
  advanceTo(at: number): void {
    while (this.next() <= at) {
      this.#now = Math.max(this.#now, this.next());
      this.#agenda.runDue(this.#now);
    }
    this.#now = at;
  }

  /** Moves to `at` ticks without a stop and runs what is due there, as after one long instruction. */
  leapTo(at: number): void {
    this.#now = at;
    this.#agenda.runDue(at);
  }
}
