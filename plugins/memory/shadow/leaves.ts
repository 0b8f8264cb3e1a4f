// Leaf entries: the shadow of one guest entry, made so that accessed and dirty bits stay exact by leaving out what the guest
// would have to notice: no entry before the guest's is accessed, no write right before it is dirty.
import {gpa, PF_USER, PF_WRITE, PTE_A, PTE_D, PTE_P, PTE_U, PTE_W} from 'worldswitch';
import type {Vmm} from 'worldswitch';
import type {ShadowCache} from './cache.ts';
import {SHADOW_TRACED} from './format.ts';
import type {ShadowIdentity, ShadowPage} from './page.ts';
import {MODE_KERNEL, MODE_WP} from './paging-mode.ts';
import type {Settings} from './settings.ts';

const PRESENT = PTE_P | PTE_A;

/** Who hears of pages that are found again. */
interface Steps {
  /** A frame becomes a directory. */
  giveUp(guestFrame: number): void;
  /** A page out of step was read again. */
  count(): void;
}

export class Leaves {
  readonly #vmm: Vmm;
  readonly #cache: ShadowCache;
  readonly #settings: Settings;
  /** Set once: pages found again may have to be read again. */
  outOfSync: Steps | null = null;
  prefetched = 0;

  constructor(vmm: Vmm, cache: ShadowCache, settings: Settings) {
    this.#vmm = vmm;
    this.#cache = cache;
    this.#settings = settings;
  }

  /** The shadow page of an identity, made when there is none; one that is found is as its guest table is now. */
  obtain(identity: ShadowIdentity): ShadowPage {
    const known = this.#cache.find(identity);
    if (known) {
      known.trappedWrites = 0;
      if (known.unsync) this.#reread(known);
      return known;
    }
    if (identity.role === 'directory' && identity.guestFrame >= 0) this.outOfSync?.giveUp(identity.guestFrame);
    const page = this.#cache.make(identity);
    if (this.#settings.bypass && page.role === 'table') this.#markAbsent(page);
    return page;
  }

  /** The guest's leaf entry as if it lay in a table; a direct page's come from the mapping above it. */
  guestEntry(page: ShadowPage, index: number): number {
    if (page.role === 'direct') return ((page.guestFrame + index) << 12) | PRESENT | page.access;
    return this.#vmm.guest.read32(gpa(page.guestFrame * 4096 + (page.quadrant * this.#cache.format.entries + index) * 4));
  }

  /** Shadows one leaf. `errorCode` is the fault being resolved, 0 when there is none. False when it stays empty. */
  fill(page: ShadowPage, index: number, errorCode = 0): boolean {
    const {guest} = this.#vmm;
    const entry = this.guestEntry(page, index);
    const frame = entry >>> 12;
    const hostFrame = this.#vmm.hostFrame(frame);
    if ((entry & PRESENT) !== PRESENT || hostFrame < 0) {
      this.#cache.clearLeaf(page, index, (entry & PTE_P) === 0 && !page.unsync);
      return false;
    }
    const rights = entry & page.access & (PTE_W | PTE_U);
    const supervisorWrite = (errorCode & (PF_WRITE | PF_USER)) === PF_WRITE;
    // Why: with CR0.WP clear the guest's kernel may write read-only pages; the hardware's WP is always set, so such a page is
    // given to the kernel alone until a user access takes it back.
    const override = supervisorWrite && (rights & PTE_W) === 0 && (page.mode & MODE_WP) === 0;
    const granted = (page.mode & MODE_KERNEL) !== 0 ? kernelRights(rights, page.mode) : override ? PTE_W : rights;
    const writable = (granted & PTE_W) !== 0 && (entry & PTE_D) !== 0;
    const write = writable ? (guest.isTraced(frame) ? SHADOW_TRACED : PTE_W) : 0;
    this.#cache.setLeaf(page, index, (hostFrame << 12) | PRESENT | PTE_D | (granted & PTE_U) | write, frame);
    return true;
  }

  /** Fills the aligned neighbours of an entry that are empty; in a table up to the first that the guest has not used yet. */
  prefetch(page: ShadowPage, index: number): void {
    const {prefetch} = this.#settings;
    const first = index - (index % prefetch);
    for (let at = first; at < Math.min(first + prefetch, this.#cache.format.entries); at++) {
      if (at === index || page.maps[at] >= 0) continue;
      if (page.role === 'table' && (this.guestEntry(page, at) & PRESENT) !== PRESENT) return;
      if (!this.fill(page, at)) return;
      this.#vmm.charge('shadow_prefetch');
      this.prefetched++;
    }
  }

  /**
   * Compares every entry that is present with the guest's: rights follow, an entry that maps another frame or nothing goes.
   */
  reread(page: ShadowPage): void {
    const {format} = this.#cache;
    for (let index = 0; index < format.entries; index++) {
      const frame = page.maps[index];
      if (frame < 0) {
        if (this.#cache.entry(page, index) !== 0) this.#cache.clearLeaf(page, index);
        continue;
      }
      this.#vmm.charge('shadow_reread');
      if (this.guestEntry(page, index) >>> 12 === frame) this.fill(page, index);
      else this.#cache.clearLeaf(page, index);
    }
  }

  #reread(page: ShadowPage): void {
    this.reread(page);
    this.outOfSync?.count();
  }

  /** Not-present entries of a table just shadowed are the guest's own business. */
  #markAbsent(page: ShadowPage): void {
    for (let index = 0; index < this.#cache.format.entries; index++) {
      if ((this.guestEntry(page, index) & PTE_P) === 0) this.#cache.clearLeaf(page, index, true);
    }
    this.#vmm.charge('shadow_scan');
  }
}

/** What a kernel in ring 3 may do where its tables say so much: all of them are its own, and CR0.WP decides about writes. */
const kernelRights = (rights: number, mode: number): number => PTE_U | ((mode & MODE_WP) === 0 ? PTE_W : rights & PTE_W);
