// Pages by machine frame, as Xen and back ends reach them.
import type {StorePage} from '../../devices/xen/store-ring.ts';
import {hpa} from '../../memory/address.ts';
import {HOST_BASE} from '../../memory/layout.ts';
import type {PhysicalMemory} from '../../memory/physical.ts';

export class MachineFrames {
  readonly #memory: PhysicalMemory;

  constructor(memory: PhysicalMemory) {
    this.#memory = memory;
  }

  readTable(frame: number, offset: number): number {
    return this.#memory.read32(hpa(frame * 4096 + offset));
  }
  writeTable(frame: number, offset: number, value: number): void {
    this.#memory.write32(hpa(frame * 4096 + offset), value);
  }
  read(frame: number, offset: number, into: Uint8Array): void {
    const at = HOST_BASE + frame * 4096 + offset;
    into.set(this.#memory.u8.subarray(at, at + into.length));
  }
  write(frame: number, offset: number, from: Uint8Array): void {
    this.#memory.writeBytes(hpa(frame * 4096 + offset), from);
  }

  /** One frame as a page of bytes. */
  page(frame: number): StorePage {
    return {read: (offset, into) => this.read(frame, offset, into), write: (offset, from) => this.write(frame, offset, from)};
  }
}
