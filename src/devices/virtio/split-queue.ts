// A split virtqueue from the device's side: chains taken from the available ring, given back in the used ring, notifications suppressed
// by flag or by event index. Whatever the driver wrote is checked; what is wrong throws `BrokenQueue`, never anything else.
// OASIS virtio 1.2, 2.7 Split Virtqueues.
import type {BusMaster} from '../bus.ts';

const DESCRIPTOR_NEXT = 1, DESCRIPTOR_WRITE = 2, DESCRIPTOR_INDIRECT = 4;
const AVAILABLE_NO_INTERRUPT = 1;
const DESCRIPTOR_SIZE = 16;
/** A guest's memory ends below 4 GiB. */
const HIGHEST = 2 ** 32;

/** The driver broke the rules of the ring; the device must be reset. */
export class BrokenQueue extends Error {}

/** A piece of guest memory in a chain. */
export interface Segment {
  readonly address: number;
  readonly length: number;
}

/** One request: what the device may read, then what it may write. */
export interface Chain {
  readonly head: number;
  readonly readable: readonly Segment[];
  readonly writable: readonly Segment[];
}

export interface QueueAreas {
  /** Entries, a power of two. */
  readonly size: number;
  readonly descriptors: number;
  readonly available: number;
  readonly used: number;
}

export interface QueueFeatures {
  readonly eventIndex: boolean;
  readonly indirect: boolean;
}

export class SplitQueue {
  readonly areas: QueueAreas;
  readonly #memory: BusMaster;
  readonly #features: QueueFeatures;
  readonly #word = new DataView(new ArrayBuffer(DESCRIPTOR_SIZE));
  /** Free-running 16-bit indices. */
  #takenUpTo = 0;
  #usedUpTo = 0;
  /** Used index at the last interrupt. */
  #signalled = 0;

  constructor(areas: QueueAreas, memory: BusMaster, features: QueueFeatures) {
    this.areas = areas;
    this.#memory = memory;
    this.#features = features;
  }

  /** Chains the driver has made available and the device has not taken. */
  get pending(): number {
    const pending = (this.#read16(this.areas.available + 2) - this.#takenUpTo) & 0xffff;
    if (pending > this.areas.size) throw new BrokenQueue(`the available index jumped by ${pending} in a queue of ${this.areas.size}`);
    return pending;
  }

  /** Takes the next chain, or null. */
  take(): Chain | null {
    if (this.pending === 0) return null;
    const slot = this.#takenUpTo % this.areas.size;
    const head = this.#read16(this.areas.available + 4 + 2 * slot);
    const chain = this.#chain(head);
    this.#takenUpTo = (this.#takenUpTo + 1) & 0xffff;
    return chain;
  }

  /** Asks the driver to kick at the next chain it makes available (or not to). 2.7.10 Available Buffer Notification Suppression. */
  wantKicks(wanted: boolean): void {
    if (this.#features.eventIndex) {
      if (wanted) this.#write16(this.areas.used + 4 + 8 * this.areas.size, this.#takenUpTo);
    } else this.#write16(this.areas.used, wanted ? 0 : 1);
  }

  /** Gives a chain back with how many bytes were written into it. */
  give(head: number, written: number): void {
    const at = this.areas.used + 4 + 8 * (this.#usedUpTo % this.areas.size);
    this.#word.setUint32(0, head, true);
    this.#word.setUint32(4, written, true);
    this.#store(at, 8);
    this.#usedUpTo = (this.#usedUpTo + 1) & 0xffff;
    this.#write16(this.areas.used + 2, this.#usedUpTo);
  }

  /** Whether the driver wants an interrupt for what was given since the last one. 2.7.7 Used Buffer Notification Suppression. */
  wantsInterrupt(): boolean {
    const before = this.#signalled;
    if (this.#usedUpTo === before) return false;
    if (!this.#features.eventIndex) {
      this.#signalled = this.#usedUpTo;
      return (this.#read16(this.areas.available) & AVAILABLE_NO_INTERRUPT) === 0;
    }
    const event = this.#read16(this.areas.available + 4 + 2 * this.areas.size);
    const wants = ((this.#usedUpTo - event - 1) & 0xffff) < ((this.#usedUpTo - before) & 0xffff);
    this.#signalled = this.#usedUpTo;
    return wants;
  }

  #chain(head: number): Chain {
    const {size, descriptors} = this.areas;
    const segments = {readable: [] as Segment[], writable: [] as Segment[]};
    let left = size;
    let table = {at: descriptors, entries: size, indirect: false};
    for (let index = head; ;) {
      if (index >= table.entries) throw new BrokenQueue(`descriptor ${index} lies outside a table of ${table.entries}`);
      if (left-- <= 0) throw new BrokenQueue('a chain of descriptors is longer than the queue: it loops');
      const {address, length, flags, next} = this.#descriptor(table.at + index * DESCRIPTOR_SIZE);
      if ((flags & DESCRIPTOR_INDIRECT) !== 0) {
        table = this.#indirect(table.indirect, {address, length, flags});
        left = Math.min(table.entries, 0x1_0000);
        index = 0;
        continue;
      }
      addSegment(segments, {address, length}, (flags & DESCRIPTOR_WRITE) !== 0);
      if ((flags & DESCRIPTOR_NEXT) === 0) return {head, ...segments};
      index = next;
    }
  }

  /** 2.7.5.3 Indirect Descriptors. */
  #indirect(nested: boolean, {address, length, flags}: {address: number; length: number; flags: number}): {at: number; entries: number; indirect: boolean} {
    if (!this.#features.indirect) throw new BrokenQueue('an indirect descriptor without the feature');
    if (nested || (flags & DESCRIPTOR_NEXT) !== 0) throw new BrokenQueue('an indirect descriptor inside a table or with a next one');
    if (length === 0 || length % DESCRIPTOR_SIZE !== 0) throw new BrokenQueue(`an indirect table of ${length} bytes`);
    return {at: address, entries: length / DESCRIPTOR_SIZE, indirect: true};
  }

  #descriptor(at: number): {address: number; length: number; flags: number; next: number} {
    this.#load(at, DESCRIPTOR_SIZE);
    const word = this.#word;
    if (word.getUint32(4, true) !== 0) throw new BrokenQueue('a descriptor addresses memory beyond 4 GiB');
    return {address: word.getUint32(0, true), length: word.getUint32(8, true), flags: word.getUint16(12, true), next: word.getUint16(14, true)};
  }

  #read16(at: number): number {
    this.#load(at, 2);
    return this.#word.getUint16(0, true);
  }

  #write16(at: number, value: number): void {
    this.#word.setUint16(0, value, true);
    this.#store(at, 2);
  }

  #load(at: number, length: number): void {
    if (!this.#memory.read(at, new Uint8Array(this.#word.buffer, 0, length))) throw new BrokenQueue(`the queue reaches address ${at}, where there is no memory`);
  }

  #store(at: number, length: number): void {
    if (!this.#memory.write(at, new Uint8Array(this.#word.buffer, 0, length))) throw new BrokenQueue(`the queue reaches address ${at}, where there is no memory`);
  }
}

/** 2.7.4.2: what the device writes comes after what it reads. */
function addSegment(segments: {readable: Segment[]; writable: Segment[]}, segment: Segment, writable: boolean): void {
  if (segment.address + segment.length > HIGHEST) throw new BrokenQueue('a descriptor reaches beyond 4 GiB');
  if (!writable && segments.writable.length > 0) throw new BrokenQueue('a readable descriptor follows a writable one');
  (writable ? segments.writable : segments.readable).push(segment);
}
