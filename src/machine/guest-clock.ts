// The guest clock: modelled cycles of the host, or guest instructions at a fixed rate, with the queue of device events
// that are ordered by it.
import type {EventSource} from '../cpu/bus.ts';
import type {Cpu} from '../cpu/state.ts';
import {Agenda} from '../devices/agenda.ts';
import type {Alarm, DeviceClock, EventSource as DeviceEvent} from '../devices/bus.ts';

/** Guest instructions that make a second of the instruction clock. */
export const INSTRUCTIONS_PER_SECOND = 1_000_000_000;

/** Someone outside who is called again and again while the guest runs or sleeps, and is no event: nothing is charged for it. */
export interface Visitor {
  /** Ticks between two visits at most. */
  readonly every: number;
  /** May yet wake a guest that no device would. */
  readonly mayWake: boolean;
  /** May schedule alarms. */
  call(): void;
}

export class GuestClock implements DeviceClock, EventSource {
  readonly hertz: number;
  readonly #agenda = new Agenda();
  #cpu: Cpu | null = null;
  #armed = Infinity;
  /** The earliest deadline has changed, as a host timer behind the clock would have to be set anew. */
  onArmed: () => void = () => {};
  visitor: Visitor | null = null;
  #visiting = false;

  /** Whose events happen in hardware without any software of the host's: those of devices given to the guest. Null: nobody's. */
  isUnattended: ((source: DeviceEvent) => boolean) | null = null;

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

  schedule(at: number, fire: () => void, source?: DeviceEvent): Alarm {
    const alarm = this.#agenda.schedule(at, fire, source);
    this.#arm();
    if (this.#cpu !== null && at < this.#cpu.deadline) this.#cpu.rearm();
    return alarm;
  }

  /** Whoever provides the clock is told only of another deadline than the one it has. */
  #arm(): void {
    const next = this.#agenda.next();
    if (next === this.#armed) return;
    this.#armed = next;
    this.onArmed();
  }

  next(): number {
    if (this.visitor === null || this.#visiting) return this.#agenda.next();
    this.#visiting = true;
    this.visitor.call();
    this.#visiting = false;
    return Math.min(this.#agenda.next(), this.now() + this.visitor.every);
  }

  /** Whose the earliest event is. */
  nextSource(): DeviceEvent {
    return this.#agenda.nextSource();
  }

  runDue(now: number): void {
    this.#agenda.runDue(now);
  }

  runUnattended(now: number): void {
    if (this.isUnattended !== null) this.#agenda.runDueOf(this.isUnattended, now);
  }
}
