// The mode a stretch of random instructions begins in: real, protected with 16- or 32-bit segments, virtual-8086; any ring; paging off, of 32
// bits, with large pages, or PAE; and the tables it finds, which are mostly in order and sometimes not.
import {MODEL_REGISTERS} from '../../cpu/model-registers.ts';
import {loadDebugControl} from '../../cpu/breakpoints.ts';
import type {Cpu} from '../../cpu/state.ts';
import {hpa} from '../../memory/address.ts';
import type {PhysicalMemory} from '../../memory/physical.ts';
import type {Random} from '../../oracle/random.ts';
import {CR0_AM, CR0_EM, CR0_ET, CR0_MP, CR0_PE, CR0_PG, CR0_TS, CR0_WP, CR4_DE, CR4_PAE, CR4_PGE, CR4_PSE, CR4_TSD} from '../../x86/control.ts';
import {EFLAGS_AC, EFLAGS_FIXED, EFLAGS_IF, EFLAGS_NT, EFLAGS_TF, EFLAGS_VM} from '../../x86/flags.ts';
import {CS, LDTR, SS, TR} from '../../x86/registers.ts';

export const CODE = 0x1000, CODE_BYTES = 0x3000;
const GDT = 0x8000, LDT = 0x8400, IDT = 0x8800, TSS = 0x9000, SPARE_TSS = 0x9200, TABLES = 0xa000, STACKS = 0x6000;
const DESCRIPTORS = 64, LDT_ENTRIES = 16;
const PRESENT = 0x80, FLAT_CODE = 0x9b, FLAT_DATA = 0x93;
export const MODES = ['real', 'protected-16', 'protected-32', 'virtual-8086'] as const;
export const PAGINGS = ['off', '32-bit', 'large', 'pae'] as const;

export interface Start {
  readonly mode: (typeof MODES)[number];
  readonly paging: (typeof PAGINGS)[number];
  readonly ring: number;
}

export function chooseStart(random: Random): Start {
  const mode = random.pick(MODES);
  return {mode, paging: mode === 'real' ? 'off' : random.pick(PAGINGS), ring: mode === 'real' ? 0 : mode === 'virtual-8086' ? 3 : random.below(4)};
}

class Tables {
  readonly #memory: PhysicalMemory;
  readonly #random: Random;

  constructor(memory: PhysicalMemory, random: Random) {
    this.#memory = memory;
    this.#random = random;
  }

  word(at: number, value: number): void {
    this.#memory.write32(hpa(at), value);
  }

  descriptor(at: number, [base, limit, access, high]: readonly [number, number, number, number]): void {
    this.word(at, (base << 16) | (limit & 0xffff));
    this.word(at + 4, (base & 0xff00_0000) | ((base >>> 16) & 0xff) | (access << 8) | (limit & 0xf_0000) | (high << 20));
  }

  /** Code and data of each ring, in 32 bits and in 16, two task states, an LDT, gates; the rest is anything. */
  descriptors(): void {
    const random = this.#random;
    for (let n = 0; n < DESCRIPTORS; n++) this.#anything(GDT + 8 * n);
    for (let n = 0; n < LDT_ENTRIES; n++) this.#anything(LDT + 8 * n);
    for (let ring = 0; ring < 4; ring++) {
      const dpl = ring << 5;
      this.descriptor(GDT + 8 + 32 * ring, [0, 0xf_ffff, FLAT_CODE | dpl, 12]);
      this.descriptor(GDT + 16 + 32 * ring, [0, 0xf_ffff, FLAT_DATA | dpl, 12]);
      this.descriptor(GDT + 24 + 32 * ring, [0, 0xffff, FLAT_CODE | dpl, 0]);
      this.descriptor(GDT + 32 + 32 * ring, [0, 0xffff, FLAT_DATA | dpl, 0]);
    }
    this.descriptor(GDT + 0x88, [TSS, random.oneIn(8) ? random.below(0x70) : 0x1ff, 0x8b, 0]);
    this.descriptor(GDT + 0x90, [SPARE_TSS, 0x1ff, 0xe9, 0]);
    this.descriptor(GDT + 0x98, [SPARE_TSS, 0x1ff, 0xe1, 0]);
    this.descriptor(GDT + 0xa0, [LDT, 8 * LDT_ENTRIES - 1, 0x82, 0]);
  }

