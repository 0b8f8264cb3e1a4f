// What Xen's services need of a guest, whichever way it runs: memory that its pointers lead to, the page it shares with Xen, and the frames
// it may grant.
import type {GrantMemory} from '../../devices/xen/grant-table.ts';
import type {StorePage} from '../../devices/xen/store-ring.ts';
import type {GuestCopy} from '../paravirtual/guest-copy.ts';
import type {Vmm} from '../vmm.ts';

export interface XenGuest {
  readonly vmm: Vmm;
  readonly copy: GuestCopy;
  readShared(offset: number): number;
  writeShared(offset: number, value: number): void;
  readSharedByte(offset: number): number;
  writeSharedByte(offset: number, value: number): void;
}

/** What belongs to the domain beside. */
export interface XenMemory {
  readonly grants: GrantMemory;
  readonly store: StorePage;
  /** Maps a frame of the guest's own, that it granted to itself, at an address of the guest's choice; absent where that is not built. */
  readonly mapOwn?: (address: number, frame: number, write: boolean) => number;
}
