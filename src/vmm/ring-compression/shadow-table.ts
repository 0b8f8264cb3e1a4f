// One descriptor table of the guest and the shadow tables made from it. The frames it lies in are traced; an entry is made
// again when it is written, when its page is mapped otherwise, and when a segment register that kept another is loaded anew.
import type {Gpa} from '../../memory/address.ts';
import {gpa} from '../../memory/address.ts';
import {
  ATTRIBUTES, DESCRIPTOR_ACCESSED, DESCRIPTOR_GRANULARITY, DESCRIPTOR_PRESENT, DESCRIPTOR_S, descriptorBase, descriptorLimit, SELECTOR_TI,
} from '../../x86/descriptors.ts';
import {GS} from '../../x86/registers.ts';
import type {Vmm} from '../vmm.ts';
import {guestByte, guestFrame, NO_FRAME} from './guest-page.ts';
import {LDT_INDEX, type Monitor} from './monitor.ts';
import {compressedAttributes, isBetween, NOTHING, reachableLimit, runsInRing3, type RingModel, type View} from './ring-model.ts';

export interface GuestDescriptor {
  readonly low: number;
  readonly high: number;
}

interface TableParts {
  readonly vmm: Vmm;
  readonly monitor: Monitor;
  readonly model: RingModel;
  readonly views: readonly View[];
  readonly local: boolean;
}

export class ShadowTable {
  readonly #parts: TableParts;
  #base = 0;
  /** Entries wholly within the guest's limit. */
  #entries = 0;
  /** Guest frame behind each page from the base's on. */
  #frames: number[] = [];
  /** Entries that differ from what a register loaded from them still holds. */
  readonly #kept = new Set<number>();
  made = 0;
  traces = 0;

  constructor(parts: TableParts) {
    this.#parts = parts;
  }

