// The modelled processor as the cases need it: user pages of the window, a descriptor table like Linux's, and an interrupt
// table whose handlers halt, so that delivery itself tells how a case ended.
import {run} from '../cpu/run.ts';
import {STOP_HALT, type Cpu} from '../cpu/state.ts';
import {pentium4} from '../host/pentium4-2005.ts';
import {Platform} from '../machine/platform.ts';
import {hpa} from '../memory/address.ts';
import {HOST_BASE} from '../memory/layout.ts';
import type {PhysicalMemory} from '../memory/physical.ts';
import {CR0_ET, CR0_PE, CR0_PG, CR0_WP} from '../x86/control.ts';
import {DESCRIPTOR_GRANULARITY, DESCRIPTOR_PRESENT, TYPE_INTERRUPT_GATE, TYPE_TSS_BUSY} from '../x86/descriptors.ts';
import {BP, DF, OF, PF, TS} from '../x86/exceptions.ts';
import {PTE_P, PTE_U, PTE_W} from '../x86/paging.ts';
import {ESP, LDTR, SS, TR} from '../x86/registers.ts';
import type {Case} from './groups.ts';
import type {Outcome} from './outcome.ts';
import {CODE, GDT, GDT_ENTRIES, PAGE, PAGES, pristineWindow, WINDOW, WINDOW_SIZE, type DescriptorParts} from './window.ts';

/** Physical places: page directory and tables, then the kernel's one page of structures (seen at KERNEL), then the window. */
const DIRECTORY = 0x1000, WINDOW_TABLE = 0x2000, KERNEL_TABLE = 0x3000, STRUCTURES = 0x4000, WINDOW_PHYSICAL = 0x10000;
/** Where no case can reach by chance. */
const KERNEL = 0xe000_0000;
const GDT_AT = 0, IDT_AT = 0x100, HANDLERS = 0x900, TSS_AT = 0xa00, STACK_TOP = 0x1000;
const KERNEL_CS = 0x08, KERNEL_SS = 0x18;
const HLT = 0xf4;
/** I/O map base beyond the limit: no port is allowed. */
const NO_PERMISSION_MAP = 0xffff;
const MEMORY = 1 << 20;
/** A case that runs on after this many instructions has gone astray. */
const BUDGET = 1000;
const FRESH_EVERY = 32;

export class Model {
  readonly #memory: PhysicalMemory;
  readonly #cpu: Cpu;
  readonly #pristine = Buffer.from(pristineWindow());
  /** The window's pages as they are now. */
  readonly #live: Buffer;
  #sinceFresh = 0;

  constructor() {
    const platform = new Platform({host: pentium4, clock: 'instructions', guestMemory: MEMORY, hostMemory: MEMORY, maxInstructions: BUDGET, maxBlock: 8});
    platform.onInterrupt = () => {};
    platform.cpu.intr = false;
    this.#cpu = platform.cpu;
    this.#memory = platform.memory;
    this.#live = Buffer.from(this.#memory.memory.buffer, HOST_BASE + WINDOW_PHYSICAL, WINDOW_SIZE);
    this.#memory.writeBytes(hpa(WINDOW_PHYSICAL), this.#pristine);
    this.#map();
    this.#structures();
    this.#enterProtectedMode();
  }

