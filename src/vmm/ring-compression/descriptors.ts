// Shadow descriptors: what the processor loads segments from, made from the guest's two tables. Privilege and limits are
// rewritten for the ring model; a load that the VMM must see finds a descriptor that is not present.
import type {Vmm} from '../vmm.ts';
import {SELECTOR_TI} from '../../x86/descriptors.ts';
import type {Monitor} from './monitor.ts';
import {RINGS_0_1_3, type RingModel, type View} from './ring-model.ts';
import {ShadowTable, type GuestDescriptor} from './shadow-table.ts';

export class ShadowDescriptors {
  readonly #global: ShadowTable;
  readonly #local: ShadowTable;
  readonly #monitor: Monitor;
  /** Segment registers loaded in the VMM's sight. */
  loads = 0;

  constructor(vmm: Vmm, monitor: Monitor, model: RingModel = RINGS_0_1_3) {
    this.#monitor = monitor;
    const parts = {vmm, monitor, model, views: viewsOf(model)};
    this.#global = new ShadowTable({...parts, local: false});
    this.#local = new ShadowTable({...parts, local: true});
    vmm.onTracedWrite = (address, width) => {
      this.#global.written(address, width);
      this.#local.written(address, width);
    };
  }

  /** Descriptors shadowed. */
  get made(): number {
    return this.#global.made + this.#local.made;
  }

  /** Guest writes to a table of its own. */
  get traces(): number {
    return this.#global.traces + this.#local.traces;
  }

  /** The guest loaded GDTR. */
  load(base: number, limit: number): void {
    this.#global.load(base, limit);
  }

  /** The guest loaded LDTR; a limit of -1 means none. */
  loadLocal(base: number, limit: number): void {
    this.#local.load(base, limit);
  }

  /** The guest's descriptor for a selector, or null when there is none. */
  guestDescriptor(selector: number): GuestDescriptor | null {
    return ((selector & SELECTOR_TI) === 0 ? this.#global : this.#local).descriptor(selector >>> 3);
  }

  /** What the processor finds for a selector. */
  shadowDescriptor(selector: number, view: View): GuestDescriptor | null {
    if (view === 'none') return null;
    return this.#monitor.readDescriptor(selector >>> 3, {view, local: (selector & SELECTOR_TI) !== 0});
  }

  /** The guest's translations may have changed. */
  remap(): void {
    this.#global.remap();
    this.#local.remap();
  }

  /** A segment register was loaded in the VMM's sight. */
  loaded(registers: number): void {
    this.loads += registers;
    this.#global.loaded();
    this.#local.loaded();
  }
}

/** Where the kernel runs in ring 3, its programs need tables of their own. */
export const viewsOf = ({kernelRing}: RingModel): readonly View[] => (kernelRing === 3 ? ['kernel', 'user'] : ['kernel']);
