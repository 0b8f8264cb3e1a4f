// The memory of a paravirtual domain as Xen's services see it: its frames are machine frames, and each keeps its type while it is granted.
import type {GrantMemory} from '../../devices/xen/grant-table.ts';
import {PTE_A, PTE_D, PTE_P, PTE_W} from '../../x86/paging.ts';
import type {Domain} from '../paravirtual/domain.ts';
import type {XenMemory} from './guest.ts';
import {MachineFrames} from './machine-frames.ts';

class DomainFrames extends MachineFrames implements GrantMemory {
  readonly #domain: Domain;

  constructor(domain: Domain) {
    super(domain.vmm.platform.memory);
    this.#domain = domain;
  }

  takeTableFrame(): number {
    const frame = this.#domain.vmm.frames.take();
    if (frame >= 0) this.#domain.paging.share(frame);
    return frame;
  }
  hold(frame: number, write: boolean): number {
    return this.#domain.paging.holdGranted(frame, write) ? frame : -1;
  }
  release(frame: number, write: boolean): void {
    this.#domain.paging.releaseGranted(frame, write);
  }
}

const MAPPED = PTE_P | PTE_A | PTE_D;

export function domainMemory(domain: Domain): XenMemory {
  const grants = new DomainFrames(domain);
  return {
    grants, store: grants.page(domain.start.storeFrame),
    mapOwn: (address, frame, write) => domain.paging.updateVaMapping(address, frame < 0 ? 0 : (frame << 12) | MAPPED | (write ? PTE_W : 0), FLUSH_PAGE),
  };
}

/** UVMF_INVLPG | UVMF_LOCAL. */
const FLUSH_PAGE = 2;
