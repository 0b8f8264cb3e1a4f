// The clock of an MC146818: date, alarm, periodic and update-ended interrupts on IRQ 8. Motorola MC146818 datasheet, "Interrupts" and
// "Registers". Flags are worked out when they are looked at; events are scheduled only while one of them may interrupt.
import type {Alarm, DeviceClock, Line} from '../bus.ts';
import {Oscillator} from '../oscillator.ts';
import {HOURS, HOURS_ALARM, isDateRegister, matches, MINUTES, MINUTES_ALARM, registersOf, SECONDS, SECONDS_ALARM, secondOf, STATUS_B_24_HOURS} from './date-registers.ts';

export const RTC_HERTZ = 32_768;
/** Saturday, 1 January 2000, 00:00:00: every machine starts on it. */
export const RTC_START = Date.UTC(2000, 0, 1);

export const STATUS_A = 0x0a, STATUS_B = 0x0b, STATUS_C = 0x0c, STATUS_D = 0x0d;
const A_UIP = 0x80, A_DIVIDER = 0x70, A_RUNNING = 0x20, A_RATE = 0x0f;
const B_SET = 0x80;
const PERIODIC = 0x40, ALARM = 0x20, UPDATE = 0x10, ANY = 0x80;
const D_VALID_RAM = 0x80;
/** UIP is set for the last 244 microseconds before a second. */
const UPDATE_TICKS = 8;
const DAY_SECONDS = 86_400;

export class RealTimeClock {
  readonly #clock: DeviceClock;
  readonly #crystal: Oscillator;
  readonly #interrupt: Line;
  #statusA = A_RUNNING | 0x06;
  #statusB = STATUS_B_24_HOURS;
  /** Flags of status C that were seen to be set, and the tick up to which was looked. */
  #flags = 0;
  #seen = 0;
  readonly #alarmBytes = new Map([[SECONDS_ALARM, 0], [MINUTES_ALARM, 0], [HOURS_ALARM, 0]]);
  /** The second that began at crystal tick `#phase`, in seconds since 1970. */
  #base = RTC_START / 1000;
  #phase = 0;
  /** The registers while SET or the divider holds the time. */
  #held: Map<number, number> | null = null;
  #next: Alarm | null = null;

  constructor(clock: DeviceClock, interrupt: Line) {
    this.#clock = clock;
    this.#crystal = new Oscillator(clock, RTC_HERTZ);
    this.#interrupt = interrupt;
  }

  /** Whether a register is the clock's, and no plain RAM. */
  owns(address: number): boolean {
    return address <= STATUS_D || isDateRegister(address);
  }

  read(address: number): number {
    if (address === STATUS_A) return this.#statusA | (this.#isUpdating() ? A_UIP : 0);
    if (address === STATUS_B) return this.#statusB;
    if (address === STATUS_C) return this.#takeFlags();
    if (address === STATUS_D) return D_VALID_RAM;
    return this.#alarmBytes.get(address) ?? this.#registers().get(address) ?? 0;
  }

  write(address: number, value: number): void {
    if (address === STATUS_C || address === STATUS_D) return;
    this.#look();
    if (address === STATUS_A || address === STATUS_B) this.#control(address, value);
    else if (this.#alarmBytes.has(address)) this.#alarmBytes.set(address, value);
    else this.#setDate(address, value);
    this.#drive();
  }

  /** SET stops updates, and the divider's reset stops the time itself: the first second after it is half a second away. */
  #control(address: number, value: number): void {
    const registers = this.#registers();
    const wasReset = !this.#runs;
    if (address === STATUS_A) this.#statusA = value & ~A_UIP;
    else this.#statusB = value;
    const holds = (this.#statusB & B_SET) !== 0 || !this.#runs;
    if (holds) this.#held ??= registers;
    else if (this.#held) this.#release(this.#held, wasReset);
  }

  #release(registers: ReadonlyMap<number, number>, fromReset: boolean): void {
    this.#held = null;
    const tick = this.#crystal.now();
    this.#base = secondOf(registers, this.#statusB);
    this.#phase = fromReset ? tick - RTC_HERTZ / 2 : tick - ((tick - this.#phase) % RTC_HERTZ);
  }

  #setDate(address: number, value: number): void {
    const registers = this.#registers().set(address, value);
    if (this.#held) this.#held = registers;
    else this.#base += secondOf(registers, this.#statusB) - this.#secondAt(this.#crystal.now());
  }

  get #runs(): boolean {
    return (this.#statusA & A_DIVIDER) === A_RUNNING;
  }

  #secondAt(tick: number): number {
    return this.#base + Math.floor((tick - this.#phase) / RTC_HERTZ);
  }

