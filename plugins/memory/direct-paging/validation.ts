// What an entry of a guest's page table may say. Every reference it makes is counted on the frame it names; an entry that names
// what the guest does not own, or writes where a table or descriptors lie, is refused. Xen 3, arch/x86/mm.c, get_page_from_l1e,
// get_page_from_l2e, alloc_l1_table, alloc_l2_table.
import {checkDescriptor, FIRST_XEN_SLOT, hpa, PTE_A, PTE_D, PTE_P, PTE_U, PTE_W} from 'worldswitch';
import type {Domain} from 'worldswitch';
import {DESCRIPTORS, FrameTable, L1_TABLE, L2_TABLE, WRITABLE, type FrameType, type Validation} from './frame-table.ts';

const ENTRIES = 1024;
/** Three bits that the processor ignores. */
const AVAILABLE = 0xe00;
/** Caching, page size and global bits are not the guest's. */
const FORBIDDEN = 0xfff & ~(PTE_P | PTE_W | PTE_U | PTE_A | PTE_D | AVAILABLE);
const STATUS = PTE_A | PTE_D;

const frameOf = (entry: number): number => entry >>> 12;

export class TableValidation implements Validation {
  readonly #domain: Domain;
  readonly #frames: FrameTable;
  /** Entries checked, and those refused. */
  checked = 0;
  rejected = 0;
  promoted = 0;
  /** What the builder does before the guest's first instruction is nobody's time. */
  charges = false;
  onFreed: (frame: number) => void = () => {};

  constructor(domain: Domain, frames: FrameTable) {
    this.#domain = domain;
    this.#frames = frames;
    frames.validation = this;
  }

  validate(frame: number, type: FrameType): boolean {
    if (type === WRITABLE) return true;
    this.promoted++;
    this.#charge('table_scan');
    if (type === DESCRIPTORS) return this.#validateDescriptors(frame);
    const last = type === L1_TABLE ? ENTRIES : FIRST_XEN_SLOT;
    for (let index = 0; index < last; index++) {
      if (this.#hold(frame, type, this.read(frame, index))) continue;
      for (let undo = 0; undo < index; undo++) this.#release(frame, type, this.read(frame, undo));
      return false;
    }
    if (type === L2_TABLE) for (const [index, entry] of this.#domain.xenEntries) this.write(frame, index, entry);
    return true;
  }

  invalidate(frame: number, type: FrameType): void {
    if (type === WRITABLE || type === DESCRIPTORS) return;
    this.#charge('table_scan');
    const last = type === L1_TABLE ? ENTRIES : FIRST_XEN_SLOT;
    for (let index = 0; index < last; index++) this.#release(frame, type, this.read(frame, index));
  }

  freed(frame: number): void {
    this.#domain.map.forget(frame);
    this.#frames.flushAll();
    this.onFreed(frame);
  }

  /** Puts a new entry into a table that is in use; false and nothing changed when it may not be. */
  update(frame: number, index: number, entry: number, keepsStatus: boolean): boolean {
    const type = this.#frames.type(frame);
    const old = this.read(frame, index);
    const next = keepsStatus && (entry & PTE_P) !== 0 ? entry | (old & STATUS) : entry;
    if (type === L2_TABLE && index >= FIRST_XEN_SLOT) return this.#refuse();
    if (this.#sameReference(old, next)) {
      if ((next & FORBIDDEN) !== 0) return this.#refuse();
      this.write(frame, index, next);
      return true;
    }
    if (!this.#hold(frame, type, next)) return false;
    this.write(frame, index, next);
    this.#release(frame, type, old);
    return true;
  }

  /** References of one entry of a table of either level. */
  #hold(frame: number, type: FrameType, entry: number): boolean {
    return type === L1_TABLE ? this.holdLeaf(entry) : this.#holdTable(frame, entry);
  }
  #release(frame: number, type: FrameType, entry: number): void {
    if (type === L1_TABLE) this.releaseLeaf(entry);
    else this.#releaseTable(frame, entry);
  }

  holdLeaf(entry: number): boolean {
    if ((entry & PTE_P) === 0) return true;
    this.#check();
    const frame = frameOf(entry);
    const held = (entry & FORBIDDEN) === 0 && ((entry & PTE_W) !== 0 ? this.#frames.holdAs(frame, WRITABLE) : this.#frames.hold(frame));
    return held || this.#refuse();
  }

  releaseLeaf(entry: number): void {
    if ((entry & PTE_P) === 0) return;
    const frame = frameOf(entry);
    if ((entry & PTE_W) !== 0) return this.#frames.releaseAs(frame);
    // Why: the processor's local descriptors may be read through a mapping that Xen made from this one.
    if (this.#frames.type(frame) === DESCRIPTORS) this.#domain.forgetLdt();
    this.#frames.release(frame);
  }

  /** A directory entry names a table, or read-only a directory: the linear page table. */
  #holdTable(directory: number, entry: number): boolean {
    if ((entry & PTE_P) === 0) return true;
    this.#check();
    if ((entry & FORBIDDEN) !== 0) return this.#refuse();
    const frame = frameOf(entry);
    return this.#frames.holdAs(frame, L1_TABLE) || this.#holdLinear(directory, frame, entry) || this.#refuse();
  }

  #holdLinear(directory: number, frame: number, entry: number): boolean {
    if ((entry & PTE_W) !== 0 || !this.#frames.owns(frame)) return false;
    if (frame === directory) return true;
    if (!this.#frames.isValidated(frame, L2_TABLE)) return false;
    this.#frames.holdSame(frame);
    return true;
  }

  #releaseTable(directory: number, entry: number): void {
    if ((entry & PTE_P) !== 0 && frameOf(entry) !== directory) this.#frames.releaseAs(frameOf(entry));
  }

  #validateDescriptors(frame: number): boolean {
    for (let index = 0; index < ENTRIES; index += 2) {
      const checked = checkDescriptor(this.read(frame, index), this.read(frame, index + 1));
      if (checked === null) return this.#refuse();
      this.write(frame, index, checked.low);
      this.write(frame, index + 1, checked.high);
    }
    return true;
  }

  #sameReference(old: number, next: number): boolean {
    const decisive = ~0xfff | PTE_P | PTE_W;
    return (old & PTE_P) !== 0 && ((old ^ next) & decisive) === 0;
  }