  /** Runs a case and puts memory back. */
  run(test: Case): Outcome {
    for (const {address, bytes} of test.patches) this.#memory.writeBytes(hpa(address - WINDOW + WINDOW_PHYSICAL), Uint8Array.from(bytes));
    this.#prepare(test);
    run(this.#cpu);
    if (this.#cpu.stop !== STOP_HALT) throw new Error(`${test.group.key} case ${test.index}: stopped by ${this.#cpu.stop} ${this.#cpu.refusal}`);
    const outcome = this.#outcome();
    if (++this.#sinceFresh === FRESH_EVERY) this.#dropBlocks();
    return outcome;
  }

  #map(): void {
    const memory = this.#memory;
    memory.write32(hpa(DIRECTORY + (WINDOW >>> 22) * 4), WINDOW_TABLE | PTE_P | PTE_W | PTE_U);
    memory.write32(hpa(DIRECTORY + (KERNEL >>> 22) * 4), KERNEL_TABLE | PTE_P | PTE_W);
    memory.write32(hpa(KERNEL_TABLE), STRUCTURES | PTE_P | PTE_W);
    PAGES.forEach((access, n) => {
      const rights = access === '' ? 0 : PTE_P | PTE_U | (access === 'read' ? 0 : PTE_W);
      memory.write32(hpa(WINDOW_TABLE + n * 4), (WINDOW_PHYSICAL + n * PAGE) | rights);
    });
  }

  #structures(): void {
    const word = (at: number, value: number): void => this.#memory.write32(hpa(STRUCTURES + at), value);
    for (const [index, {base, limit, attributes}] of Object.entries(GDT)) {
      word(GDT_AT + Number(index) * 8, (limit & 0xffff) | (base << 16));
      word(GDT_AT + Number(index) * 8 + 4, attributes | ((base >>> 16) & 0xff) | (limit & 0xf0000) | (base & 0xff000000));
    }
    for (let vector = 0; vector < 256; vector++) {
      const handler = KERNEL + HANDLERS + vector;
      const ring = vector === BP || vector === OF ? 3 << 13 : 0;
      word(IDT_AT + vector * 8, (KERNEL_CS << 16) | (handler & 0xffff));
      word(IDT_AT + vector * 8 + 4, (handler & 0xffff0000) | DESCRIPTOR_PRESENT | ring | (TYPE_INTERRUPT_GATE << 8));
    }
    this.#memory.writeBytes(hpa(STRUCTURES + HANDLERS), new Uint8Array(256).fill(HLT));
    word(TSS_AT + 4, KERNEL + STACK_TOP);
    word(TSS_AT + 8, KERNEL_SS);
    word(TSS_AT + 0x64, NO_PERMISSION_MAP << 16);
  }

  #enterProtectedMode(): void {
    const c = this.#cpu;
    c.cr0 = CR0_PE | CR0_ET | CR0_WP | CR0_PG;
    c.cr3 = DIRECTORY;
    c.mmu.flush(true);
    c.mmu.setWriteProtect(true);
    [c.gdtBase, c.gdtLimit] = [(KERNEL + GDT_AT) | 0, GDT_ENTRIES * 8 - 1];
    [c.idtBase, c.idtLimit] = [(KERNEL + IDT_AT) | 0, 256 * 8 - 1];
    c.setSegment(TR, 0x40, (KERNEL + TSS_AT) | 0, 0x67, DESCRIPTOR_PRESENT | (TYPE_TSS_BUSY << 8));
    c.setSegment(LDTR, 0, 0, 0, 0);
  }

  #prepare(test: Case): void {
    const c = this.#cpu;
    c.setCpl(3);
    test.segments.forEach((selector, segment) => {
      const parts = GDT[selector >> 3];
      if (parts) c.setSegment(segment, selector, parts.base, limitOf(parts), parts.attributes);
      else c.setSegment(segment, selector, 0, 0, 0);
    });
    c.r.set(test.registers);
    c.eip = test.eip;
    c.eflags = test.eflags;
    c.flagKind = 0;
    c.cr2 = 0;
    c.shadow = false;
    c.instructionLimit = BUDGET;
    c.instructionsLeft = BUDGET;
    c.rearm();
  }

  /** Why: landing places pile up as blocks that every store into their page looks through. */
  #dropBlocks(): void {
    this.#sinceFresh = 0;
    this.#restore(CODE - WINDOW, 2 * PAGE);
  }

  /** Reads the frame that the delivery pushed. */
  #outcome(): Outcome {
    const c = this.#cpu;
    const vector = c.eip - 1 - (KERNEL + HANDLERS | 0);
    const withError = vector === DF || (vector >= TS && vector <= PF);
    const frame = (n: number): number => this.#memory.read32(hpa(STRUCTURES + STACK_TOP - 20 + n * 4));
    const [eip, cs, eflags, esp, ss] = [0, 1, 2, 3, 4].map(frame);
    const registers = c.r.slice(0, 8);
    registers[ESP] = esp;
    const segments = c.segSelector.slice(0, 6);
    [segments[1], segments[SS]] = [cs & 0xffff, ss & 0xffff];
    return {vector, errorCode: withError ? frame(-1) : 0, cr2: vector === PF ? c.cr2 : 0, eip, registers, eflags, segments, stores: this.#stores()};
  }

  /** Words that changed, put back at once. */
  #stores(): Int32Array {
    const stores: number[] = [];
    PAGES.forEach((access, n) => {
      const [from, to] = [n * PAGE, (n + 1) * PAGE];
      if (access === '' || access === 'read' || this.#live.compare(this.#pristine, from, to, from, to) === 0) return;
      for (let at = from; at < to; at += 4) {
        const value = this.#live.readInt32LE(at);
        if (value === this.#pristine.readInt32LE(at)) continue;
        stores.push(WINDOW + at, value);
        this.#restore(at, 4);
      }
    });
    return Int32Array.from(stores);
  }

  #restore(at: number, length: number): void {
    this.#memory.writeBytes(hpa(WINDOW_PHYSICAL + at), this.#pristine.subarray(at, at + length));
  }
}

const limitOf = ({limit, attributes}: DescriptorParts): number => ((attributes & DESCRIPTOR_GRANULARITY) !== 0 ? ((limit << 12) | 0xfff) >>> 0 : limit);
