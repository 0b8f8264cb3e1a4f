// The shadow table behind a linear address: which one it is by the guest's directory entry, found or made, and linked.
import {gpa, PDE_PS, PTE_A, PTE_D, PTE_P, PTE_U, PTE_W} from 'worldswitch';
import type {Vmm} from 'worldswitch';
import type {ShadowCache} from './cache.ts';
import type {Leaves} from './leaves.ts';
import {shadowKey, type ShadowIdentity, type ShadowPage} from './page.ts';
import {MODE_PSE} from './paging-mode.ts';
import {NO_GUEST_TABLE, type Roots} from './roots.ts';

/** Frames of a 4 MiB page. */
const LARGE_FRAMES = 1024;

export class Tables {
  readonly #vmm: Vmm;
  readonly #cache: ShadowCache;
  readonly #leaves: Leaves;
  readonly #roots: Roots;

  constructor({vmm, cache, leaves, roots}: {vmm: Vmm; cache: ShadowCache; leaves: Leaves; roots: Roots}) {
    this.#vmm = vmm;
    this.#cache = cache;
    this.#leaves = leaves;
    this.#roots = roots;
  }

  /** The table that the hardware would use, or null. */
  known(linear: number): ShadowPage | null {
    return this.#roots.directory(linear).children[this.#cache.format.directoryIndex(linear)];
  }

  /** The shadow table behind a linear address, linked into the running directory. */
  obtain(linear: number): ShadowPage {
    const directory = this.#roots.directory(linear);
    directory.trappedWrites = 0;
    const index = this.#cache.format.directoryIndex(linear);
    const child = this.#leaves.obtain(this.identityBelow(directory, index));
    this.#cache.link(directory, index, child);
    return child;
  }

  /** Whether what is linked is what the guest's entry names now, with the same rights, and the entry is accessed. */
  isCurrent(directory: ShadowPage, index: number): boolean {
    const entry = this.#guestEntry(directory, index);
    return (entry & (PTE_P | PTE_A)) === (PTE_P | PTE_A) && shadowKey(this.identityBelow(directory, index)) === directory.children[index]?.key;
  }

  #guestEntry(directory: ShadowPage, index: number): number {
    return this.#vmm.guest.read32(gpa(directory.guestFrame * 4096 + this.#cache.format.guestDirectoryIndex(directory.quadrant, index) * 4));
  }

  identityBelow(directory: ShadowPage, index: number): ShadowIdentity {
    const {format} = this.#cache;
    const {mode} = directory;
    const half = format.half(index);
    if (directory.guestFrame === NO_GUEST_TABLE) {
      const first = (directory.quadrant * format.entries + index) * format.entries;
      return {role: 'direct', guestFrame: first, access: PTE_W | PTE_U | PTE_D, quadrant: 0, mode: 0};
    }
    const entry = this.#guestEntry(directory, index);
    const access = entry & (PTE_W | PTE_U);
    if ((entry & PDE_PS) === 0 || (mode & MODE_PSE) === 0) return {role: 'table', guestFrame: entry >>> 12, access, quadrant: half, mode};
    return {role: 'direct', guestFrame: (entry >>> 22) * LARGE_FRAMES + half * format.entries, access: access | (entry & PTE_D), quadrant: 0, mode};
  }
}