  #charge(cost: 'table_scan' | 'pt_validate'): void {
    if (this.charges) this.#domain.vmm.charge(cost);
  }
  #check(): void {
    this.checked++;
    this.#charge('pt_validate');
  }
  #refuse(): false {
    this.rejected++;
    return false;
  }

  /** Counts every reference anew from the tables in use; a sentence for the first frame whose books do not agree. For tests. */
  audit(roots: readonly number[]): string | null {
    const frames = this.#domain.vmm.platform.memory.frames;
    const types = new Int32Array(frames);
    const writable = new Int32Array(frames);
    for (const root of roots) types[root]++;
    for (let frame = 0; frame < frames; frame++) {
      const type = this.#frames.type(frame);
      if (this.#frames.isPinned(frame)) types[frame]++;
      if (type !== L1_TABLE && type !== L2_TABLE) continue;
      for (let index = 0; index < (type === L1_TABLE ? ENTRIES : FIRST_XEN_SLOT); index++) {
        const entry = this.read(frame, index);
        if ((entry & PTE_P) === 0) continue;
        if (!this.#frames.owns(frameOf(entry))) return `frame ${frame} entry ${index} maps frame ${frameOf(entry)}, which is not the guest's`;
        if (type === L1_TABLE && (entry & PTE_W) !== 0) writable[frameOf(entry)]++;
        if (type === L2_TABLE && frameOf(entry) !== frame) types[frameOf(entry)]++;
      }
    }
    for (let frame = 0; frame < frames; frame++) {
      const type = this.#frames.type(frame);
      if (writable[frame] > 0 && type !== WRITABLE) return `frame ${frame} of type ${type} has ${writable[frame]} writable mappings`;
      const counted = type === WRITABLE ? writable[frame] : types[frame];
      const shared = type === WRITABLE && this.#frames.isShared(frame) ? 1 : 0;
      if (type !== DESCRIPTORS && counted + shared !== this.#frames.typeCount(frame)) {
        return `frame ${frame} of type ${type} has a type count of ${this.#frames.typeCount(frame)}, its tables give ${counted + shared}`;
      }
    }
    return null;
  }

  read(frame: number, index: number): number {
    return this.#domain.vmm.platform.memory.read32(hpa(frame * 4096 + index * 4));
  }
  write(frame: number, index: number, entry: number): void {
    this.#domain.vmm.platform.memory.write32(hpa(frame * 4096 + index * 4), entry);
  }
}
