// A ring of 16-byte descriptors in guest memory between a head of the card's and a tail of the driver's. Intel 317453, 3.2.6 and 3.4.
import type {BusMaster} from '../bus.ts';

const SIZE = 16;

/** One register of a ring, as the card's register file has it. */
export interface RingRegisters {
  readonly baseLow: number;
  readonly baseHigh: number;
  readonly length: number;
  readonly head: number;
  readonly tail: number;
}

export class DescriptorRing {
  readonly #memory: BusMaster;
  readonly #registers: Uint32Array;
  readonly #at: RingRegisters;
  readonly bytes = new Uint8Array(SIZE);
  readonly view = new DataView(this.bytes.buffer);

  constructor(memory: BusMaster, registers: Uint32Array, at: RingRegisters) {
    this.#memory = memory;
    this.#registers = registers;
    this.#at = at;
  }

  get entries(): number {
    return this.#register(this.#at.length) / SIZE;
  }

  get head(): number {
    return this.#register(this.#at.head);
  }

  /** Descriptors between head and tail, 0 when the registers make no sense: then nothing is fetched. */
  get owned(): number {
    const {entries, head} = this;
    const tail = this.#register(this.#at.tail);
    if (entries === 0 || head >= entries || tail >= entries || this.#register(this.#at.baseHigh) !== 0) return 0;
    return (tail - head + entries) % entries;
  }

  /** Loads the descriptor at the head; false where there is no memory. */
  load(): boolean {
    return this.#memory.read(this.#address(), this.bytes);
  }

  /** Stores the descriptor back and moves the head on. */
  give(written: boolean): void {
    if (written) this.#memory.write(this.#address(), this.bytes);
    this.#registers[this.#at.head >>> 2] = (this.head + 1) % this.entries;
  }

  #address(): number {
    return this.#register(this.#at.baseLow) + this.head * SIZE;
  }

  #register(offset: number): number {
    return this.#registers[offset >>> 2];
  }
}
