// Xen's own linear memory, at the top of every address space of the guest: its descriptor tables, of which the guest's pages are
// a part, the task state segment with the kernel's stack, and the one gate the processor goes through by itself.
import {
  DESCRIPTOR_ACCESSED, DESCRIPTOR_CODE, DESCRIPTOR_DB, DESCRIPTOR_GRANULARITY, DESCRIPTOR_PRESENT, DESCRIPTOR_S, DESCRIPTOR_WRITABLE, FIRST_RESERVED_GDT_ENTRY,
  FIRST_RESERVED_GDT_PAGE, FLAT_RING1_CS, FLAT_RING1_DS, FLAT_RING3_CS, FLAT_RING3_DS, GDT_PAGES, hpa, LDTR, MACHINE_MAP_START, PTE_A, PTE_D, PTE_P, PTE_W,
  SEGMENT_END, TR, TYPE_LDT, TYPE_TRAP_GATE, TYPE_TSS_BUSY,
} from 'worldswitch';
import type {Domain} from 'worldswitch';

const BASE = 0xffc0_0000;
const LDT_PAGES = 16;
const LDT_PAGE = GDT_PAGES, IDT_PAGE = LDT_PAGE + LDT_PAGES, TSS_PAGE = IDT_PAGE + 1;
const LDT_BASE = BASE + LDT_PAGE * 4096;
const TSS_LIMIT = 0x67, TSS_ESP1 = 12, TSS_SS1 = 16, TSS_IO_MAP = 0x64;
const TSS_SELECTOR = 0xe040, LDT_SELECTOR = 0xe048;
const MAPPED = PTE_P | PTE_W | PTE_A | PTE_D;

/** Flat code or data of a ring, cut where Xen begins. */
function flat(ring: number, code: boolean): readonly [number, number] {
  const field = SEGMENT_END / 4096 - 1;
  const kind = DESCRIPTOR_PRESENT | DESCRIPTOR_S | DESCRIPTOR_ACCESSED | DESCRIPTOR_WRITABLE | (code ? DESCRIPTOR_CODE : 0) | DESCRIPTOR_DB | DESCRIPTOR_GRANULARITY;
  return [field & 0xffff, kind | (ring << 13) | (field & 0xf_0000)];
}

export class Hole {
  readonly #domain: Domain;
  readonly #table: number;
  readonly #idt: number;
  readonly #tss: number;
  readonly #empty: number;
  readonly #gdt: number[] = [];

  constructor(domain: Domain) {
    const {vmm} = domain;
    this.#domain = domain;
    this.#table = vmm.frames.take();
    this.#empty = vmm.frames.take();
    this.#idt = vmm.frames.take();
    this.#tss = vmm.frames.take();
    domain.xenEntries.set(MACHINE_MAP_START >>> 22, (domain.map.tableFrame << 12) | PTE_P | PTE_A);
    for (let index = (MACHINE_MAP_START >>> 22) + 1; index < 1023; index++) domain.xenEntries.set(index, 0);
    domain.xenEntries.set(BASE >>> 22, (this.#table << 12) | MAPPED);
    this.#map(IDT_PAGE, this.#idt);
    this.#map(TSS_PAGE, this.#tss);
    this.#word(this.#tss, TSS_IO_MAP, (TSS_LIMIT + 1) << 16);
    for (let page = 0; page < FIRST_RESERVED_GDT_PAGE; page++) this.mapGdt(page, null);
    for (let page = FIRST_RESERVED_GDT_PAGE; page < GDT_PAGES; page++) this.mapGdt(page, vmm.frames.take());
    for (const [selector, ring, code] of [[FLAT_RING1_CS, 1, true], [FLAT_RING1_DS, 1, false], [FLAT_RING3_CS, 3, true], [FLAT_RING3_DS, 3, false]] as const) {
      const at = ((selector >>> 3) - FIRST_RESERVED_GDT_ENTRY) * 8;
      const [low, high] = flat(ring, code);
      this.#word(this.#gdt[FIRST_RESERVED_GDT_PAGE], at, low);
      this.#word(this.#gdt[FIRST_RESERVED_GDT_PAGE], at + 4, high);
    }
  }

  /** Loads the processor's table registers. */
  install(): void {
    const {cpu} = this.#domain.vmm;
    cpu.gdtBase = BASE | 0;
    cpu.gdtLimit = GDT_PAGES * 4096 - 1;
    cpu.idtBase = (BASE + IDT_PAGE * 4096) | 0;
    cpu.idtLimit = 4095;
    cpu.setSegment(TR, TSS_SELECTOR, (BASE + TSS_PAGE * 4096) | 0, TSS_LIMIT, DESCRIPTOR_PRESENT | (TYPE_TSS_BUSY << 8));
    this.loadLdt(0);
  }

  /** A page of the descriptor table: a frame, or nothing. */
  mapGdt(page: number, frame: number | null): void {
    this.#gdt[page] = frame ?? this.#empty;
    if (frame === null) this.#write(page, (this.#empty << 12) | PTE_P | PTE_A);
    else this.#map(page, frame);
  }

  mapLdt(page: number, frame: number | null): void {
    if (frame === null) this.#write(LDT_PAGE + page, 0);
    else this.#map(LDT_PAGE + page, frame);
  }

  /** The register that says where the local descriptors are; none when there are no entries. */
  loadLdt(entries: number): void {
    const {cpu} = this.#domain.vmm;
    if (entries === 0) cpu.setSegment(LDTR, 0, 0, 0, 0);
    else cpu.setSegment(LDTR, LDT_SELECTOR, LDT_BASE | 0, entries * 8 - 1, DESCRIPTOR_PRESENT | (TYPE_LDT << 8));
  }

  /** Offset within the local descriptors of a linear address, or -1. */
  ldtOffset(linear: number): number {
    const offset = (linear >>> 0) - LDT_BASE;
    return offset >= 0 && offset < LDT_PAGES * 4096 ? offset : -1;
  }

  /** A descriptor of the global table. */
  descriptor(selector: number): {readonly low: number; readonly high: number} {
    const {memory} = this.#domain.vmm.platform;
    const index = selector >>> 3;
    const at = this.#gdt[index >>> 9] * 4096 + (index & 511) * 8;
    return {low: memory.read32(hpa(at)), high: memory.read32(hpa(at + 4))};
  }

  setKernelStack(ss: number, esp: number): void {
    this.#word(this.#tss, TSS_ESP1, esp);
    this.#word(this.#tss, TSS_SS1, ss & 0xffff);
  }

  /** The gate of a vector the processor delivers into ring 1 by itself. */
  setGate(vector: number, cs: number, address: number, dpl: number): void {
    this.#word(this.#idt, vector * 8, (cs << 16) | (address & 0xffff));
    this.#word(this.#idt, vector * 8 + 4, (address & 0xffff_0000) | DESCRIPTOR_PRESENT | (dpl << 13) | (TYPE_TRAP_GATE << 8));
  }

  #map(page: number, frame: number): void {
    this.#write(page, (frame << 12) | MAPPED);
  }
  #write(page: number, entry: number): void {
    this.#word(this.#table, page * 4, entry);
    this.#domain.vmm.cpu.mmu.invalidate((BASE + page * 4096) | 0);
  }
  #word(frame: number, offset: number, value: number): void {
    this.#domain.vmm.platform.memory.write32(hpa(frame * 4096 + offset), value);
  }
}
