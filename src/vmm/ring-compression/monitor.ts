// The VMM's own corner of every linear address space: the top 4 MiB, mapped for supervisors only, where the real descriptor
// tables and task state segment lie. Ring 1 is a supervisor to paging, so only truncated segment limits keep a kernel that
// runs there out; one that runs in ring 3 paging keeps out.
import {hpa} from '../../memory/address.ts';
import {DESCRIPTOR_PRESENT, TYPE_LDT, TYPE_TSS_BUSY} from '../../x86/descriptors.ts';
import {PTE_A, PTE_D, PTE_P, PTE_W} from '../../x86/paging.ts';
import {LDTR, TR} from '../../x86/registers.ts';
import type {Vmm} from '../vmm.ts';
import {MONITOR_BASE, type View} from './ring-model.ts';

export {MONITOR_BASE};

const DIRECTORY_INDEX = 1023;
/** 64 KiB: the largest descriptor table. */
const DESCRIPTOR_PAGES = 16;
const DESCRIPTOR_BYTES = DESCRIPTOR_PAGES * 4096;
/** First linear address behind the tables of one view and the task state segment. */
export const MONITOR_SPARE = MONITOR_BASE + (2 * DESCRIPTOR_PAGES + 1) * 4096;
const TSS_LIMIT = 0x67;
const IO_MAP_BASE = 0x66;
/** The VMM's own descriptors are the last two of the global table. */
export const TSS_INDEX = 8191, LDT_INDEX = 8190;

/** Which of the guest's tables a shadow table stands for. */
export interface Place {
  readonly view: View;
  readonly local: boolean;
}

export class Monitor {
  readonly #vmm: Vmm;
  readonly #frames: number[] = [];
  /** First page of each shadow table, and of the task state segment. */
  readonly #first = new Map<string, number>();
  readonly #taskState: number;

  /**
   * @param views a program of the guest's needs a table of its own where its ring is its kernel's
   * @param morePages pages of the VMM's own behind tables and task state segment, as many as the strategy asks for
   */
  constructor(vmm: Vmm, views: readonly View[] = ['kernel'], morePages = 0) {
    this.#vmm = vmm;
    const tableFrame = vmm.frames.take();
    for (const view of views) for (const local of [false, true]) this.#first.set(keyOf({view, local}), this.#take(DESCRIPTOR_PAGES));
    this.#taskState = this.#take(1);
    this.#take(morePages);
    this.#frames.forEach((frame, page) => {
      vmm.platform.memory.write32(hpa(tableFrame * 4096 + page * 4), (frame << 12) | PTE_P | PTE_W | PTE_A | PTE_D);
    });
    vmm.monitor = {directoryIndex: DIRECTORY_INDEX, tableFrame};
    this.#write(this.#taskState * 4096 + (IO_MAP_BASE & ~3), (TSS_LIMIT + 1) << 16);
    for (const view of views) this.#describeOwn(view);
  }

  /** Loads the processor's table registers: descriptors and an I/O permission map that allows no port. */
  install(view: View = 'kernel', local = false): void {
    const {cpu} = this.#vmm;
    const shown = view === 'none' ? 'kernel' : view;
    cpu.gdtBase = this.#linear({view: shown, local: false});
    // Why 7: the null descriptor alone, so that every load of a segment register comes here.
    cpu.gdtLimit = view === 'none' ? 7 : DESCRIPTOR_BYTES - 1;
    cpu.idtBase = MONITOR_BASE | 0;
    cpu.idtLimit = 0;
    cpu.setSegment(TR, TSS_INDEX * 8, this.#at(this.#taskState), TSS_LIMIT, DESCRIPTOR_PRESENT | (TYPE_TSS_BUSY << 8));
    if (!local || view === 'none') cpu.setSegment(LDTR, 0, 0, 0, 0);
    else cpu.setSegment(LDTR, LDT_INDEX * 8, this.#linear({view: shown, local}), DESCRIPTOR_BYTES - 1, DESCRIPTOR_PRESENT | (TYPE_LDT << 8));
  }

  /** Host frame of a page of the VMM's region. */
  frameAt(linear: number): number {
    return this.#frames[(linear - MONITOR_BASE) >>> 12];
  }

  /** Writes one descriptor of a real table. */
  writeDescriptor(index: number, low: number, high: number, place: Place = {view: 'kernel', local: false}): void {
    const at = (this.#first.get(keyOf(place)) ?? 0) * 4096 + index * 8;
    this.#write(at, low);
    this.#write(at + 4, high);
  }

  /** The descriptor that the processor would load. */
  readDescriptor(index: number, place: Place): {readonly low: number; readonly high: number} {
    const at = (this.#first.get(keyOf(place)) ?? 0) * 4096 + index * 8;
    return {low: this.#read(at), high: this.#read(at + 4)};
  }

  #describeOwn(view: View): void {
    const place = {view, local: false};
    const system = (page: number, limit: number, type: number): [number, number] => {
      const base = this.#at(page);
      return [(base << 16) | (limit & 0xffff), (base & 0xff00_0000) | ((base >>> 16) & 0xff) | DESCRIPTOR_PRESENT | (type << 8)];
    };
    this.writeDescriptor(TSS_INDEX, ...system(this.#taskState, TSS_LIMIT, TYPE_TSS_BUSY), place);
    this.writeDescriptor(LDT_INDEX, ...system(this.#first.get(keyOf({view, local: true})) ?? 0, DESCRIPTOR_BYTES - 1, TYPE_LDT), place);
  }

  /** Page numbers within the region, the first of so many new ones. */
  #take(pages: number): number {
    const first = this.#frames.length;
    for (let page = 0; page < pages; page++) this.#frames.push(this.#vmm.frames.take());
    return first;
  }

  #at(page: number): number {
    return (MONITOR_BASE + page * 4096) | 0;
  }

  #linear(place: Place): number {
    return this.#at(this.#first.get(keyOf(place)) ?? 0);
  }

  #read(offset: number): number {
    return this.#vmm.platform.memory.read32(hpa(this.#frames[offset >>> 12] * 4096 + (offset & 0xfff)));
  }

  #write(offset: number, value: number): void {
    this.#vmm.platform.memory.write32(hpa(this.#frames[offset >>> 12] * 4096 + (offset & 0xfff)), value);
  }
}

const keyOf = ({view, local}: Place): string => `${view} ${local ? 'local' : 'global'}`;
