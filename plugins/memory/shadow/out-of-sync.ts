// Tables out of step, policy `unsync`: the first trapped write to a frame that holds leaf tables makes it writable; what the
// guest writes then reaches the shadow when INVLPG has one entry read again, or a CR3 load all of them. Directories stay
// protected. Linux 6.1, arch/x86/kvm/mmu/mmu.c, mmu_try_to_unsync_pages and mmu_sync_children.
import type {Vmm} from 'worldswitch';
import type {ShadowCache} from './cache.ts';
import type {Leaves} from './leaves.ts';
import type {ShadowPage} from './page.ts';

export class OutOfSync {
  readonly #vmm: Vmm;
  readonly #cache: ShadowCache;
  readonly #leaves: Leaves;
  readonly #pages = new Set<ShadowPage>();
  /** Pages that went out of step, and pages brought back into it. */
  released = 0;
  resynced = 0;

  constructor(vmm: Vmm, cache: ShadowCache, leaves: Leaves) {
    this.#vmm = vmm;
    this.#cache = cache;
    this.#leaves = leaves;
    leaves.outOfSync = this;
  }

  /** Lets the guest write a protected frame; false when it holds a directory or is traced for good. */
  release(guestFrame: number): boolean {
    const {protection} = this.#cache;
    const pages = protection.shadowing(guestFrame);
    if (protection.isKept(guestFrame) || pages.some(({role}) => role === 'directory')) return false;
    for (const page of pages) if (!page.unsync) this.#release(page);
    protection.release(guestFrame);
    return true;
  }

  /** A frame becomes a directory: its shadows as a leaf table that are out of step are most likely left-overs. */
  giveUp(guestFrame: number): void {
    for (const page of this.#cache.protection.shadowing(guestFrame)) if (page.unsync) this.#cache.drop(page);
  }

  /** Brings every page below an address space's directories back into step and protects its table again. */
  syncBelow(directories: readonly ShadowPage[]): void {
    for (const page of this.#pages) if (page.gone) this.#pages.delete(page);
    const below = [...this.#pages].filter(page => directories.some(directory => page.parents.has(directory)));
    for (const page of below) {
      page.unsync = false;
      this.#pages.delete(page);
      this.#cache.protection.protect(page.guestFrame);
    }
    for (const page of below) {
      this.#leaves.reread(page);
      this.count();
    }
  }

  /** INVLPG: one entry is read again. */
  invalidate(page: ShadowPage, index: number): void {
    if (!page.unsync) return;
    this.#vmm.charge('shadow_sync');
    this.resynced++;
    this.#cache.clearLeaf(page, index);
    this.#leaves.fill(page, index);
  }

  count(): void {
    this.resynced++;
  }

  /** Why the empty entries change: what is known to be absent may be written without anybody seeing it. */
  #release(page: ShadowPage): void {
    page.unsync = true;
    this.released++;
    this.#pages.add(page);
    this.#vmm.charge('shadow_unsync');
    for (let index = 0; index < page.maps.length; index++) if (page.maps[index] < 0) this.#cache.clearLeaf(page, index);
  }
}
