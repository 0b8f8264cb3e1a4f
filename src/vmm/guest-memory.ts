// Guest-physical memory under a VMM: every guest frame lies in a host frame of its own choosing, scattered, so that a
// missing translation shows up at once. Device memory is what has no frame.
import type {Gpa} from '../memory/address.ts';
import {gpa, hpa} from '../memory/address.ts';
import {HOST_BASE} from '../memory/layout.ts';
import type {PhysicalMemory} from '../memory/physical.ts';
import {PAE_HIGH_RESERVED, POINTER_TABLE} from '../x86/paging.ts';
import type {TablePort} from '../memory/two-level.ts';

const NO_FRAME = -1;

export class GuestMemory {
  /** Bytes. */
  readonly size: number;
  readonly #memory: PhysicalMemory;
  readonly #hostFrames: Int32Array;
  /** Frames whose guest writes the memory strategy wants to see: one byte a frame. */
  readonly traced: Uint8Array;
  #placed = false;
  /** Host frames behind guest frames beyond the guest's memory. */
  readonly #beyond = new Map<number, number>();
  /** Some frame is not where `place` put it. */
  #moved = false;
  /** A page that the processor looks at in place of a device's: guest frame, and host frame. */
  readonly #overlay = {guest: NO_FRAME, host: NO_FRAME};

  constructor(memory: PhysicalMemory, size: number) {
    this.size = size;
    this.#memory = memory;
    this.#hostFrames = new Int32Array(size >>> 12).fill(NO_FRAME);
    this.traced = new Uint8Array(size >>> 12);
  }

  /** Spreads the guest's frames over host memory in chunks of `chunk` bytes (4 KiB or 2 MiB). Once, before anything is loaded. */
  place(chunk: number): void {
    if (this.#placed) return;
    this.#placed = true;
    const frames = chunk >>> 12;
    const chunks = Math.floor(this.#hostFrames.length / frames);
    const step = coprime(chunks);
    for (let guest = 0; guest < this.#hostFrames.length; guest++) {
      const index = Math.floor(guest / frames);
      this.#hostFrames[guest] = index < chunks ? ((index * step + 1) % chunks) * frames + (guest % frames) : guest;
    }
  }

  get frames(): number {
    return this.#hostFrames.length;
  }

  /** Has the processor find a host frame where the guest has no memory; for everybody else a device stays there. */
  overlay(guestFrame: number, hostFrame: number): void {
    Object.assign(this.#overlay, {guest: guestFrame, host: hostFrame});
  }

  /** Host frame that the processor is to find for a guest frame, or -1 when there is none. */
  hostFrame(guestFrame: number): number {
    if (guestFrame < this.#hostFrames.length) return this.#hostFrames[guestFrame];
    return guestFrame === this.#overlay.guest ? this.#overlay.host : this.#beyond.get(guestFrame) ?? NO_FRAME;
  }

  /** Puts another host frame behind a guest frame, or none (-1). Whoever caches translations must be told. */
  replace(guestFrame: number, hostFrame: number): void {
    this.#moved = true;
    if (guestFrame < this.#hostFrames.length) this.#hostFrames[guestFrame] = hostFrame;
    else if (hostFrame < 0) this.#beyond.delete(guestFrame);
    else this.#beyond.set(guestFrame, hostFrame);
  }

  /** Whether so many guest frames lie in a row of host frames. */
  isWhole(first: number, frames: number): boolean {
    const host = this.hostFrame(first);
    if (!this.#moved) return this.hostFrame(first + frames - 1) >= 0;
    for (let at = 0; at < frames; at++) if (host < 0 || this.hostFrame(first + at) !== host + at) return false;
    return true;
  }

  /** Whether guest writes to a frame are to be seen; a device's pages never are. */
  isTraced(guestFrame: number): boolean {
    return guestFrame < this.traced.length && this.traced[guestFrame] !== 0;
  }

  /** Host-physical address of guest memory, or -1. */
  translate(address: Gpa): number {
    if (address >= 2 ** 32) return NO_FRAME;
    const guestFrame = address >>> 12;
    const frame = guestFrame < this.#hostFrames.length ? this.#hostFrames[guestFrame] : this.#beyond.get(guestFrame) ?? NO_FRAME;
    return frame < 0 ? -1 : frame * 4096 + (address & 0xfff);
  }

  /** The directory pointers of PAE paging that a value of CR3 points at. Intel SDM vol. 3A, 4.4.1. */
  pointers(cr3: number): readonly number[] {
    const at = (cr3 & POINTER_TABLE) >>> 0;
    return [0, 1, 2, 3].map(n => (this.read32(gpa(at + 8 * n)) >>> 0) + (this.read32(gpa(at + 8 * n + 4)) & ~PAE_HIGH_RESERVED) * 2 ** 32);
  }

  /** Memory offset, or -1. */
  offset(address: Gpa): number {
    const at = this.translate(address);
    return at < 0 ? -1 : HOST_BASE + at;
  }

  /** Reads an aligned doubleword; ones where there is no memory. */
  read32(address: Gpa): number {
    const at = this.translate(address);
    return at < 0 ? -1 : this.#memory.read32(hpa(at));
  }

  /** Writes an aligned doubleword as the VMM does: decoded code is dropped, traces are not called. */
  write32(address: Gpa, value: number): void {
    const at = this.translate(address);
    if (at >= 0) this.#memory.write32(hpa(at), value);
  }

  /** Copies bytes in, as a loader does. */
  write(address: number, bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) {
      const at = address + done;
      const length = Math.min(bytes.length - done, 4096 - (at & 0xfff));
      const to = this.translate(at as Gpa);
      if (to >= 0) this.#memory.writeBytes(hpa(to), bytes.subarray(done, done + length));
      done += length;
    }
  }

  /** The port by which a walker reads the guest's own tables. */
  readonly tables: TablePort = {
    read32: address => this.read32(address as Gpa),
    write32: (address, value) => this.write32(address as Gpa, value),
  };
}

/** A step that visits all of 0..n-1, about 0.618 n so that neighbours land far apart. */
function coprime(n: number): number {
  const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
  let step = Math.max(1, Math.round(n * 0.618));
  while (gcd(step, n) !== 1) step++;
  return step;
}