  #registers(): Map<number, number> {
    return this.#held ?? registersOf(this.#secondAt(this.#crystal.now()), this.#statusB);
  }

  #isUpdating(): boolean {
    return this.#held === null && (this.#crystal.now() - this.#phase) % RTC_HERTZ >= RTC_HERTZ - UPDATE_TICKS;
  }

  /** Ticks between periodic interrupts, 0 for none. Table "Periodic Interrupt Rate": rates 1 and 2 are those of 8 and 9. */
  get #period(): number {
    const rate = this.#statusA & A_RATE;
    if (rate === 0 || !this.#runs) return 0;
    return 1 << (rate < 3 ? rate + 6 : rate - 1);
  }

  /** Sets the flags of what has happened since the last look. */
  #look(): void {
    const from = this.#seen;
    const to = this.#crystal.now();
    this.#seen = to;
    const period = this.#period;
    if (period > 0 && Math.floor(to / period) > Math.floor(from / period)) this.#flags |= PERIODIC;
    if (this.#held) return;
    const [before, after] = [this.#secondAt(from), this.#secondAt(to)];
    if (after <= before) return;
    this.#flags |= UPDATE;
    if (this.#alarmWithin(Math.max(before + 1, after - DAY_SECONDS), after)) this.#flags |= ALARM;
  }

  #alarmWithin(first: number, last: number): boolean {
    for (let second = first; second <= last; second++) if (this.#alarmAt(second)) return true;
    return false;
  }

  #alarmAt(second: number): boolean {
    const time = registersOf(second, this.#statusB);
    const pairs = [[SECONDS_ALARM, SECONDS], [MINUTES_ALARM, MINUTES], [HOURS_ALARM, HOURS]];
    return pairs.every(([alarm, value]) => matches(this.#alarmBytes.get(alarm)!, time.get(value)!));
  }

  #takeFlags(): number {
    this.#look();
    const flags = this.#flags;
    const asks = (flags & this.#statusB) !== 0;
    this.#flags = 0;
    this.#drive();
    return flags | (asks ? ANY : 0);
  }

  /** Drives IRQ 8 and looks for the next event that may raise it. */
  #drive(): void {
    this.#interrupt((this.#flags & this.#statusB & (PERIODIC | ALARM | UPDATE)) !== 0);
    this.#next?.cancel();
    const tick = this.#nextTick();
    this.#next = tick === Infinity ? null : this.#clock.schedule(this.#crystal.timeOf(tick), () => {
      this.#look();
      this.#drive();
    }, 'timer');
  }

  #nextTick(): number {
    const now = this.#crystal.now();
    const wanted = this.#statusB & ~this.#flags;
    const period = this.#period;
    const periodic = (wanted & PERIODIC) !== 0 && period > 0 ? (Math.floor(now / period) + 1) * period : Infinity;
    const second = (wanted & (ALARM | UPDATE)) !== 0 && !this.#held ? this.#phase + (Math.floor((now - this.#phase) / RTC_HERTZ) + 1) * RTC_HERTZ : Infinity;
    return Math.min(periodic, second);
  }
}
