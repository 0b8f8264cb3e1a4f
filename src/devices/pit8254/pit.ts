// The 8254 of a PC at 0x40 to 0x43: counter 0 drives IRQ 0, counter 1 once refreshed memory, counter 2 belongs to the
// speaker. The gates of counters 0 and 1 are tied high. Intel 82C54 datasheet (231244). Port 0x61 is in `port-b.ts`.
//
// Simplification: the single low CLK of modes 2 and 4 on OUT 0 has no length for the interrupt controller: it falls and
// rises where it should rise. Reading the status shows the true level.
import type {Alarm, DeviceClock, Line, PortDevice} from '../bus.ts';
import {byteWide} from '../byte-wide.ts';
import {Oscillator} from '../oscillator.ts';
import {BytePort} from './byte-port.ts';
import type {Edge} from './count.ts';
import {Counter} from './counter.ts';

/** The 14.31818 MHz crystal of a PC over twelve. */
export const PIT_HERTZ = 1_193_182;

const COUNTER_0 = 0x40;
const CONTROL = 0x43;
const READ_BACK = 3;
const READ_BACK_NO_COUNT = 0x20;
const READ_BACK_NO_STATUS = 0x10;

export class Pit8254 {
  readonly device: PortDevice;
  readonly #clock: DeviceClock;
  readonly #crystal: Oscillator;
  readonly #irq0: Line;
  readonly #counters = [new Counter(true), new Counter(true), new Counter(false)];
  readonly #bytePorts = this.#counters.map(counter => new BytePort(counter));
  #edge: Edge | null = null;
  #alarm: Alarm | null = null;

  constructor(clock: DeviceClock, irq0: Line) {
    this.#clock = clock;
    this.#crystal = new Oscillator(clock, PIT_HERTZ);
    this.#irq0 = irq0;
    this.device = byteWide({
      ports: [[COUNTER_0, CONTROL]],
      read: port => (port === CONTROL ? 0xff : this.#bytePorts[port & 3].read(this.settle())),
      write: (port, value) => this.#write(port, value),
    });
  }

  /** Drives the gate of counter 2. */
  setSpeakerGate(gate: boolean): void {
    this.#counters[2].setGate(this.settle(), gate);
  }

  get speakerOut(): boolean {
    return this.#counters[2].out(this.settle());
  }

  /**
   * Drives IRQ 0 through every edge up to now, however late the alarm is served.
   * @returns the CLK pulse now, in ticks since reset
   */
  settle(): number {
    const tick = this.#crystal.now();
    while (this.#edge !== null && this.#edge.tick <= tick) this.#drive(this.#edge);
    return tick;
  }

  /** When OUT 0 next changes, on the device clock; Infinity when it stays. */
  get nextEdge(): number {
    return this.#edge === null ? Infinity : this.#crystal.timeOf(this.#edge.tick);
  }

  #drive({tick, kind}: Edge): void {
    if (kind !== 'rise') this.#irq0(false);
    if (kind !== 'fall') this.#irq0(true);
    this.#arm(tick);
  }

  #arm(tick: number): void {
    this.#alarm?.cancel();
    this.#edge = this.#counters[0].nextEdge(tick);
    this.#alarm = this.#edge && this.#clock.schedule(this.#crystal.timeOf(this.#edge.tick), () => this.settle());
  }

  #write(port: number, value: number): void {
    const tick = this.settle();
    if (port === CONTROL) return this.#control(tick, value);
    this.#bytePorts[port & 3].write(tick, value);
    if (port === COUNTER_0) this.#restart(tick);
  }

  #control(tick: number, word: number): void {
    const select = word >>> 6;
    if (select === READ_BACK) return this.#readBack(tick, word);
    if ((word & 0x30) === 0) return this.#bytePorts[select].latchCount(tick);
    this.#bytePorts[select].configure(tick, word);
    if (select === 0) this.#restart(tick);
  }

  /** Counter 0 was programmed: OUT 0 may have moved, and its next edge too. */
  #restart(tick: number): void {
    this.#irq0(this.#counters[0].out(tick));
    this.#arm(tick);
  }

  #readBack(tick: number, word: number): void {
    this.#bytePorts.forEach((port, index) => {
      if ((word & (2 << index)) === 0) return;
      if ((word & READ_BACK_NO_COUNT) === 0) port.latchCount(tick);
      if ((word & READ_BACK_NO_STATUS) === 0) port.latchStatus(tick);
    });
  }
}
