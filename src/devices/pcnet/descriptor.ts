// Descriptors in memory, in each of the software styles: 8 bytes as the LANCE had them, or 16 bytes with the parts in one of two orders.
// AMD 19436, Buffer Management, Receive Descriptors (SWSTYLE) and Transmit Descriptors (SWSTYLE).
import type {BusMaster} from '../bus.ts';

export const OWN = 1 << 7, DESCRIPTOR_ERROR = 1 << 6, FIRST = 1 << 1, LAST = 1 << 0;
/** Of a receive descriptor: no buffer was left for the rest. Of a transmit one: tell when it is sent, where only the last is told. */
export const NO_BUFFER = 1 << 2, TELL = 1 << 4;

/** Where a style keeps the parts: offsets of address, length, flags (the byte with OWN) and message word. */
interface Style {
  readonly bytes: number;
  readonly address: number;
  readonly length: number;
  readonly flags: number;
  readonly message: number;
  readonly narrow: boolean;
}

const LANCE: Style = {bytes: 8, address: 0, length: 4, flags: 3, message: 6, narrow: true};
const PCNET: Style = {bytes: 16, address: 0, length: 4, flags: 7, message: 8, narrow: false};
const BURST: Style = {bytes: 16, address: 8, length: 4, flags: 7, message: 0, narrow: false};

/** Styles 0 to 3; the ILACC's is the PCnet's as far as a driver of this card sees it. Others are reserved. */
export const styleOf = (number: number): Style => [LANCE, PCNET, PCNET, BURST][number & 3];

export interface Descriptor {
  readonly at: number;
  readonly address: number;
  readonly bytes: number;
  readonly flags: number;
}

/** A ring of descriptors and the place in it that the chip looks at next. */
export class Ring {
  readonly #memory: BusMaster;
  #base = 0;
  #entries = 1;
  #next = 0;
  #style: Style = LANCE;
  /** Address bits 24 to 31 of everything in 16-bit structures. */
  #high = 0;

  constructor(memory: BusMaster) {
    this.#memory = memory;
  }

  place({base, entries, style, high}: {base: number; entries: number; style: number; high: number}): void {
    this.#style = styleOf(style);
    this.#high = high;
    this.#base = this.#style.narrow ? ((base & 0xff_fff8) | (high << 24)) >>> 0 : (base & ~15) >>> 0;
    this.#entries = entries;
    this.#next = 0;
  }

  get base(): number {
    return this.#base;
  }

  get entries(): number {
    return this.#entries;
  }

  /** Descriptors from here to the end of the ring, as the chip counts them down. */
  get left(): number {
    return this.#entries - this.#next;
  }

  /** The descriptor at the present place; null when memory does not answer. */
  current(): Descriptor | null {
    const {bytes, address, length, flags, narrow} = this.#style;
    const at = this.#base + this.#next * bytes;
    const raw = new Uint8Array(bytes), view = new DataView(raw.buffer);
    if (!this.#memory.read(at, raw)) return null;
    const base = view.getUint32(address, true);
    return {
      at, address: narrow ? ((base & 0xff_ffff) | (this.#high << 24)) >>> 0 : base, flags: raw[flags],
      bytes: 4096 - (view.getUint16(length, true) & 0xfff),
    };
  }

  advance(): void {
    this.#next = (this.#next + 1) % this.#entries;
  }

  /** Gives a descriptor back: first its message word, then the flags without OWN. */
  give({at}: Pick<Descriptor, 'at'>, flags: number, message: number): void {
    const {narrow, message: place, flags: flagsAt} = this.#style;
    const word = narrow ? [message & 0xff, message >>> 8] : [message & 0xff, (message >>> 8) & 0xff, (message >>> 16) & 0xff, message >>> 24];
    this.#memory.write(at + place, Uint8Array.from(word));
    this.#memory.write(at + flagsAt, Uint8Array.of(flags & ~OWN));
  }
}
