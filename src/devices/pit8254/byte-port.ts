// One counter of the 8254 as its eight-bit port shows it: counts in one or two bytes, binary or BCD, the count latch and
// the status latch. Intel 82C54 datasheet (231244), "Programming the 82C54" and "Read Operations".
import type {Counter} from './counter.ts';
import type {Mode} from './count.ts';

const LOW_BYTE = 1;
const HIGH_BYTE = 2;
const BOTH_BYTES = 3;
const STATUS_OUT = 0x80;
const STATUS_NULL_COUNT = 0x40;

const MODES: readonly Mode[] = [0, 1, 2, 3, 4, 5, 2, 3];

function fromBcd(bcd: number): number {
  return [12, 8, 4, 0].reduce((value, shift) => value * 10 + ((bcd >>> shift) & 0xf), 0);
}

function toBcd(value: number): number {
  return [1000, 100, 10, 1].reduce((bcd, unit) => (bcd << 4) | (Math.floor(value / unit) % 10), 0);
}

export class BytePort {
  readonly #counter: Counter;
  /** The low six bits of the control word, as the status byte gives them back. */
  #control = BOTH_BYTES << 4;
  /** The first byte of two, once it is written. */
  #lowByte: number | null = null;
  #readsHighNext = false;
  #latchedCount: number | null = null;
  #latchedStatus: number | null = null;

  constructor(counter: Counter) {
    this.#counter = counter;
  }

  /** A control word for this counter that isn't a latch command. */
  configure(tick: number, control: number): void {
    this.#control = control & 0x3f;
    this.#lowByte = null;
    this.#readsHighNext = false;
    this.#latchedCount = null;
    this.#latchedStatus = null;
    this.#counter.configure(tick, MODES[(control >>> 1) & 7], this.#bcd);
  }

  write(tick: number, byte: number): void {
    const access = this.#access;
    if (access === BOTH_BYTES && this.#lowByte === null) {
      this.#lowByte = byte;
      return this.#counter.holdForSecondByte(tick);
    }
    const register = access === LOW_BYTE ? byte : (byte << 8) | (this.#lowByte ?? 0);
    this.#lowByte = null;
    const count = this.#bcd ? fromBcd(register) : register;
    this.#counter.write(tick, count === 0 ? (this.#bcd ? 10_000 : 0x10000) : count);
  }

  /** A latched status comes first, then a latched count, then the count as it runs. */
  read(tick: number): number {
    if (this.#latchedStatus !== null) {
      const status = this.#latchedStatus;
      this.#latchedStatus = null;
      return status;
    }
    const count = this.#latchedCount ?? this.#count(tick);
    const high = this.#access === HIGH_BYTE || this.#readsHighNext;
    this.#readsHighNext = this.#access === BOTH_BYTES && !high;
    if (!this.#readsHighNext) this.#latchedCount = null;
    return high ? count >>> 8 : count & 0xff;
  }

  /** Holds the count until it is read; a second latch before that is ignored. */
  latchCount(tick: number): void {
    this.#latchedCount ??= this.#count(tick);
  }

  latchStatus(tick: number): void {
    const out = this.#counter.out(tick) ? STATUS_OUT : 0;
    this.#latchedStatus ??= out | (this.#counter.nullCount ? STATUS_NULL_COUNT : 0) | this.#control;
  }

  get #access(): number {
    return this.#control >>> 4;
  }

  get #bcd(): boolean {
    return (this.#control & 1) !== 0;
  }

  #count(tick: number): number {
    const value = this.#counter.value(tick);
    return this.#bcd ? toBcd(value) : value;
  }
}
