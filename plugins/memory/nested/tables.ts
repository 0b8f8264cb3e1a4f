// The nested page tables: four levels in host memory, made on demand.
import {EPT_ALL, EPT_FRAME, EPT_LARGE, eptIndex, hpa} from 'worldswitch';
import type {Vmm} from 'worldswitch';

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
  map(guestPhysical: number, hostPage: number, level: 1 | 2): void {
    const {memory} = this.#vmm.platform;
    let table = this.root;
    for (let at = 4; at > level; at--) table = this.#tableBelow(table + eptIndex(guestPhysical, at) * 8);
    const entry = hpa(table + eptIndex(guestPhysical, level) * 8);
    memory.write32(entry, hostPage | EPT_ALL | (level === 2 ? EPT_LARGE : 0));
  }

  #tableBelow(entryAt: number): number {
    const {memory} = this.#vmm.platform;
    const entry = memory.read32(hpa(entryAt));
    if ((entry & EPT_ALL) !== 0) return (entry & EPT_FRAME) >>> 0;
    const table = this.#newTable();
    memory.write32(hpa(entryAt), table | EPT_ALL);
    return table;
  }

  #newTable(): number {
    const frame = this.#vmm.frames.take();
    if (frame < 0) throw new Error('no host frame is left for a nested table');
    this.tables++;
    return frame * 4096;
  }
}
