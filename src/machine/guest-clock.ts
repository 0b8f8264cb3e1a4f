// The guest clock: modelled cycles of the host, or guest instructions at a fixed rate, with the queue of device events
// that are ordered by it.
import type {EventSource} from '../cpu/bus.ts';
import type {Cpu} from '../cpu/state.ts';
import {Agenda} from '../devices/agenda.ts';
import type {Alarm, DeviceClock} from '../devices/bus.ts';

/** Guest instructions that make a second of the instruction clock. */
export const INSTRUCTIONS_PER_SECOND = 1_000_000_000;

export class GuestClock implements DeviceClock, EventSource {
  readonly hertz: number;
  readonly #agenda = new Agenda();
  #cpu: Cpu | null = null;

  constructor(hertz: number) {
    this.hertz = hertz;
  }

  /** The processor whose progress is this clock. */
  attach(cpu: Cpu): void {
    this.#cpu = cpu;
  }

  now(): number {
    return this.#cpu === null ? 0 : this.#cpu.now();
  }

  schedule(at: number, fire: () => void): Alarm {
    const alarm = this.#agenda.schedule(at, fire);
    if (this.#cpu !== null && at < this.#cpu.deadline) this.#cpu.rearm();
    return alarm;
  }

  next(): number {
    return this.#agenda.next();
  }

  runDue(now: number): void {
    this.#agenda.runDue(now);
  }
}
