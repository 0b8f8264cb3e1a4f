// Where the parts of a boot image go in guest memory: segments where they were linked, everything else where there is
// room. Nothing is ever placed over anything else.
import type {Image} from './image.ts';
import {CONVENTIONAL_END, CONVENTIONAL_START, MIB} from './memory-map.ts';

/** Guest-physical memory as the loader needs it. */
export interface GuestMemory {
  /** Bytes. */
  readonly size: number;
  write(address: number, bytes: Uint8Array): void;
}

/** A part of the file that goes to a fixed address; the rest of its memory is zero. */
export interface Segment {
  /** Where the file describes it; errors point there. */
  readonly headerOffset: number;
  readonly offset: number;
  readonly physicalAddress: number;
  readonly fileSize: number;
  readonly memorySize: number;
}

interface Range {
  readonly start: number;
  readonly end: number;
}

const PAGE = 4096;
const FOUR_GIB = 2 ** 32;
const ZEROS = new Uint8Array(65_536);

const hex = (value: number): string => `0x${value.toString(16)}`;
const overlap = (left: Range, right: Range): boolean => left.start < right.end && right.start < left.end;
const pageUp = (address: number): number => Math.ceil(address / PAGE) * PAGE;

export class Placement {
  readonly #image: Image;
  readonly #memory: GuestMemory;
  readonly #taken: Range[] = [];

  constructor(image: Image, memory: GuestMemory) {
    this.#image = image;
    this.#memory = memory;
  }

  /** Loads segments where they were linked, all of them checked before the first byte is written. */
  loadSegments(segments: readonly Segment[]): void {
    for (const segment of segments) this.#claim(segment);
    for (const {offset, fileSize, memorySize, physicalAddress} of segments) {
      this.#memory.write(physicalAddress, this.#image.bytes.subarray(offset, offset + fileSize));
      this.#clear(physicalAddress + fileSize, physicalAddress + memorySize);
    }
  }

  /** Loads bytes at the next free page above the kernel. @returns the address */
  loadAbove(what: string, bytes: Uint8Array): number {
    const start = pageUp(Math.max(MIB, ...this.#taken.map(range => range.end)));
    return this.#load(what, start, bytes);
  }

  /**
   * Loads a block of `size` bytes in free conventional memory, or above the kernel when there is no room.
   * @param build makes the block for the address it gets
   */
  loadLow(what: string, size: number, build: (address: number) => Uint8Array): number {
    const address = this.#freeConventional(size) ?? pageUp(Math.max(MIB, ...this.#taken.map(range => range.end)));
    return this.#load(what, address, build(address));
  }

  #load(what: string, start: number, bytes: Uint8Array): number {
    const end = start + bytes.length;
    if (end > this.#memory.size) {
      this.#image.refuse(0, `${what} (${bytes.length} bytes) does not fit behind it in ${this.#describeMemory()}`, 'give the guest more memory');
    }
    this.#taken.push({start, end});
    this.#memory.write(start, bytes);
    return start;
  }

  /** Why: linkers put ELF headers into a page below 1 MiB; memory there is RAM on this machine, so nothing speaks against it. */
  #claim({physicalAddress: start, memorySize, headerOffset}: Segment): void {
    const range = {start, end: start + memorySize};
    const described = `the segment at ${hex(start)} to ${hex(range.end)}`;
    const refuse = (fault: string, remedy: string): never => this.#image.refuse(headerOffset, `${described} ${fault}`, remedy);
    if (range.end > FOUR_GIB) refuse('reaches past 4 GiB', 'link the image at lower physical addresses');
    if (range.end > this.#memory.size) {
      refuse(`lies beyond ${this.#describeMemory()}`, 'give the guest more memory or link the image lower');
    }
    const other = this.#taken.find(taken => overlap(taken, range));
    if (other) refuse(`overlaps the one at ${hex(other.start)}`, 'correct the physical addresses in the linker script');
    this.#taken.push(range);
  }

  /** First fit. */
  #freeConventional(size: number): number | null {
    const candidates = [CONVENTIONAL_START, ...this.#taken.map(range => pageUp(range.end))].toSorted((a, b) => a - b);
    const fits = (start: number): boolean =>
      start >= CONVENTIONAL_START &&
      start + size <= CONVENTIONAL_END &&
      !this.#taken.some(range => overlap(range, {start, end: start + size}));
    return candidates.find(fits) ?? null;
  }

  #clear(start: number, end: number): void {
    for (let at = start; at < end; at += ZEROS.length) {
      this.#memory.write(at, ZEROS.subarray(0, Math.min(ZEROS.length, end - at)));
    }
  }

  #describeMemory(): string {
    return `guest memory of ${hex(this.#memory.size)} bytes`;
  }
}