  /** The guest loaded the table's register: every descriptor is shadowed and the table traced. No table has a limit of -1. */
  load(base: number, limit: number): void {
    const before = this.#entries;
    this.#base = base;
    this.#entries = (limit + 1) >>> 3;
    this.#kept.clear();
    this.#frames = [];
    if (this.#entries > 0) for (let page = 0; page <= this.#pageOf(this.#entries * 8 - 1); page++) this.#frames.push(this.#trace(page));
    for (let index = 0; index < Math.max(before, this.#entries); index++) this.#shadow(index);
  }

  /** The guest's entry, or null when it has none or its page is not the guest's to use without a fault. */
  descriptor(index: number): GuestDescriptor | null {
    if (index >= this.#entries) return null;
    const bytes = Array.from({length: 8}, (_, at) => this.#byte(index * 8 + at));
    if (bytes.includes(-1)) return null;
    const word = (at: number): number => bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
    return {low: word(0), high: word(4)};
  }

  /** Translations may have changed: entries on pages that lie elsewhere now are made again. */
  remap(): void {
    this.#frames.forEach((before, page) => {
      if (this.#trace(page) === before) return;
      this.#frames[page] = this.#trace(page);
      const start = page * 4096 - (this.#base & 0xfff);
      this.#shadowBytes(start, start + 4095);
    });
  }

  /** A segment register was loaded in the VMM's sight: what it kept may be gone, and pages may have been used for the first time. */
  loaded(): void {
    if (this.#frames.includes(NO_FRAME)) this.remap();
    for (const index of this.#kept) this.#shadow(index);
  }

  /** The guest wrote into a traced frame. */
  written(address: Gpa, width: number): void {
    this.#frames.forEach((frame, page) => {
      if (frame !== address >>> 12) return;
      const start = page * 4096 - (this.#base & 0xfff) + (address & 0xfff);
      this.#shadowBytes(start, start + width - 1);
      if (start + width > 0 && start < this.#entries * 8) this.traces++;
    });
  }

  #shadowBytes(first: number, last: number): void {
    for (let index = Math.max(0, first >> 3); index <= last >> 3 && index < this.#entries; index++) this.#shadow(index);
  }

  #shadow(index: number): void {
    const {vmm, monitor, local, views} = this.#parts;
    // Why: the last two of the global table are the VMM's; the guest's there are loaded in the VMM's sight only.
    if (!local && index >= LDT_INDEX) return;
    const descriptor = this.descriptor(index);
    const kept = descriptor !== null && this.#isKept(index, descriptor);
    if (kept) this.#kept.add(index);
    else this.#kept.delete(index);
    for (const view of views) {
      if (descriptor !== null) vmm.charge('descriptor_shadow');
      if (descriptor !== null) this.made++;
      const {low, high} = descriptor === null ? {low: 0, high: 0} : this.#compress(descriptor, view, kept);
      monitor.writeDescriptor(index, low, high, {view, local});
    }
  }

  /**
   * Whether a register loaded from this entry holds something else. Why it matters: its next load must be seen, for the
   * processor's hidden state would not tell it from the old one where both are truncated alike.
   */
  #isKept(index: number, {low, high}: GuestDescriptor): boolean {
    const {cpu} = this.#parts.vmm.emulator;
    const selector = (index << 3) | (this.#parts.local ? SELECTOR_TI : 0);
    if (selector === 0) return false;
    for (let segment = 0; segment <= GS; segment++) {
      if ((cpu.segSelector[segment] & ~3) !== selector) continue;
      const same = cpu.segBase[segment] === descriptorBase(low, high) && cpu.segLimit[segment] === descriptorLimit(low, high)
        && cpu.segAttributes[segment] === ((high | DESCRIPTOR_ACCESSED) & ATTRIBUTES);
      if (!same) return true;
    }
    return false;
  }

  /** A descriptor as the deprivileged guest may load it; one whose load the VMM must see is not present. */
  #compress({low, high}: GuestDescriptor, view: View, kept: boolean): GuestDescriptor {
    const {model} = this.#parts;
    if ((high & DESCRIPTOR_S) === 0) return {low, high: high & ~DESCRIPTOR_PRESENT};
    const limit = model.kernelRing === 3 ? descriptorLimit(low, high) : reachableLimit(descriptorBase(low, high), descriptorLimit(low, high), high);
    const hidden = kept || (high & DESCRIPTOR_ACCESSED) === 0 || limit === NOTHING || isBetween(high, model, view)
      || (model.trapIret && view === 'kernel' && runsInRing3(high));
    const attributes = compressedAttributes(high, model, view) & ~(hidden ? DESCRIPTOR_PRESENT : 0);
    return limit === NOTHING ? {low, high: attributes} : withLimit(low, attributes, limit);
  }

  /** One byte of the guest's table, -1 where its page cannot be used. */
  #byte(offset: number): number {
    const frame = this.#frames[this.#pageOf(offset)] ?? NO_FRAME;
    return frame === NO_FRAME ? -1 : guestByte(this.#parts.vmm, gpa(frame * 4096 + ((this.#base + offset) & 0xfff)));
  }

  #pageOf(offset: number): number {
    return ((this.#base & 0xfff) + offset) >>> 12;
  }

  /** The guest frame behind a page of the table; traced from then on. */
  #trace(page: number): number {
    const {vmm} = this.#parts;
    const frame = guestFrame(vmm, ((this.#base & ~0xfff) + page * 4096) >>> 0);
    if (frame !== NO_FRAME) vmm.strategies.memory.trace?.(frame);
    return frame;
  }
}

/** The limit in bytes, or in pages when it is too long for its field. */
function withLimit(low: number, high: number, limit: number): GuestDescriptor {
  const paged = limit > 0xf_ffff;
  const field = paged ? limit >>> 12 : limit;
  const rest = high & ~(DESCRIPTOR_GRANULARITY | 0x000f_0000);
  return {low: (low & 0xffff_0000) | (field & 0xffff), high: rest | (field & 0x000f_0000) | (paged ? DESCRIPTOR_GRANULARITY : 0)};
}
