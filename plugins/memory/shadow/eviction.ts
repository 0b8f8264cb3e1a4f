// Eviction: the shadow stays below its limit of pages; the oldest go first, and what they held comes back by hidden faults.
import type {Vmm} from 'worldswitch';
import type {ShadowPage} from './page.ts';
import type {Settings} from './settings.ts';

/** KVM evicts when fewer than 5 pages are left, until 25 are (KVM_MIN_FREE_MMU_PAGES, KVM_REFILL_PAGES). */
const RESERVE = 5, REFILL = 25;

/** What is evicted from. */
interface Pages {
  readonly size: number;
  /** In order of their making. */
  pages(): Iterable<ShadowPage>;
  drop(page: ShadowPage): void;
}

export class Eviction {
  readonly #cache: Pages;
  readonly #vmm: Vmm;
  readonly #limit: number;
  readonly #batched: boolean;
  evicted = 0;

  constructor(cache: Pages, vmm: Vmm, {limit, policy}: Settings) {
    this.#cache = cache;
    this.#vmm = vmm;
    this.#limit = limit;
    this.#batched = policy === 'unsync' && limit > 2 * REFILL;
  }

  /** A cleared host frame for one more page. */
  takeFrame(): number {
    const {size} = this.#cache;
    const reserve = this.#batched ? RESERVE : 1;
    if (size + reserve > this.#limit) this.#evictDownTo(this.#limit - (this.#batched ? REFILL : 1));
    const frame = this.#vmm.frames.take();
    if (frame >= 0) return frame;
    this.#evictDownTo(Math.max(0, this.#cache.size - REFILL));
    const freed = this.#vmm.frames.take();
    if (freed < 0) throw new Error('no host frame is left for a shadow page');
    return freed;
  }

  #evictDownTo(pages: number): void {
    for (const page of this.#cache.pages()) {
      if (this.#cache.size <= pages) return;
      if (page.pinned || page.gone) continue;
      this.#vmm.charge('shadow_evict');
      this.#cache.drop(page);
      this.evicted++;
    }
  }
}
