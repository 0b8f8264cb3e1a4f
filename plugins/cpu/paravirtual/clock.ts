// Time as a domain has it: system time in shared memory, to be extrapolated by the time-stamp counter, and two timers that raise
// VIRQ_TIMER: a periodic one, 100 Hz until the guest says otherwise, and a single shot. Xen, public/vcpu.h, public/xen.h.
import {EINVAL, SHARED_INFO, VIRQ_TIMER} from 'worldswitch';
import type {Domain, EventChannels} from 'worldswitch';

const NANOSECONDS = 1e9;
const DEFAULT_PERIOD = 10_000_000;
const LEAST_PERIOD = 1_000_000;
const ETIME = 62;
/** Saturday, 1 January 2000, as the machine's own clock starts. */
const WALL_SECONDS = 946_684_800;

interface Alarm {
  cancel(): void;
}

export class DomainClock {
  readonly #domain: Domain;
  readonly #events: EventChannels;
  #period = DEFAULT_PERIOD;
  #periodic: Alarm | null = null;
  #single: Alarm | null = null;

  constructor(domain: Domain, events: EventChannels) {
    this.#domain = domain;
    this.#events = events;
    domain.writeShared(SHARED_INFO.wallSeconds, WALL_SECONDS);
    domain.writeShared(SHARED_INFO.wallVersion, 2);
    const {multiplier, shift} = scaleOf(this.#hertz);
    domain.writeShared(SHARED_INFO.tscMultiplier, multiplier);
    domain.writeSharedByte(SHARED_INFO.tscShift, shift);
    this.publish();
  }

  /** Nanoseconds since the domain began. */
  now(): number {
    return Math.floor(this.#domain.vmm.platform.clock.now() * NANOSECONDS / this.#hertz);
  }

  /** Writes a fresh pair of counter and system time; the version is odd while it is being written. */
  publish(): void {
    const domain = this.#domain;
    const version = domain.readShared(SHARED_INFO.timeVersion);
    domain.writeShared(SHARED_INFO.timeVersion, (version | 1) + 1);
    const {cpu} = domain.vmm;
    this.#writeLong(SHARED_INFO.tscTimestamp, cpu.now() - cpu.tscBase);
    this.#writeLong(SHARED_INFO.systemTime, this.now());
  }

  /** The guest bound VIRQ_TIMER: only from then on can anyone tell that the periodic timer runs. */
  bound(): void {
    if (this.#periodic === null && this.#period > 0) this.#armPeriodic();
  }

  setPeriod(nanoseconds: number): number {
    if (nanoseconds !== 0 && nanoseconds < LEAST_PERIOD) return -EINVAL;
    this.#periodic?.cancel();
    this.#periodic = null;
    this.#period = nanoseconds;
    if (nanoseconds > 0) this.#armPeriodic();
    return 0;
  }

  /** At an absolute system time; none for zero or less. `onlyFuture` refuses one that has passed. */
  setSingle(at: number, onlyFuture = false): number {
    if (onlyFuture && at < this.now()) return -ETIME;
    this.#single?.cancel();
    this.#single = at <= 0 ? null : this.#schedule(at, () => {
      this.#single = null;
      this.#events.raiseVirq(VIRQ_TIMER);
    });
    return 0;
  }

  /** Wakes whoever waits for it. */
  alarm(at: number, fire: () => void): Alarm {
    return this.#schedule(at, fire);
  }

  get #hertz(): number {
    return this.#domain.vmm.platform.clock.hertz;
  }

  #armPeriodic(from = this.now()): void {
    const due = from + this.#period;
    this.#periodic = this.#schedule(due, () => {
      this.#armPeriodic(Math.max(due, this.now() - this.#period));
      this.#events.raiseVirq(VIRQ_TIMER);
    });
  }

  #schedule(at: number, fire: () => void): Alarm {
    const {clock} = this.#domain.vmm.platform;
    return clock.schedule(Math.max(clock.now(), Math.ceil(at * this.#hertz / NANOSECONDS)), () => {
      this.publish();
      fire();
    });
  }

  #writeLong(offset: number, value: number): void {
    this.#domain.writeShared(offset, value % 2 ** 32 | 0);
    this.#domain.writeShared(offset + 4, Math.floor(value / 2 ** 32) | 0);
  }
}

/** Nanoseconds = ((ticks << shift) * multiplier) >> 32. */
function scaleOf(hertz: number): {multiplier: number; shift: number} {
  let shift = 0;
  let rate = hertz;
  while (rate > 2 * NANOSECONDS) {
    rate /= 2;
    shift--;
  }
  while (rate <= NANOSECONDS) {
    rate *= 2;
    shift++;
  }
  return {multiplier: Math.floor(NANOSECONDS * 2 ** 32 / rate) | 0, shift};
}