  /** A descriptor or gate of any type, mostly present, that names low memory. */
  #anything(at: number): void {
    const random = this.#random;
    const access = (random.oneIn(8) ? 0 : PRESENT) | random.below(128);
    if ((access & 0x10) === 0) return this.gate(at, access);
    this.descriptor(at, [random.oneIn(2) ? 0 : random.below(0x10000), random.pick([0xf_ffff, 0xffff, 0xfff, random.below(0x10000)]), access, random.below(16)]);
  }

  gate(at: number, access: number): void {
    const random = this.#random;
    const selector = random.oneIn(8) ? random.below(8 * DESCRIPTORS) : random.pick([8, 0x18, 0x28, 0x48, 0x68, 0x88, 0x90, 0x98]);
    this.word(at, (selector << 16) | (CODE + random.below(CODE_BYTES)));
    this.word(at + 4, (access << 8) | random.below(4));
  }

  /** Handlers of ring 0 in order, a few of other kinds; in real mode vectors into the code. */
  vectors(real: boolean): void {
    const random = this.#random;
    for (let vector = 0; vector < 256; vector++) {
      if (real) this.word(IDT + 4 * vector, CODE + random.below(CODE_BYTES));
      else if (random.oneIn(8)) this.gate(IDT + 8 * vector, random.word() & 0xff);
      else {
        this.word(IDT + 8 * vector, (8 << 16) | (CODE + random.below(CODE_BYTES)));
        this.word(IDT + 8 * vector + 4, 0xee00 | random.below(2) * 0x100);
      }
    }
  }

  taskStates(): void {
    const random = this.#random;
    for (const at of [TSS, SPARE_TSS]) {
      for (let offset = 0; offset < 0x68; offset += 4) this.word(at + offset, random.oneIn(3) ? random.below(0x10000) : random.below(0x200));
      for (let ring = 0; ring < 3; ring++) {
        this.word(at + 4 + 8 * ring, STACKS + 0x800 + 0x100 * ring);
        this.word(at + 8 + 8 * ring, (16 + 32 * ring) | ring);
      }
      this.word(at + 0x1c, TABLES);
      if (random.oneIn(2)) for (let n = 0; n < 6; n++) this.word(at + 0x48 + 4 * n, n === 1 ? 8 : 16);
      this.word(at + 0x60, random.pick([0, 0xa0]));
      this.word(at + 0x64, random.pick([0x0068_0000, 0x0080_0000, 0x0068_0001]));
    }
  }

  /** The first 4 MiB where they are, with a few entries that say otherwise, and in the upper directory whatever it may be. */
  pages(pae: boolean, large: boolean): void {
    const random = this.#random;
    const table = TABLES + 0x1000, directory = pae ? TABLES + 0x3000 : TABLES;
    const odd = (): number => (random.oneIn(16) ? random.word() & 0x3ff : 7);
    for (let n = 0; n < 1024; n += 1) {
      if (pae) {
        this.word(table + 8 * n, (n << 12) | (n < 16 ? 7 : odd()));
        this.word(table + 8 * n + 4, random.oneIn(200) ? random.word() : 0);
      } else this.word(table + 4 * n, (n << 12) | (n < 16 ? 7 : odd()));
      if (n < 512 && pae) this.word(directory + 8 * n, n < 2 ? (table + 0x1000 * n) | 7 : random.oneIn(8) ? random.word() : 0);
      if (n < 512 && pae) this.word(directory + 8 * n + 4, 0);
      if (!pae) this.word(directory + 4 * n, n === 0 ? (large && random.oneIn(2) ? 0x87 : table | 7) : random.oneIn(8) ? random.word() & (large ? -1 : ~0x80) : 0);
    }
    if (!pae) return;
    for (let n = 0; n < 4; n++) {
      this.word(TABLES + 8 * n, n === 0 || random.oneIn(2) ? directory | 1 : 0);
      this.word(TABLES + 8 * n + 4, 0);
    }
  }
}

