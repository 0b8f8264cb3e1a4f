// The machine-to-physical table: for every machine frame the guest's pseudo-physical one, in memory that every address space
// shows read-only at 0xFC000000. Frames that are not the guest's, and those that do not exist, read as ones.
import {hpa} from '../../memory/address.ts';
import {PTE_A, PTE_P} from '../../x86/paging.ts';
import type {Vmm} from '../vmm.ts';
import {INVALID_PSEUDO} from './abi.ts';

const ENTRIES_PER_FRAME = 1024;

export class MachineMap {
  readonly #vmm: Vmm;
  readonly #frames: readonly number[];
  /** Host frame of the page table behind the table's directory entry. */
  readonly tableFrame: number;

  constructor(vmm: Vmm) {
    this.#vmm = vmm;
    const {memory} = vmm.platform;
    this.tableFrame = vmm.frames.take();
    const needed = Math.ceil(memory.frames / ENTRIES_PER_FRAME);
    this.#frames = Array.from({length: needed + 1}, () => vmm.frames.take());
    for (const frame of this.#frames) memory.u8.fill(0xff, memory.u8.length - memory.size + frame * 4096, memory.u8.length - memory.size + frame * 4096 + 4096);
    for (let page = 0; page < ENTRIES_PER_FRAME; page++) {
      memory.write32(hpa(this.tableFrame * 4096 + page * 4), (this.#frames[Math.min(page, needed)] << 12) | PTE_P | PTE_A);
    }
  }

  get(frame: number): number {
    return this.#vmm.platform.memory.read32(this.#at(frame));
  }

  set(frame: number, pseudo: number): void {
    this.#vmm.platform.memory.write32(this.#at(frame), pseudo);
  }

  forget(frame: number): void {
    this.set(frame, INVALID_PSEUDO);
  }

  #at(frame: number): ReturnType<typeof hpa> {
    return hpa(this.#frames[frame >>> 10] * 4096 + (frame & 1023) * 4);
  }
}
