// Carries out one instruction that stores into a page table in use: the VMM's emulator executes it, and the store goes through the
// checks of any update. Xen 3, arch/x86/mm.c, ptwr_emulated_update.
import {Emulator, FAULT, GuestMemory, HOST_BASE} from 'worldswitch';
import type {Domain, Gpa} from 'worldswitch';
import {type FrameTable, L1_TABLE, NONE, WRITABLE} from './frame-table.ts';
import type {TableValidation} from './validation.ts';

/** Memory by machine address, in which tables and descriptors are no ordinary memory. */
class MachineMemory extends GuestMemory {
  readonly #frames: FrameTable;

  constructor(domain: Domain, frames: FrameTable) {
    const {memory} = domain.vmm.platform;
    super(memory, memory.size);
    this.place(memory.size);
    this.#frames = frames;
  }

  override offset(address: Gpa): number {
    const type = this.#frames.type(address >>> 12);
    return this.#frames.owns(address >>> 12) && (type === NONE || type === WRITABLE) ? HOST_BASE + address : -1;
  }
}

export class TableEmulator {
  readonly #domain: Domain;
  readonly #frames: FrameTable;
  readonly #tables: TableValidation;
  readonly #emulator: Emulator;

  constructor(domain: Domain, frames: FrameTable, tables: TableValidation) {
    const {vmm} = domain;
    this.#domain = domain;
    this.#frames = frames;
    this.#tables = tables;
    this.#emulator = new Emulator({
      platform: vmm.platform, guest: new MachineMemory(domain, frames), ports: vmm.ports, wrote: () => {}, invlpg: () => {}, pagingChanged: () => {},
      deviceSpace: {
        read: (address, width) => this.#read(address, width),
        write: (address, width, value) => this.#write(address, width, value),
      },
      // Why: the store is wanted where the mapping is read-only, and write protection is what brought it here.
      registers: () => ({cr0: vmm.cpu.cr0 & ~(1 << 16), cr3: vmm.cpu.cr3, cr4: vmm.cpu.cr4}),
    });
  }

  /** False when the instruction did not complete; the fault is then the guest's. */
  emulate(): boolean {
    const {vmm} = this.#domain;
    vmm.charge('instruction_emulation');
    if (this.#emulator.emulate() !== 'done') return false;
    vmm.passed(0);
    vmm.platform.recorder.emulated++;
    return true;
  }

  #read(address: number, width: 1 | 2 | 4): number {
    const {view} = this.#domain.vmm.platform.memory;
    const at = HOST_BASE + address;
    return width === 4 ? view.getUint32(at, true) : width === 2 ? view.getUint16(at, true) : view.getUint8(at);
  }

  /** Part of an entry, or the whole; one that lies across two entries is refused. */
  #write(address: number, width: 1 | 2 | 4, value: number): void {
    const frame = address >>> 12;
    const shift = 8 * (address & 3);
    const mask = width === 4 ? -1 : ((1 << (8 * width)) - 1) << shift;
    const index = (address & 0xfff) >>> 2;
    const fits = (address & 3) + width <= 4 && this.#frames.type(frame) === L1_TABLE;
    if (!fits || !this.#tables.update(frame, index, (this.#tables.read(frame, index) & ~mask) | ((value << shift) & mask), false)) throw FAULT;
  }
}
