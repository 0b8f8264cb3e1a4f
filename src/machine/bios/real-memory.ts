// Guest memory as firmware sees it: by physical address, or by segment and offset.
import type {BusMaster} from '../../devices/bus.ts';

export class RealMemory {
  readonly #bus: BusMaster;
  readonly #bytes = new Uint8Array(4);
  readonly #view = new DataView(this.#bytes.buffer);

  constructor(bus: BusMaster) {
    this.#bus = bus;
  }

  u8(at: number): number {
    this.#read(at, 1);
    return this.#bytes[0];
  }

  u16(at: number): number {
    this.#read(at, 2);
    return this.#view.getUint16(0, true);
  }

  u32(at: number): number {
    this.#read(at, 4);
    return this.#view.getUint32(0, true);
  }

  setU8(at: number, value: number): void {
    this.#bus.write(at, Uint8Array.of(value));
  }

  setU16(at: number, value: number): void {
    this.#view.setUint16(0, value, true);
    this.#bus.write(at, this.#bytes.slice(0, 2));
  }

  setU32(at: number, value: number): void {
    this.#view.setUint32(0, value, true);
    this.#bus.write(at, this.#bytes.slice());
  }

  bytes(at: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    this.#bus.read(at, bytes);
    return bytes;
  }

  /** False when a part of the range has no memory; then nothing is written. */
  write(at: number, bytes: Uint8Array): boolean {
    return this.#bus.write(at, bytes);
  }

  /** Why through a fill: what cannot be read is nobody's memory and reads as ones. */
  #read(at: number, length: number): void {
    this.#bytes.fill(0xff);
    this.#bus.read(at, this.#bytes.subarray(0, length));
  }
}

/** A real-mode address: segments are paragraphs of 16 bytes. */
export const linear = (segment: number, offset: number): number => segment * 16 + (offset & 0xffff);
