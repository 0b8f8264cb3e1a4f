// The nested page tables: four levels in host memory, made on demand.
import {EPT_ALL, EPT_FRAME, EPT_LARGE, eptIndex, hpa} from 'worldswitch';
import type {Vmm} from 'worldswitch';

const ENTRY_BYTES = 8;
const ENTRIES = 512;

export class NestedTables {
  /** Host-physical address of the top table. */
  readonly root: number;
  readonly #vmm: Vmm;
  /** Tables in use, the top one included. */
  tables = 0;

  constructor(vmm: Vmm) {
    this.#vmm = vmm;
    this.root = this.#newTable();
  }

  /** Maps one page of a guest-physical address; `level` 1 = 4 KiB, 2 = 2 MiB. */
  map(guestPhysical: number, hostPage: number, {level, rights}: {level: 1 | 2; rights: number}): void {
    let table = this.root;
    for (let at = 4; at > level; at--) table = this.#tableBelow(table + eptIndex(guestPhysical, at) * ENTRY_BYTES);
    this.#write(table + eptIndex(guestPhysical, level) * ENTRY_BYTES, hostPage | rights | (level === 2 ? EPT_LARGE : 0));
  }

  /** The leaf entry that maps an address, 0 when there is none. */
  leaf(guestPhysical: number): number {
    const at = this.#leafAt(guestPhysical);
    return at === null ? 0 : this.#read(at);
  }

  /** Sets and clears bits of the leaf entry that maps an address. */
  change(guestPhysical: number, {set = 0, clear = 0}: {set?: number; clear?: number}): void {
    const at = this.#leafAt(guestPhysical);
    if (at !== null) this.#write(at, (this.#read(at) | set) & ~clear);
  }

  /** Every leaf entry with the guest-physical address it maps, in order of address. */
  * leaves(table = this.root, level = 4, base = 0): Generator<{readonly guestPhysical: number; readonly entry: number}> {
    const span = 2 ** (12 + 9 * (level - 1));
    for (let index = 0; index < ENTRIES; index++) {
      const entry = this.#read(table + index * ENTRY_BYTES);
      if ((entry & EPT_ALL) === 0) continue;
      const guestPhysical = base + index * span;
      if (level === 1 || (entry & EPT_LARGE) !== 0) yield {guestPhysical, entry};
      else yield* this.leaves((entry & EPT_FRAME) >>> 0, level - 1, guestPhysical);
    }
  }

  #leafAt(guestPhysical: number): number | null {
    let table = this.root;
    for (let level = 4; level >= 1; level--) {
      const at = table + eptIndex(guestPhysical, level) * ENTRY_BYTES;
      const entry = this.#read(at);
      if ((entry & EPT_ALL) === 0) return null;
      if (level === 1 || (entry & EPT_LARGE) !== 0) return at;
      table = (entry & EPT_FRAME) >>> 0;
    }
    return null;
  }

  #tableBelow(entryAt: number): number {
    const entry = this.#read(entryAt);
    if ((entry & EPT_ALL) !== 0) return (entry & EPT_FRAME) >>> 0;
    const table = this.#newTable();
    this.#write(entryAt, table | EPT_ALL);
    return table;
  }

  #newTable(): number {
    const frame = this.#vmm.frames.take();
    if (frame < 0) throw new Error('no host frame is left for a nested table');
    this.tables++;
    return frame * 4096;
  }

  #read(at: number): number {
    return this.#vmm.platform.memory.read32(hpa(at));
  }

  #write(at: number, entry: number): void {
    this.#vmm.platform.memory.write32(hpa(at), entry);
  }
}
