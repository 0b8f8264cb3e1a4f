// The guest's descriptor tables: frames it hands over with set_gdt, each checked and held as descriptors, and a local table whose
// pages are mapped when the processor first reads them. Xen 3, arch/x86/mm.c, set_gdt, map_ldt_shadow_page.
import {EINVAL, FIRST_RESERVED_GDT_ENTRY, FIRST_RESERVED_GDT_PAGE, MACHINE_MAP_START} from 'worldswitch';
import type {Domain} from 'worldswitch';
import type {Hole} from './hole.ts';

const LDT_PAGES = 16, LDT_ENTRIES = 8192, ENTRIES_PER_PAGE = 512;

export class DescriptorTables {
  readonly #domain: Domain;
  readonly #hole: Hole;
  #gdt: readonly number[] = [];
  readonly #ldt: Array<number | null> = Array.from({length: LDT_PAGES}, () => null);
  ldtBase = 0;
  #ldtEntries = 0;
  /** Descriptors may have changed under loaded segment registers. */
  changed = false;

  constructor(domain: Domain, hole: Hole) {
    this.#domain = domain;
    this.#hole = hole;
    domain.setLdt = (linear, entries) => this.setLdt(linear, entries);
    domain.forgetLdt = () => this.#forgetLdt();
  }

  setGdt(list: number, entries: number): number {
    const count = Math.ceil((entries >>> 0) / ENTRIES_PER_PAGE);
    if (entries >>> 0 > FIRST_RESERVED_GDT_ENTRY) return -EINVAL;
    const frames = [...this.#domain.copy.readWords(list, count)].map(frame => frame >>> 0);
    const {paging} = this.#domain;
    const refused = frames.findIndex(frame => !paging.holdDescriptors(frame));
    if (refused >= 0) {
      for (const frame of frames.slice(0, refused)) paging.releaseDescriptors(frame);
      return -EINVAL;
    }
    const old = this.#gdt;
    this.#gdt = frames;
    for (let page = 0; page < FIRST_RESERVED_GDT_PAGE; page++) this.#hole.mapGdt(page, frames[page] ?? null);
    for (const frame of old) paging.releaseDescriptors(frame);
    this.changed = true;
    return 0;
  }

  setLdt(linear: number, entries: number): number {
    if ((linear & 0xfff) !== 0 || entries > LDT_ENTRIES || (linear >>> 0) + entries * 8 > MACHINE_MAP_START) return -EINVAL;
    if (this.ldtBase === linear && this.#ldtEntries === entries) return 0;
    this.#forgetLdt();
    this.ldtBase = linear;
    this.#ldtEntries = entries;
    this.#hole.loadLdt(entries);
    this.changed = true;
    return 0;
  }

  /** The processor met an unmapped page of the local table. False when the guest has none there that may be one. */
  fillLdt(offset: number): boolean {
    const page = offset >>> 12;
    if (this.#ldt[page] !== null || offset >= this.#ldtEntries * 8) return false;
    const at = this.#domain.copy.offset((this.ldtBase + page * 4096) | 0);
    if (at < 0) return false;
    const frame = this.#domain.frameAt(at);
    if (!this.#domain.paging.holdDescriptors(frame)) return false;
    this.#ldt[page] = frame;
    this.#hole.mapLdt(page, frame);
    return true;
  }

  /** A selector's descriptor in whichever table, or null beyond it. */
  descriptor(selector: number): {readonly low: number; readonly high: number} | null {
    const index = selector >>> 3;
    if ((selector & 4) === 0) return this.#hole.descriptor(selector);
    if (index >= this.#ldtEntries) return null;
    const page = (index * 8) >>> 12;
    if (this.#ldt[page] === null && !this.fillLdt(index * 8)) return null;
    return this.#domain.descriptorIn(this.#ldt[page] as number, (index * 8) & 0xfff);
  }

  #forgetLdt(): void {
    this.#ldt.forEach((frame, page) => {
      if (frame === null) return;
      this.#ldt[page] = null;
      this.#hole.mapLdt(page, null);
      this.#domain.paging.releaseDescriptors(frame);
    });
  }
}
