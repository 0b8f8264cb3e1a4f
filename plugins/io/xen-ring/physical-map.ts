// XENMEM_add_to_physmap: frames of Xen's that the guest wants to see at frames of its own count. What lay there is gone. Xen, public/memory.h.
import {EINVAL, ENOSYS} from 'worldswitch';
import type {XenServices} from 'worldswitch';
import type {HardwareGuest} from './hardware-guest.ts';

const SHARED_INFO_SPACE = 0, GRANT_TABLE_SPACE = 1;
/** Where frames may lie: below 4 GiB. */
const LAST_FRAME = 0xf_ffff;

export class PhysicalMap {
  readonly #guest: HardwareGuest;
  readonly #services: XenServices;
  /** Where each of Xen's frames is, by machine frame. */
  readonly #places = new Map<number, number>();

  constructor(guest: HardwareGuest, services: XenServices) {
    this.#guest = guest;
    this.#services = services;
  }

  add(space: number, index: number, frame: number): number {
    const {guest, strategies: {memory}} = this.#guest.vmm;
    if (!memory.remapped) return -ENOSYS;
    const machine = this.#machineFrame(space, index);
    if (machine < 0 || frame > LAST_FRAME) return -EINVAL;
    const before = this.#places.get(machine);
    if (before !== undefined) this.#put(before, -1);
    for (const [other, place] of this.#places) if (place === frame) this.#places.delete(other);
    this.#places.set(machine, frame);
    this.#put(frame, machine);
    guest.traced.fill(0, frame, frame + 1);
    return 0;
  }

  /** XENMEM_remove_from_physmap. */
  remove(frame: number): number {
    if (this.#guest.vmm.guest.hostFrame(frame) < 0) return -EINVAL;
    for (const [machine, place] of this.#places) if (place === frame) this.#places.delete(machine);
    this.#put(frame, -1);
    return 0;
  }

  #machineFrame(space: number, index: number): number {
    const {grants} = this.#services;
    if (space === SHARED_INFO_SPACE) return index === 0 ? this.#guest.sharedFrame : -1;
    if (space !== GRANT_TABLE_SPACE || !grants.grow(index + 1)) return -1;
    return grants.frames[index];
  }

  #put(frame: number, machine: number): void {
    const {guest, strategies: {memory}} = this.#guest.vmm;
    guest.replace(frame, machine);
    memory.remapped?.(frame);
  }
}
