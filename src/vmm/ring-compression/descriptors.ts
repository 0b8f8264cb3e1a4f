// Shadow descriptors: what the processor loads segments from, made from the guest's table. Ring 0 becomes ring 1, limits end
// below the VMM, and a descriptor whose accessed bit is clear is not present, so that its first load comes to the VMM.
import {gpa, type Gpa} from '../../memory/address.ts';
import type {Translation} from '../../memory/translation.ts';
import {TwoLevelWalker} from '../../memory/two-level.ts';
import {WALK_DONE} from '../../memory/walk.ts';
import {
  DESCRIPTOR_ACCESSED, DESCRIPTOR_CODE, DESCRIPTOR_EXPAND_DOWN, DESCRIPTOR_GRANULARITY, DESCRIPTOR_PRESENT, DESCRIPTOR_S, descriptorBase, descriptorDpl,
  descriptorLimit,
} from '../../x86/descriptors.ts';
import type {Vmm} from '../vmm.ts';
import {MONITOR_BASE, type Monitor} from './monitor.ts';

const DPL_SHIFT = 13;
const LAST_BYTE = MONITOR_BASE - 1;
const ENTRIES = 8192;

/** The ring a guest's ring runs in: its kernel moves from 0 to 1, the others stay. */
export const compressedRing = (ring: number): number => (ring === 0 ? 1 : ring);

/** Attributes with the compressed privilege. */
export const compressedAttributes = (attributes: number): number =>
  descriptorDpl(attributes) === 0 && (attributes & DESCRIPTOR_S) !== 0 ? attributes | (1 << DPL_SHIFT) : attributes;

/** A limit that ends below the VMM; an expand-down segment keeps its own, its upper bound being the VMM's to check. */
export function truncatedLimit(base: number, limit: number, attributes: number): number {
  const expandDown = (attributes & (DESCRIPTOR_CODE | DESCRIPTOR_EXPAND_DOWN)) === DESCRIPTOR_EXPAND_DOWN;
  const most = LAST_BYTE - (base >>> 0);
  return expandDown || limit <= most ? limit : Math.max(0, most);
}

export class ShadowDescriptors {
  readonly #vmm: Vmm;
  readonly #monitor: Monitor;
  readonly #walker: TwoLevelWalker;
  readonly #found: Translation = {page: 0, pageShift: 12, maps: 0};
  /** Guest frames that hold the table, with the linear page each is mapped at. */
  readonly #pages = new Map<number, number>();
  #base = 0;
  #limit = 0;
  made = 0;

  constructor(vmm: Vmm, monitor: Monitor) {
    this.#vmm = vmm;
    this.#monitor = monitor;
    this.#walker = new TwoLevelWalker(vmm.guest.tables);
    vmm.onTracedWrite = (address, width) => this.#written(address, width);
  }

  /** The guest loaded its table register: every descriptor is shadowed and the table traced. */
  load(base: number, limit: number): void {
    this.#base = base;
    this.#limit = limit;
    this.#pages.clear();
    for (let index = 0; index < ENTRIES; index++) {
      if (index * 8 + 7 <= limit) this.#shadow(index);
      else this.#monitor.writeDescriptor(index, 0, 0);
    }
  }

  /** The guest's descriptor for a selector of its table, or null when there is none. */
  guestDescriptor(selector: number): {readonly low: number; readonly high: number} | null {
    const index = selector >>> 3;
    if ((selector & 4) !== 0 || index * 8 + 7 > this.#limit) return null;
    const at = this.#translate((this.#base + index * 8) >>> 0);
    return at === null ? null : {low: this.#vmm.guest.read32(at), high: this.#vmm.guest.read32(gpa(at + 4))};
  }

  #shadow(index: number): void {
    const descriptor = this.guestDescriptor(index << 3);
    if (descriptor === null) return this.#monitor.writeDescriptor(index, 0, 0);
    this.made++;
    this.#vmm.charge('descriptor_shadow');
    const {low, high} = compress(descriptor.low, descriptor.high);
    this.#monitor.writeDescriptor(index, low, high);
  }

  /** Guest-physical address of a linear one of the table; its frame is traced from then on. */
  #translate(linear: number): Gpa | null {
    const {cr0, cr3, cr4} = this.#vmm.registers();
    if (this.#walker.walk({cr0, cr3, cr4}, linear, 0, this.#found) !== WALK_DONE) return null;
    const at = gpa(this.#found.page + (linear & ((1 << this.#found.pageShift) - 1)));
    const frame = at >>> 12;
    if (this.#vmm.guest.hostFrame(frame) < 0) return null;
    if (!this.#pages.has(frame)) this.#vmm.strategies.memory.trace?.(frame);
    this.#pages.set(frame, linear & ~0xfff);
    return at;
  }

  #written(address: Gpa, width: number): void {
    const page = this.#pages.get(address >>> 12);
    if (page === undefined) return;
    const first = ((page | (address & 0xfff)) - this.#base) >> 3;
    const last = ((page | (address & 0xfff)) + width - 1 - this.#base) >> 3;
    for (let index = first; index <= last; index++) {
      if (index >= 0 && index * 8 + 7 <= this.#limit) this.#shadow(index);
    }
  }
}

/** A descriptor as the deprivileged guest may load it. */
function compress(low: number, high: number): {low: number; high: number} {
  if ((high & DESCRIPTOR_S) === 0) return {low, high};
  const base = descriptorBase(low, high);
  const limit = truncatedLimit(base, descriptorLimit(low, high), high);
  const usable = (high & DESCRIPTOR_ACCESSED) !== 0 && base >>> 0 <= LAST_BYTE;
  const paged = limit > 0xf_ffff;
  const field = paged ? limit >>> 12 : limit;
  const attributes = compressedAttributes(high) & ~(DESCRIPTOR_GRANULARITY | 0x000f_0000 | (usable ? 0 : DESCRIPTOR_PRESENT));
  return {
    low: (low & 0xffff_0000) | (field & 0xffff),
    high: attributes | (field & 0x000f_0000) | (paged ? DESCRIPTOR_GRANULARITY : 0),
  };
}

