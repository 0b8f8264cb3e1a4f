// Write protection of guest frames that hold shadowed tables: which frames, for which shadow pages, and the loss and return of
// write access in every entry that maps them.
import {hpa, PTE_W} from 'worldswitch';
import type {Vmm} from 'worldswitch';
import {SHADOW_TRACED} from './format.ts';
import type {ShadowPage} from './page.ts';
import {ReverseMap} from './reverse-map.ts';

export class Protection {
  readonly reverse = new ReverseMap();
  readonly #vmm: Vmm;
  /** A frame that is no table any more gets its write access back at once; else by a hidden fault, entry by entry. */
  readonly #eager: boolean;
  /** Shadow pages by the guest frame they shadow. */
  readonly #shadowing = new Map<number, Set<ShadowPage>>();
  /** Frames traced for another reason than a table of theirs. */
  readonly #kept = new Set<number>();

  constructor(vmm: Vmm, eager: boolean) {
    this.#vmm = vmm;
    this.#eager = eager;
  }

  /** Shadow pages of the table in a guest frame, at this moment. */
  shadowing(guestFrame: number): readonly ShadowPage[] {
    return [...(this.#shadowing.get(guestFrame) ?? [])];
  }

  /** From now on guest writes to the shadowed table must be seen. */
  add(page: ShadowPage): void {
    const pages = this.#shadowing.get(page.guestFrame);
    if (pages) pages.add(page);
    else this.#shadowing.set(page.guestFrame, new Set([page]));
    this.protect(page.guestFrame);
  }

  remove(page: ShadowPage): void {
    const pages = this.#shadowing.get(page.guestFrame);
    pages?.delete(page);
    if (pages?.size === 0) this.#shadowing.delete(page.guestFrame);
    this.release(page.guestFrame);
  }

  /** Traces a frame for good. */
  keep(guestFrame: number): void {
    this.#kept.add(guestFrame);
    this.protect(guestFrame);
  }

  isKept(guestFrame: number): boolean {
    return this.#kept.has(guestFrame);
  }

  /** Every entry that maps the frame loses write access. */
  protect(guestFrame: number): void {
    const {guest, platform} = this.#vmm;
    if (guest.traced[guestFrame] !== 0 || guestFrame >= guest.frames) return;
    guest.traced[guestFrame] = 1;
    for (const at of this.reverse.of(guestFrame)) {
      const entry = platform.memory.read32(hpa(at));
      if ((entry & PTE_W) !== 0) platform.memory.write32(hpa(at), (entry & ~PTE_W) | SHADOW_TRACED);
    }
    platform.mmu.flush(true);
  }

  /** Ends the protection of a frame that no shadow page depends on. */
  release(guestFrame: number): void {
    const {guest, platform} = this.#vmm;
    if (this.#kept.has(guestFrame) || guest.traced[guestFrame] === 0) return;
    for (const page of this.#shadowing.get(guestFrame) ?? []) if (!page.unsync) return;
    guest.traced[guestFrame] = 0;
    if (!this.#eager) return;
    for (const at of this.reverse.of(guestFrame)) {
      const entry = platform.memory.read32(hpa(at));
      if ((entry & SHADOW_TRACED) !== 0) platform.memory.write32(hpa(at), (entry & ~SHADOW_TRACED) | PTE_W);
    }
  }
}
