// Copies between the VMM and a guest's linear memory. A guest's pointer is never trusted: it must lie below the hole and be
// mapped, with the right to write where it is written, in the guest's present address space.
import {HOST_BASE} from '../../memory/layout.ts';
import type {Translation} from '../../memory/translation.ts';
import {TwoLevelWalker} from '../../memory/two-level.ts';
import {ACCESS_WRITE, WALK_DONE} from '../../memory/walk.ts';
import {hostTables, type Platform} from '../../machine/platform.ts';
import {MACHINE_MAP_START} from './abi.ts';

/** Thrown where a guest's pointer leads nowhere; the hypercall then returns -EFAULT. */
export const BAD_POINTER = Object.freeze({signal: 'bad-pointer'});

export class GuestCopy {
  readonly #platform: Platform;
  readonly #walker: TwoLevelWalker;
  readonly #found: Translation = {page: 0, pageShift: 12, maps: 0};

  constructor(platform: Platform) {
    this.#platform = platform;
    this.#walker = new TwoLevelWalker(hostTables(platform.memory));
  }

  read(linear: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    this.#pieces(linear, length, 0, (offset, done, size) => bytes.set(this.#platform.memory.u8.subarray(offset, offset + size), done));
    return bytes;
  }

  /** Nothing is written unless all of it can be. */
  write(linear: number, bytes: Uint8Array): void {
    this.check(linear, bytes.length, true);
    const {memory} = this.#platform;
    this.#pieces(linear, bytes.length, ACCESS_WRITE, (offset, done, size) => {
      memory.aboutToWrite(offset, size);
      memory.u8.set(bytes.subarray(done, done + size), offset);
    });
  }

  /** Throws BAD_POINTER unless the bytes are there. */
  check(linear: number, length: number, write: boolean): void {
    this.#pieces(linear, length, write ? ACCESS_WRITE : 0, () => {});
  }

  read8(linear: number): number {
    return this.read(linear, 1)[0];
  }
  /** Signed. */
  read32(linear: number): number {
    return new DataView(this.read(linear, 4).buffer).getInt32(0, true);
  }
  readWords(linear: number, count: number): Int32Array {
    const view = new DataView(this.read(linear, count * 4).buffer);
    return Int32Array.from({length: count}, (_, index) => view.getInt32(index * 4, true));
  }
  write8(linear: number, value: number): void {
    this.write(linear, Uint8Array.of(value));
  }
  write32(linear: number, value: number): void {
    this.writeWords(linear, [value]);
  }
  writeWords(linear: number, words: ArrayLike<number>): void {
    const bytes = new Uint8Array(words.length * 4);
    const view = new DataView(bytes.buffer);
    for (let at = 0; at < words.length; at++) view.setInt32(at * 4, words[at], true);
    this.write(linear, bytes);
  }

  /** Memory offset behind a linear address, or -1. */
  offset(linear: number, access = 0): number {
    const {cpu, memory} = this.#platform;
    if (this.#walker.walk(cpu, linear, access, this.#found) !== WALK_DONE) return -1;
    const address = this.#found.page + (linear & 0xfff);
    return address < memory.size ? HOST_BASE + address : -1;
  }

  #pieces(linear: number, length: number, access: number, take: (offset: number, done: number, size: number) => void): void {
    const start = linear >>> 0;
    if (start + length > MACHINE_MAP_START) throw BAD_POINTER;
    for (let done = 0; done < length; ) {
      const at = start + done;
      const size = Math.min(length - done, 4096 - (at & 0xfff));
      const offset = this.offset(at, access);
      if (offset < 0) throw BAD_POINTER;
      take(offset, done, size);
      done += size;
    }
  }
}
