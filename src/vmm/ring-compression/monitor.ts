// The VMM's own corner of every linear address space: the top 4 MiB, mapped for supervisors only, where the real descriptor
// table and task state segment lie. Ring 1 is a supervisor to paging, so only truncated segment limits keep the guest out.
import {hpa} from '../../memory/address.ts';
import {DESCRIPTOR_PRESENT, TYPE_TSS_BUSY} from '../../x86/descriptors.ts';
import {PTE_A, PTE_D, PTE_P, PTE_W} from '../../x86/paging.ts';
import {TR} from '../../x86/registers.ts';
import type {Vmm} from '../vmm.ts';

/** First linear address of the VMM. */
export const MONITOR_BASE = 0xffc0_0000;
const DIRECTORY_INDEX = 1023;
/** 64 KiB: the largest descriptor table. */
const DESCRIPTOR_PAGES = 16;
/** First linear address behind descriptor table and task state segment. */
export const MONITOR_SPARE = MONITOR_BASE + (DESCRIPTOR_PAGES + 1) * 4096;
const TSS_LIMIT = 0x67;
const IO_MAP_BASE = 0x66;

export class Monitor {
  readonly #vmm: Vmm;
  readonly #frames: readonly number[];

  /** @param morePages pages of the VMM's own behind descriptor table and task state segment, as many as the strategy asks for */
  constructor(vmm: Vmm, morePages = 0) {
    this.#vmm = vmm;
    const tableFrame = vmm.frames.take();
    this.#frames = Array.from({length: DESCRIPTOR_PAGES + 1 + morePages}, () => vmm.frames.take());
    this.#frames.forEach((frame, page) => {
      vmm.platform.memory.write32(hpa(tableFrame * 4096 + page * 4), (frame << 12) | PTE_P | PTE_W | PTE_A | PTE_D);
    });
    vmm.monitor = {directoryIndex: DIRECTORY_INDEX, tableFrame};
    this.#write(DESCRIPTOR_PAGES * 4096 + (IO_MAP_BASE & ~3), (TSS_LIMIT + 1) << 16);
  }

  /** Loads the processor's table registers: descriptors and an I/O permission map that allows no port. */
  install(): void {
    const {cpu} = this.#vmm;
    cpu.gdtBase = MONITOR_BASE | 0;
    cpu.gdtLimit = DESCRIPTOR_PAGES * 4096 - 1;
    cpu.idtBase = MONITOR_BASE | 0;
    cpu.idtLimit = 0;
    cpu.setSegment(TR, 0, (MONITOR_BASE + DESCRIPTOR_PAGES * 4096) | 0, TSS_LIMIT, DESCRIPTOR_PRESENT | (TYPE_TSS_BUSY << 8));
  }

  /** Host frame of a page of the VMM's region. */
  frameAt(linear: number): number {
    return this.#frames[(linear - MONITOR_BASE) >>> 12];
  }

  /** Writes one descriptor of the real table. */
  writeDescriptor(index: number, low: number, high: number): void {
    this.#write(index * 8, low);
    this.#write(index * 8 + 4, high);
  }

  #write(offset: number, value: number): void {
    this.#vmm.platform.memory.write32(hpa(this.#frames[offset >>> 12] * 4096 + (offset & 0xfff)), value);
  }
}