/** Puts a processor and its tables into a random state of the mode. */
export function prepare(c: Cpu, start: Start, random: Random): void {
  const {mode, paging} = start;
  const real = mode === 'real';
  const tables = new Tables(c.memory, random);
  tables.descriptors();
  tables.vectors(real);
  tables.taskStates();
  if (paging !== 'off') tables.pages(paging === 'pae', paging === 'large');
  for (let n = 0; n < 8; n++) c.r[n] = random.oneIn(2) ? random.below(0x10000) : random.value();
  c.r[4] = STACKS + random.below(0x800);
  Object.assign(c, {gdtBase: GDT, gdtLimit: 8 * DESCRIPTORS - 1, idtBase: IDT, idtLimit: random.oneIn(16) ? random.below(0x800) : 0x7ff, cr2: 0, cr3: TABLES});
  c.cr0 = CR0_ET | (real ? 0 : CR0_PE) | (paging === 'off' ? 0 : CR0_PG) | (random.word() & (CR0_WP | CR0_AM | CR0_EM | CR0_TS | CR0_MP));
  c.cr4 = (paging === 'large' ? CR4_PSE : 0) | (paging === 'pae' ? CR4_PAE : 0) | (random.word() & (CR4_PGE | CR4_DE | CR4_TSD));
  if (paging === 'pae') for (let n = 0; n < 4; n++) c.pointers[n] = c.memory.read32(hpa(TABLES + 8 * n)) >>> 0;
  c.mmu.setWriteProtect((c.cr0 & CR0_WP) !== 0);
  c.mmu.flush(true);
  const trap = random.oneIn(16) ? EFLAGS_TF : 0;
  c.eflags = EFLAGS_FIXED | trap | (random.word() & (0xcd5 | EFLAGS_AC | EFLAGS_IF | 0x3000)) | (random.oneIn(16) ? EFLAGS_NT : 0) | (mode === 'virtual-8086' ? EFLAGS_VM : 0);
  c.flagKind = 0;
  segments(c, start);
  c.eip = CODE + random.below(CODE_BYTES);
  for (let n = 0; n < 4; n++) c.dr[n] = random.below(0x10000);
  loadDebugControl(c, random.oneIn(8) ? random.word() & ~0x2000 : 0);
  [c.sysenterCs, c.sysenterEsp, c.sysenterEip] = [random.pick([0, 8, 0x28]), STACKS + 0x900, CODE + random.below(CODE_BYTES)];
  if (random.oneIn(4)) c.r[1] = random.pick(MODEL_REGISTERS);
  Object.assign(c, {shadow: false, stackShadow: false, halted: false, debugTraps: 0, nmi: random.oneIn(64), nmiBlocked: false, committed: false, singleStep: false});
}

function segments(c: Cpu, {mode, ring}: Start): void {
  const narrow = mode !== 'protected-32';
  const paragraphs = mode === 'real' || mode === 'virtual-8086';
  const dpl = ring << 13;
  c.setCpl(ring);
  for (let segment = 0; segment < 6; segment++) {
    const code = segment === CS && !paragraphs;
    const offset = (code ? 8 : 16) + (narrow ? 16 : 0) + 32 * ring;
    const attributes = (code ? FLAT_CODE : FLAT_DATA) << 8;
    const rpl = segment === CS || segment === SS ? ring : 0;
    c.setSegment(segment, paragraphs ? 0 : offset | rpl, 0, narrow ? 0xffff : 0xffff_ffff, attributes | dpl | (narrow ? 0 : 0xc0_0000));
  }
  c.setSegment(LDTR, 0xa0, LDT, 8 * LDT_ENTRIES - 1, 0x8200);
  c.setSegment(TR, 0x88, TSS, 0x1ff, 0x8b00);
}
