// The local APIC's timer: counts down at the bus clock over a divisor, once or again and again. Intel SDM vol. 3A, 10.5.4 APIC Timer.
//
// Deviation: real bus clocks are 66 to 400 MHz and differ from board to board; here it is 1 GHz on every host, as QEMU's and KVM's
// local APIC have it (Linux, arch/x86/kvm/lapic.h, APIC_BUS_CYCLE_NS), so that a guest that was set by them keeps its rhythm.
import type {Alarm, DeviceClock} from '../bus.ts';
import {Oscillator} from '../oscillator.ts';

export const BUS_HERTZ = 1_000_000_000;

/** Divisors by bits 3, 1 and 0 of the divide configuration register. */
const DIVISORS: readonly number[] = [2, 4, 8, 16, 32, 64, 128, 1];
export const divisorOf = (register: number): number => DIVISORS[((register >>> 1) & 4) | (register & 3)];

export interface TimerSettings {
  readonly periodic: boolean;
  readonly masked: boolean;
}

export class ApicTimer {
  readonly #clock: DeviceClock;
  readonly #bus: Oscillator;
  readonly #expired: () => boolean;
  #settings: TimerSettings = {periodic: false, masked: true};
  #divisor = 2;
  #initial = 0;
  /** Bus tick at which the count was, or would have been, `#initial`. */
  #start = 0;
  /** A one-shot count that has reached 0, or no count at all. */
  #stopped = true;
  #alarm: Alarm | null = null;
  /** When it is next due on the device clock; Infinity when it is not. */
  due = Infinity;

  /** @param expired raises the timer's vector; false while it is pending anyway, so that no expiry until `resume` could be seen */
  constructor(clock: DeviceClock, expired: () => boolean) {
    this.#clock = clock;
    this.#bus = new Oscillator(clock, BUS_HERTZ);
    this.#expired = expired;
  }

  get initialCount(): number {
    return this.#initial;
  }

  /** A count of 0 stops the timer. */
  set initialCount(count: number) {
    this.#initial = count;
    this.#start = this.#bus.now();
    this.#stopped = count === 0;
    this.#arm();
  }

  get currentCount(): number {
    if (this.#stopped) return 0;
    const elapsed = Math.floor((this.#bus.now() - this.#start) / this.#divisor);
    if (this.#settings.periodic) return this.#initial - (elapsed % this.#initial);
    return Math.max(0, this.#initial - elapsed);
  }

  /** The count goes on from where it is, at the new rate. */
  set divisor(divisor: number) {
    const passed = this.#initial - this.currentCount;
    this.#divisor = divisor;
    this.#start = this.#bus.now() - passed * divisor;
    this.#arm();
  }

  /** Mode and mask, as the local vector table has them. */
  set settings(settings: TimerSettings) {
    const passed = this.#initial - this.currentCount;
    if (!settings.periodic && this.currentCount === 0) this.#stopped = true;
    else this.#start = this.#bus.now() - passed * this.#divisor;
    this.#settings = settings;
    this.#arm();
  }

  /** Its vector has left the request register: the next expiry counts again. */
  resume(): void {
    if (this.#alarm === null) this.#arm();
  }

  reset(): void {
    this.#settings = {periodic: false, masked: true};
    this.#divisor = 2;
    this.initialCount = 0;
  }

  /** Why no alarm while masked: nothing would happen, and a guest asleep would be woken for nothing by its host. */
  #arm(): void {
    this.#alarm?.cancel();
    this.#alarm = null;
    this.due = Infinity;
    if (this.#stopped || this.#settings.masked) return;
    const period = this.#initial * this.#divisor;
    const rounds = this.#settings.periodic ? Math.floor((this.#bus.now() - this.#start) / period) + 1 : 1;
    this.due = this.#bus.timeOf(this.#start + rounds * period);
    // Why the bound: a one-shot count that ran out while masked is over.
    if (this.due <= this.#clock.now() && !this.#settings.periodic) {
      this.#stopped = true;
      this.due = Infinity;
    } else this.#alarm = this.#clock.schedule(this.due, () => this.#expire());
  }

  #expire(): void {
    this.#alarm = null;
    this.due = Infinity;
    if (!this.#settings.periodic) this.#stopped = true;
    if (this.#expired()) this.#arm();
  }
}
