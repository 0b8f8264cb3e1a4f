// The shadow half: directories and leaf tables that the VMM makes from the guest's and keeps in step by tracing their frames. A directory's
// entry leads to a shadow table where there is one, else it switches to the guest's own.
import {CR4_PSE, gpa, hpa, PDE_PS, PTE_A, PTE_D, PTE_P, visibleCr4} from 'worldswitch';
import type {Vmm} from 'worldswitch';
import {DIRECTORY_RIGHTS, LEAF_BITS, SWITCHING} from './entry.ts';
import type {NestedTables} from './nested-tables.ts';
import type {AgileWalker} from './walker.ts';

const ENTRIES = 1024;

export class ShadowTables {
  readonly #vmm: Vmm;
  readonly #walker: AgileWalker;
  readonly #nested: NestedTables;
  /** Host frames of shadow directories and leaf tables, by the guest frame they shadow. */
  readonly #directories = new Map<number, number>();
  readonly #leaves = new Map<number, number>();
  /** Trapped writes to a traced frame since the last sample. */
  readonly #writes = new Map<number, number>();
  made = 0;
  released = 0;

  constructor(vmm: Vmm, walker: AgileWalker, nested: NestedTables) {
    this.#vmm = vmm;
    this.#walker = walker;
    this.#nested = nested;
  }

  get live(): number {
    return this.#directories.size + this.#leaves.size;
  }

  hasDirectory(guestFrame: number): boolean {
    return this.#directories.has(guestFrame);
  }

  hasLeaves(guestFrame: number): boolean {
    return this.#leaves.has(guestFrame);
  }

  /** An address space begins in shadow mode; false when no host frame is left. */
  makeDirectory(guestFrame: number): boolean {
    const frame = this.#take();
    if (frame < 0) return false;
    this.#directories.set(guestFrame, frame);
    this.#walker.roots.set(guestFrame, frame * 4096);
    this.#trace(guestFrame);
    return true;
  }

