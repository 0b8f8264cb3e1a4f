// Copies between the VMM and a guest's linear memory. A guest's pointer is never trusted: it must lie below the hole and be
// mapped, with the right to write where it is written, in the guest's present address space.
import {HOST_BASE} from '../../memory/layout.ts';
import type {PhysicalMemory} from '../../memory/physical.ts';
import type {Translation} from '../../memory/translation.ts';
import {TwoLevelWalker, type TablePort} from '../../memory/two-level.ts';
import {ACCESS_WRITE, WALK_DONE, type PagingRegisters} from '../../memory/walk.ts';

/** Thrown where a guest's pointer leads nowhere; the hypercall then returns -EFAULT. */
export const BAD_POINTER = Object.freeze({signal: 'bad-pointer'});

/** The address space that a guest's pointers count in. */
export interface PointerSpace {
  readonly memory: PhysicalMemory;
  /** The paging structures, and the registers they are reached by. */
  readonly tables: TablePort;
  readonly registers: () => PagingRegisters;
  /** What the tables name, as an offset of memory, or -1. */
  readonly place: (address: number, write: boolean) => number;
  /** The guest's pointers end here. */
  readonly end: number;
}

/** Pointers into tables that hold host-physical addresses, up to where the hypervisor's own memory begins. */
export const directSpace = (memory: PhysicalMemory, tables: TablePort, registers: () => PagingRegisters, end: number): PointerSpace =>
  ({memory, tables, registers, end, place: address => (address < memory.size ? HOST_BASE + address : -1)});

export class GuestCopy {
  readonly #space: PointerSpace;
  readonly #walker: TwoLevelWalker;
  readonly #found: Translation = {page: 0, pageShift: 12, maps: 0};

  constructor(space: PointerSpace) {
    this.#space = space;
    this.#walker = new TwoLevelWalker(space.tables);
  }

  read(linear: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    this.#pieces(linear, length, 0, (offset, done, size) => bytes.set(this.#space.memory.u8.subarray(offset, offset + size), done));
    return bytes;
  }

  /** Nothing is written unless all of it can be. */
  write(linear: number, bytes: Uint8Array): void {
    this.check(linear, bytes.length, true);
    const {memory} = this.#space;
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
    if (this.#walker.walk(this.#space.registers(), linear, access, this.#found) !== WALK_DONE) return -1;
    return this.#space.place(this.#found.page + ((linear >>> 0) & (2 ** this.#found.pageShift - 1)), (access & ACCESS_WRITE) !== 0);
  }

  #pieces(linear: number, length: number, access: number, take: (offset: number, done: number, size: number) => void): void {
    const start = linear >>> 0;
    if (start + length > this.#space.end) throw BAD_POINTER;
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
