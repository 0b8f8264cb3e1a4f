// The receiving half of the 16550A: one buffer register, or a FIFO of sixteen bytes with its trigger level. National
// Semiconductor PC16550D datasheet, 8.4 "FIFO Control Register" and 8.12 "FIFO Interrupt Mode Operation".
//
// Simplification: the FIFO's time-out comes at once instead of after four idle characters.
import {FCR_CLEAR_RECEIVER, FCR_ENABLE, IIR_RECEIVED, IIR_TIMEOUT} from './registers.ts';

const FIFO_SIZE = 16;
const TRIGGER_LEVELS = [1, 4, 8, 14];

export class Receiver {
  /** LSR.OE: a byte was lost. Cleared by whoever reads it. */
  overrun = false;
  hasFifo = false;
  #triggerLevel = 1;
  #bytes: number[] = [];
  /** What an empty receiver reads: the byte read last. */
  #last = 0;

  get isReady(): boolean {
    return this.#bytes.length > 0;
  }

  /** Bytes that fit before one is lost. */
  get room(): number {
    return (this.hasFifo ? FIFO_SIZE : 1) - this.#bytes.length;
  }

  /** A full FIFO loses the new byte, a full buffer register the old one. */
  push(byte: number): void {
    this.overrun ||= this.room === 0;
    if (this.room > 0) this.#bytes.push(byte);
    else if (!this.hasFifo) this.#bytes = [byte];
  }

  take(): number {
    this.#last = this.#bytes.shift() ?? this.#last;
    return this.#last;
  }

  /** FCR. Turning the FIFO on or off empties it; the other bits count only when it is on. */
  configure(fcr: number): void {
    const enable = (fcr & FCR_ENABLE) !== 0;
    if (enable !== this.hasFifo || (enable && (fcr & FCR_CLEAR_RECEIVER) !== 0)) this.#bytes = [];
    this.hasFifo = enable;
    if (enable) this.#triggerLevel = TRIGGER_LEVELS[fcr >>> 6];
  }

  /** The cause that received bytes give, or null. */
  get cause(): number | null {
    if (!this.isReady) return null;
    return this.hasFifo && this.#bytes.length < this.#triggerLevel ? IIR_TIMEOUT : IIR_RECEIVED;
  }
}
