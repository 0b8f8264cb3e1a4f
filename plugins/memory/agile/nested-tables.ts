// The nested tables: four levels from guest-physical to host-physical, 4 KiB pages, filled on demand. Frames whose writes must be
// seen have no write right here.
import {EPT_ALL, EPT_FRAME, eptIndex, hpa} from 'worldswitch';
import type {Vmm} from 'worldswitch';
import {NESTED_DIRTY, nestedEntry} from './entry.ts';

export class NestedTables {
  /** Host-physical address of the top table. */
  readonly root: number;
  readonly #vmm: Vmm;
  filled = 0;

  constructor(vmm: Vmm) {
    this.#vmm = vmm;
    this.root = this.#newTable();
  }

  map(guestFrame: number, hostFrame: number, writable: boolean): void {
    this.filled++;
    this.#write(this.#entryOf(guestFrame), nestedEntry(hostFrame * 4096, writable));
  }

  /** Gives or takes write access to a frame that is mapped; one that is not gets it when it is filled. */
  setWritable(guestFrame: number, writable: boolean): void {
    const at = this.#entryOf(guestFrame);
    const entry = this.#read(at);
    if ((entry & EPT_ALL) !== 0) this.#write(at, nestedEntry(entry & EPT_FRAME, writable));
  }

  /** Whether the guest has written to a frame since this was asked last; the TLB must be flushed when it has. */
  takeDirty(guestFrame: number): boolean {
    const at = this.#entryOf(guestFrame);
    const entry = this.#read(at);
    if ((entry & NESTED_DIRTY) === 0) return false;
    this.#write(at, entry & ~NESTED_DIRTY);
    return true;
  }

  /** Host-physical address of a frame's last-level entry; the tables above it are made when they are missing. */
  #entryOf(guestFrame: number): number {
    const address = guestFrame * 4096;
    let table = this.root;
    for (let level = 4; level > 1; level--) table = this.#below(table + eptIndex(address, level) * 8);
    return table + eptIndex(address, 1) * 8;
  }

  #below(at: number): number {
    const entry = this.#read(at);
    if ((entry & EPT_ALL) !== 0) return (entry & EPT_FRAME) >>> 0;
    const table = this.#newTable();
    this.#write(at, nestedEntry(table, true));
    return table;
  }

  #newTable(): number {
    const frame = this.#vmm.frames.take();
    if (frame < 0) throw new Error('no host frame is left for a nested table');
    return frame * 4096;
  }

  #read(at: number): number {
    return this.#vmm.platform.memory.read32(hpa(at));
  }

  #write(at: number, entry: number): void {
    this.#vmm.platform.memory.write32(hpa(at), entry);
  }
}
