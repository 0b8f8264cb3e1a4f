// Writable page tables: a guest that writes its tables with plain stores faults at the first, and the table is detached from the
// running directory and made writable; further stores cost nothing. Before anything could see a difference it is checked entry by
// entry, made read-only and attached again. Barham et al. 2003 did it so until Xen 3.0; a store to a table that the kernel itself
// runs on is carried out by the emulator instead, as later versions do with all. Xen 3.0, arch/x86/mm.c, ptwr_do_page_fault.
import {ESP, MACHINE_MAP_START, PF_PRESENT, PF_USER, PF_WRITE, PTE_P, PTE_W} from 'worldswitch';
import type {Domain} from 'worldswitch';
import {type FrameTable, L1_TABLE} from './frame-table.ts';
import {TableEmulator} from './table-emulator.ts';
import type {TableValidation} from './validation.ts';

const FIRST_XEN_SLOT = MACHINE_MAP_START >>> 22;
const ENTRIES = 1024;

interface Detached {
  readonly frame: number;
  readonly before: Int32Array;
  readonly directory: number;
  /** Entries of the directory that named the table. */
  readonly slots: readonly number[];
  /** Where the writable mapping is: its table and index, and its linear address. */
  readonly alias: {readonly table: number; readonly index: number; readonly linear: number};
}

export class WritableTables {
  enabled = false;
  detachments = 0;
  emulated = 0;
  readonly #domain: Domain;
  readonly #frames: FrameTable;
  readonly #tables: TableValidation;
  readonly #emulator: TableEmulator;
  #detached: Detached | null = null;

  constructor(domain: Domain, frames: FrameTable, tables: TableValidation) {
    this.#domain = domain;
    this.#frames = frames;
    this.#tables = tables;
    this.#emulator = new TableEmulator(domain, frames, tables);
  }

  /** Whether a page fault was none of the guest's: a store to a table, or a look through one that is detached. */
  mend(linear: number, errorCode: number): boolean {
    const seen = this.#detached !== null && this.#detached.slots.includes(linear >>> 22);
    this.settle();
    return seen || this.#store(linear, errorCode);
  }

  #store(linear: number, errorCode: number): boolean {
    const {cpu} = this.#domain.vmm;
    if (!this.enabled || (errorCode & (PF_PRESENT | PF_WRITE | PF_USER)) !== (PF_PRESENT | PF_WRITE) || linear >>> 0 >= MACHINE_MAP_START) return false;
    const directory = cpu.cr3 >>> 12;
    const table = this.#tables.read(directory, linear >>> 22) >>> 12;
    const index = (linear >>> 12) & 1023;
    if (this.#frames.type(table) !== L1_TABLE) return false;
    const entry = this.#tables.read(table, index);
    const frame = entry >>> 12;
    if ((entry & (PTE_P | PTE_W)) !== PTE_P || this.#frames.type(frame) !== L1_TABLE) return false;
    const slots = this.#slotsOf(directory, frame);
    const used = [linear, cpu.eip, cpu.r[ESP]].map(address => address >>> 22);
    if (slots.some(slot => used.includes(slot))) return this.#emulate();
    this.#detach({frame, directory, slots, alias: {table, index, linear}, before: this.#contents(frame)});
    return true;
  }

  #emulate(): boolean {
    if (!this.#emulator.emulate()) return false;
    this.emulated++;
    this.#domain.vmm.world.describe('pf-trace');
    return true;
  }

  #slotsOf(directory: number, frame: number): number[] {
    return Array.from({length: FIRST_XEN_SLOT}, (_, slot) => slot).filter(slot => {
      const entry = this.#tables.read(directory, slot);
      return (entry & PTE_P) !== 0 && entry >>> 12 === frame;
    });
  }

  #contents(frame: number): Int32Array {
    return Int32Array.from({length: ENTRIES}, (_, index) => this.#tables.read(frame, index));
  }

  #detach(detached: Detached): void {
    const {directory, slots, alias} = detached;
    this.detachments++;
    this.#detached = detached;
    this.#domain.vmm.world.describe('pf-trace');
    this.#domain.vmm.charge('table_scan');
    for (const slot of slots) this.#tables.write(directory, slot, this.#tables.read(directory, slot) & ~PTE_P);
    this.#tables.write(alias.table, alias.index, this.#tables.read(alias.table, alias.index) | PTE_W);
    if (slots.length > 0) this.#frames.flushAll();
    this.#domain.vmm.cpu.mmu.invalidate(alias.linear);
  }

  /** Checks what was written meanwhile and puts the table back. An entry that may not be there ends the domain. */
  settle(): void {
    const detached = this.#detached;
    if (detached === null) return;
    this.#detached = null;
    const {frame, before, directory, slots, alias} = detached;
    const changed = this.#contents(frame).map((entry, index) => (entry === before[index] ? -1 : index)).filter(index => index >= 0);
    this.#domain.vmm.charge('table_scan');
    for (const index of changed) this.#check(frame, index, before[index]);
    this.#tables.write(alias.table, alias.index, this.#tables.read(alias.table, alias.index) & ~PTE_W);
    this.#domain.vmm.cpu.mmu.invalidate(alias.linear);
    for (const slot of slots) this.#tables.write(directory, slot, this.#tables.read(directory, slot) | PTE_P);
  }

  #check(frame: number, index: number, before: number): void {
    if (this.#tables.holdLeaf(this.#tables.read(frame, index))) return this.#tables.releaseLeaf(before);
    const entry = this.#tables.read(frame, index) >>> 0;
    this.#tables.write(frame, index, before);
    this.#domain.crash(`entry ${index} of a writable page table was given 0x${entry.toString(16)}, which it may not have`);
  }
}