  /** Shadows a whole page table at once, and has every directory that switches to it lead there. */
  makeLeaves(guestFrame: number): boolean {
    const frame = this.#take();
    if (frame < 0) return false;
    this.#leaves.set(guestFrame, frame);
    this.#trace(guestFrame);
    for (let index = 0; index < ENTRIES; index++) if (this.#setLeaf(guestFrame, index)) this.#vmm.charge('shadow_prefetch');
    this.#relink(guestFrame);
    return true;
  }

  /** Goes back to nested mode for whatever a guest frame is: a directory, a page table, or both. */
  release(guestFrame: number): void {
    const directory = this.#directories.get(guestFrame);
    const leaves = this.#leaves.get(guestFrame);
    this.#directories.delete(guestFrame);
    this.#leaves.delete(guestFrame);
    this.#walker.roots.delete(guestFrame);
    for (const frame of [directory, leaves]) {
      if (frame === undefined) continue;
      this.released++;
      this.#vmm.charge('shadow_zap');
      this.#vmm.frames.give(frame);
    }
    if (leaves !== undefined) this.#relink(guestFrame);
    this.#untrace(guestFrame);
  }

  releaseAll(): void {
    for (const guestFrame of [...this.#directories.keys(), ...this.#leaves.keys()]) this.release(guestFrame);
  }

  /** Counts a trapped write to a traced frame. */
  countWrite(guestFrame: number): number {
    const writes = (this.#writes.get(guestFrame) ?? 0) + 1;
    this.#writes.set(guestFrame, writes);
    return writes;
  }

  forgetWrites(): void {
    this.#writes.clear();
  }

  /** Brings what shadows entry `index` of a guest frame up to date after a write. */
  sync(guestFrame: number, index: number): void {
    this.#vmm.charge('shadow_sync');
    if (this.#leaves.has(guestFrame)) this.#setLeaf(guestFrame, index);
    if (this.#directories.has(guestFrame)) this.#setDirectoryEntry(guestFrame, index);
  }

  /** Fills the way to a linear address; the guest's own tables have been walked and allow it. */
  fill(directoryFrame: number, linear: number): void {
    this.#vmm.charge('shadow_fill');
    this.#setDirectoryEntry(directoryFrame, linear >>> 22);
    const directory = this.#vmm.guest.read32(gpa(directoryFrame * 4096 + (linear >>> 22) * 4));
    if (!this.#isLarge(directory) && this.#leaves.has(directory >>> 12)) this.#setLeaf(directory >>> 12, (linear >>> 12) & 0x3ff);
  }

  #isLarge(directory: number): boolean {
    return (directory & PDE_PS) !== 0 && (visibleCr4(this.#vmm.cpu) & CR4_PSE) !== 0;
  }

  /** Present once the guest's entry is accessed, so that its first use still comes to the VMM. */
  #setDirectoryEntry(guestFrame: number, index: number): void {
    const directory = this.#vmm.guest.read32(gpa(guestFrame * 4096 + index * 4));
    this.#write(this.#directories.get(guestFrame)!, index, this.#directoryEntry(directory));
    this.#walker.forget(null);
  }

  #directoryEntry(directory: number): number {
    if ((directory & PTE_P) === 0 || (directory & PTE_A) === 0) return 0;
    if (this.#isLarge(directory)) return (directory & ~(PTE_A | 0xe00)) | SWITCHING;
    const rights = (directory & DIRECTORY_RIGHTS) | PTE_P;
    const leaves = this.#leaves.get(directory >>> 12);
    if (leaves !== undefined) return (leaves << 12) | rights;
    const hostFrame = this.#vmm.guest.hostFrame(directory >>> 12);
    return hostFrame < 0 ? 0 : (hostFrame << 12) | rights | SWITCHING;
  }

  /** Whether the leaf is present afterwards: accessed, and of a frame that is memory. A store needs dirty and an untraced frame. */
  #setLeaf(guestFrame: number, index: number): boolean {
    const {guest} = this.#vmm;
    const entry = guest.read32(gpa(guestFrame * 4096 + index * 4));
    const hostFrame = guest.hostFrame(entry >>> 12);
    const present = (entry & PTE_P) !== 0 && (entry & PTE_A) !== 0 && hostFrame >= 0;
    const bits = present && guest.traced[entry >>> 12] !== 0 ? LEAF_BITS & ~PTE_D : LEAF_BITS;
    this.#write(this.#leaves.get(guestFrame)!, index, present ? (hostFrame << 12) | (entry & bits) : 0);
    return present;
  }

  /** A page table has got or lost its shadow: directory entries that lead to it are made anew. */
  #relink(tableFrame: number): void {
    for (const guestFrame of this.#directories.keys()) {
      for (let index = 0; index < ENTRIES; index++) {
        if (this.#vmm.guest.read32(gpa(guestFrame * 4096 + index * 4)) >>> 12 === tableFrame) this.#setDirectoryEntry(guestFrame, index);
      }
    }
    this.#vmm.platform.mmu.flush(true);
  }

  #trace(guestFrame: number): void {
    this.#vmm.guest.traced[guestFrame] = 1;
    this.#nested.setWritable(guestFrame, false);
    this.#setMappings(guestFrame);
  }

  #untrace(guestFrame: number): void {
    this.#writes.delete(guestFrame);
    this.#vmm.guest.traced[guestFrame] = 0;
    this.#nested.setWritable(guestFrame, true);
    this.#setMappings(guestFrame);
  }

  /** Makes the shadow leaves that map a frame anew. Why a scan: a change of mode is rare, and a reverse map would cost every fill. */
  #setMappings(guestFrame: number): void {
    for (const tableFrame of this.#leaves.keys()) {
      for (let index = 0; index < ENTRIES; index++) {
        if (this.#vmm.guest.read32(gpa(tableFrame * 4096 + index * 4)) >>> 12 === guestFrame) this.#setLeaf(tableFrame, index);
      }
    }
    this.#vmm.platform.mmu.flush(true);
  }

  #take(): number {
    const frame = this.#vmm.frames.take();
    if (frame >= 0) this.made++;
    return frame;
  }

  #write(frame: number, index: number, entry: number): void {
    this.#vmm.platform.memory.write32(hpa(frame * 4096 + index * 4), entry);
  }
}
