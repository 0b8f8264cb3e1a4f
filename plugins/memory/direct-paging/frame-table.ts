// What every machine frame is used as, and by how many: a frame has one type at a time while its type count is not zero, and
// may take another only then. A page table is validated when it becomes one. Barham et al., SOSP 2003, 3.3.3; Xen,
// arch/x86/mm.c, get_page_type.
import type {Vmm} from 'worldswitch';

/** Uses that exclude each other. */
export const NONE = 0, L1_TABLE = 1, L2_TABLE = 2, DESCRIPTORS = 3, WRITABLE = 4;
export type FrameType = typeof NONE | typeof L1_TABLE | typeof L2_TABLE | typeof DESCRIPTORS | typeof WRITABLE;

/** What a type change may need: reading the frame through, entry by entry, and letting go of what it referred to. */
export interface Validation {
  /** False when the frame's contents forbid the type; nothing is then held. */
  validate(frame: number, type: FrameType): boolean;
  invalidate(frame: number, type: FrameType): void;
  /** The last reference has gone. */
  freed(frame: number): void;
}

export class FrameTable {
  readonly #vmm: Vmm;
  readonly #owned: Uint8Array;
  readonly #types: Uint8Array;
  readonly #typeCounts: Int32Array;
  readonly #counts: Int32Array;
  readonly #validated: Uint8Array;
  readonly #pinned: Uint8Array;
  /** Frames that still have the reference of their being allocated. */
  readonly #allocated: Uint8Array;
  readonly #shared: Uint8Array;
  /** Number of the last flush of the whole TLB before each frame's type count fell to zero. */
  readonly #lastUse: Int32Array;
  #flushes = 1;
  validation!: Validation;
  pinned = 0;
  typeFlushes = 0;

  constructor(vmm: Vmm) {
    const {frames} = vmm.platform.memory;
    this.#vmm = vmm;
    this.#owned = new Uint8Array(frames);
    this.#types = new Uint8Array(frames);
    this.#typeCounts = new Int32Array(frames);
    this.#counts = new Int32Array(frames);
    this.#validated = new Uint8Array(frames);
    this.#pinned = new Uint8Array(frames);
    this.#allocated = new Uint8Array(frames);
    this.#shared = new Uint8Array(frames);
    this.#lastUse = new Int32Array(frames);
  }

  /** Gives a frame to the guest, with the reference of its being allocated. */
  allocate(frame: number): void {
    this.#owned[frame] = 1;
    this.#counts[frame] = 1;
    this.#types[frame] = NONE;
    this.#allocated[frame] = 1;
  }

  /** The guest gives a frame back: it is free once nothing refers to it. False when it has done so already. */
  giveBack(frame: number): boolean {
    if (this.#allocated[frame] === 0) return false;
    this.#allocated[frame] = 0;
    this.release(frame);
    return true;
  }

  /** A frame of Xen's that the guest may map and write but never use as anything else. */
  share(frame: number): void {
    this.allocate(frame);
    this.#allocated[frame] = 0;
    this.#shared[frame] = 1;
    this.#types[frame] = WRITABLE;
    this.#typeCounts[frame] = 1;
    this.#validated[frame] = 1;
  }

  /** A frame of Xen's that the guest uses too. */
  isShared(frame: number): boolean {
    return this.owns(frame) && this.#shared[frame] !== 0;
  }

  /** Whether the guest may name the frame at all. */
  owns(frame: number): boolean {
    return frame >= 0 && frame < this.#owned.length && this.#owned[frame] !== 0;
  }
  type(frame: number): FrameType {
    return this.#typeCounts[frame] > 0 ? this.#types[frame] as FrameType : NONE;
  }
  isValidated(frame: number, type: FrameType): boolean {
    return this.type(frame) === type && this.#validated[frame] !== 0;
  }
  typeCount(frame: number): number {
    return this.#typeCounts[frame];
  }
  references(frame: number): number {
    return this.#counts[frame];
  }
  isPinned(frame: number): boolean {
    return this.#pinned[frame] !== 0;
  }

  hold(frame: number): boolean {
    if (!this.owns(frame)) return false;
    this.#counts[frame]++;
    return true;
  }

  release(frame: number): void {
    if (--this.#counts[frame] > 0) return;
    this.#owned[frame] = 0;
    this.validation.freed(frame);
  }

  /** A reference that also keeps the frame's type. */
  holdAs(frame: number, type: FrameType): boolean {
    if (!this.hold(frame)) return false;
    if (this.holdType(frame, type)) return true;
    this.release(frame);
    return false;
  }

  releaseAs(frame: number): void {
    this.releaseType(frame);
    this.release(frame);
  }

  /** Another reference to the present type, whatever it is. */
  holdSame(frame: number): void {
    this.#counts[frame]++;
    this.#typeCounts[frame]++;
  }

  holdType(frame: number, type: FrameType): boolean {
    if (this.#typeCounts[frame] > 0) {
      if (this.#types[frame] !== type) return false;
      this.#typeCounts[frame]++;
      return true;
    }
    if (this.#types[frame] !== type) this.#flushStale(frame);
    this.#types[frame] = type;
    this.#typeCounts[frame] = 1;
    if (!this.validation.validate(frame, type)) {
      this.#typeCounts[frame] = 0;
      this.#types[frame] = NONE;
      return false;
    }
    this.#validated[frame] = 1;
    return true;
  }

  releaseType(frame: number): void {
    if (this.#typeCounts[frame] === 1) {
      this.#validated[frame] = 0;
      this.validation.invalidate(frame, this.#types[frame] as FrameType);
      this.#lastUse[frame] = this.#flushes;
    }
    this.#typeCounts[frame]--;
  }

  pin(frame: number): boolean {
    if (this.#pinned[frame] !== 0) return false;
    this.#pinned[frame] = 1;
    this.pinned++;
    return true;
  }
  unpin(frame: number): boolean {
    if (this.#pinned[frame] === 0) return false;
    this.#pinned[frame] = 0;
    this.pinned--;
    return true;
  }

  /** The whole TLB has been emptied. */
  flushed(): void {
    this.#flushes++;
  }

  /** Why: a writable translation that the TLB still holds must not outlive the frame's being writable. */
  #flushStale(frame: number): void {
    if (this.#types[frame] === NONE || this.#lastUse[frame] !== this.#flushes) return;
    this.typeFlushes++;
    this.flushAll();
  }

  flushAll(): void {
    this.#vmm.cpu.mmu.flush(true);
    this.flushed();
  }
}
