// memory_op: what memory the domain has, gives back and takes again, and where the machine-to-physical table is. A frame given
// back keeps nothing of the guest's. Xen, public/memory.h.
import {EINVAL, ENOSYS, EPERM, DOMID_SELF, DOMAIN_ID, ESRCH, MACHINE_MAP_END, MACHINE_MAP_START} from 'worldswitch';
import type {Domain} from 'worldswitch';
import type {FrameTable} from './frame-table.ts';

const INCREASE = 0, DECREASE = 1, MAXIMUM_RAM_PAGE = 2, CURRENT = 3, MAXIMUM = 4, MACHPHYS_LIST = 5, POPULATE = 6, EXCHANGE = 11, MACHPHYS_MAPPING = 12,
  MACHINE_MEMORY_MAP = 10;
/** The low bits are the command, those above where Xen continues a call. */
const COMMAND = 0x3f;

interface Reservation {
  readonly list: number;
  readonly extents: number;
  readonly order: number;
}

export class MemoryReservation {
  readonly #domain: Domain;
  readonly #frames: FrameTable;
  readonly #most: number;
  /** Frames that the guest gave back. */
  readonly #spare: number[] = [];

  constructor(domain: Domain, frames: FrameTable) {
    this.#domain = domain;
    this.#frames = frames;
    this.#most = domain.vmm.guest.frames;
  }

  /** A frame nobody refers to any more. */
  freed(frame: number): void {
    this.#domain.vmm.platform.memory.clearFrame(frame);
    this.#spare.push(frame);
  }

  operate(command: number, argument: number): number {
    const {copy, vmm} = this.#domain;
    switch (command & COMMAND) {
      case MAXIMUM_RAM_PAGE: return vmm.platform.memory.frames - 1;
      case CURRENT: case MAXIMUM: return this.#forDomain(argument, () => ((command & COMMAND) === CURRENT ? this.#most - this.#spare.length : this.#most));
      case DECREASE: return this.#reserve(argument, reservation => this.#decrease(reservation));
      case INCREASE: return this.#reserve(argument, reservation => this.#increase(reservation, false));
      case POPULATE: return this.#reserve(argument, reservation => this.#increase(reservation, true));
      case MACHPHYS_MAPPING: copy.writeWords(argument, [MACHINE_MAP_START, MACHINE_MAP_END, (MACHINE_MAP_END - MACHINE_MAP_START) / 4 - 1]); return 0;
      case MACHINE_MEMORY_MAP: return -EPERM;
      case MACHPHYS_LIST: case EXCHANGE: return -ENOSYS;
      default: return -ENOSYS;
    }
  }

  #forDomain(argument: number, answer: () => number): number {
    const domain = this.#domain.copy.readWords(argument, 1)[0] & 0xffff;
    return domain === DOMID_SELF || domain === DOMAIN_ID ? answer() : -ESRCH;
  }

  /** struct xen_memory_reservation. Returns how many extents were dealt with. */
  #reserve(argument: number, act: (reservation: Reservation) => number): number {
    const [list, extents, order, , domain] = this.#domain.copy.readWords(argument, 5);
    if ((domain & 0xffff) !== DOMID_SELF && (domain & 0xffff) !== DOMAIN_ID) return -EPERM;
    if (extents < 0 || extents > 0x3fff_ffff) return -EINVAL;
    return order === 0 ? act({list: list >>> 0, extents, order}) : order > 0 && order <= 9 ? act({list: list >>> 0, extents, order}) : 0;
  }

  /** Each extent is a run of machine frames; one that is still in use stays until its last reference goes. */
  #decrease({list, extents, order}: Reservation): number {
    const size = 1 << order;
    for (let done = 0; done < extents; done++) {
      const first = this.#domain.copy.read32(list + done * 4) >>> 0;
      for (let frame = first; frame < first + size; frame++) {
        if (!this.#frames.owns(frame) || !this.#frames.giveBack(frame)) return done;
      }
    }
    return extents;
  }

  /** Only single frames: what was given back is scattered. With `populate` the list says for which pseudo-physical frame. */
  #increase({list, extents, order}: Reservation, populate: boolean): number {
    const {copy, map} = this.#domain;
    if (order !== 0) return 0;
    for (let done = 0; done < extents; done++) {
      const at = list + done * 4;
      const pseudo = populate ? copy.read32(at) : -1;
      if (list !== 0) copy.check(at, 4, true);
      const frame = this.#spare.pop();
      if (frame === undefined) return done;
      this.#frames.allocate(frame);
      if (populate) map.set(frame, pseudo);
      if (list !== 0) copy.write32(at, frame);
    }
    return extents;
  }
}
