// Roots: the shadow directories the processor runs on, found again when an address space comes back, or thrown away.
import {CR3_FRAME, hostTables, hpa, PTE_P, PTE_U, PTE_W, WalkCache} from 'worldswitch';
import type {Vmm} from 'worldswitch';
import type {ShadowCache} from './cache.ts';
import type {Leaves} from './leaves.ts';
import type {PagingMode} from './paging-mode.ts';
import {PaeWalker} from './pae-walker.ts';
import type {ShadowIdentity, ShadowPage} from './page.ts';
import type {Settings} from './settings.ts';

/** Guest frame of the directory while paging is off: there is none. */
export const NO_GUEST_TABLE = -1;

interface Parts {
  readonly vmm: Vmm;
  readonly settings: Settings;
  readonly cache: ShadowCache;
  readonly leaves: Leaves;
  readonly mode: PagingMode;
}

export class Roots {
  readonly #parts: Parts;
  readonly #walker: PaeWalker | null = null;
  /** Host frame of the four directory pointers. */
  readonly #pointers: number = -1;
  /** The directories the processor runs on. */
  directories: readonly ShadowPage[] = [];
  /** Directories by address space, the latest used last: they are dropped when there are more than the option allows. */
  readonly #kept = new Map<number, Set<ShadowPage>>();

  constructor(parts: Parts) {
    this.#parts = parts;
    const {vmm, cache} = parts;
    if (!cache.format.pae) return;
    const {platform} = vmm;
    this.#walker = new PaeWalker(hostTables(platform.memory), WalkCache.forDirectories(platform.host));
    this.#pointers = vmm.frames.take();
    platform.mmu.walker = this.#walker;
  }

  /** The shadow directory and entry behind a linear address. */
  directory(linear: number): ShadowPage {
    return this.directories[this.#parts.cache.format.directoryOf(linear)];
  }

  /** Whether a page belongs to the running address space, in whatever mode. */
  isRunning(page: ShadowPage): boolean {
    const above = page.role === 'directory' ? [page] : [...page.parents.keys()];
    return above.some(({guestFrame}) => guestFrame === this.directories[0].guestFrame);
  }

  /** Every directory of the running address space: the guest's kernel and its programs have one each where both run in ring 3. */
  all(): readonly ShadowPage[] {
    return [...(this.#kept.get(this.directories[0].guestFrame) ?? [])].filter(({gone}) => !gone);
  }

  /** Those that serve a linear address. */
  serving(linear: number): readonly ShadowPage[] {
    const running = this.directory(linear);
    return this.#parts.vmm.kernelRing === 3 ? this.all().filter(({quadrant}) => quadrant === running.quadrant) : [running];
  }

  /**
   * Puts the processor on the shadow of the directory in CR3, or on identity directories while paging is off.
   * `flushes`: because the guest flushed its TLB, and not because its privilege changed.
   */
  load(flushes = true): void {
    const {vmm, settings, mode, cache} = this.#parts;
    vmm.charge('shadow_root');
    if (flushes && settings.policy === 'virtual-tlb') this.#dropEverything();
    const guestFrame = mode.paged ? (mode.cr3 & CR3_FRAME) >>> 12 : NO_GUEST_TABLE;
    const number = mode.paged ? mode.number : 0;
    if (!this.#isLoaded(guestFrame, number)) {
      const before = this.directories;
      const directories = Array.from({length: cache.format.directories}, (_, quadrant) =>
        this.#obtain({role: 'directory', guestFrame, access: PTE_W | PTE_U, quadrant, mode: number}));
      for (const page of before) page.pinned = directories.includes(page);
      this.directories = directories;
      this.#keep(guestFrame);
    }
    this.#enter();
  }

  /** Why: a load of the same CR3 only flushes; the pages are not looked up, so they count as little used as before. */
  #isLoaded(guestFrame: number, mode: number): boolean {
    return this.directories.length > 0 && this.directories.every(page => !page.gone && page.guestFrame === guestFrame && page.mode === mode);
  }

  /** After write flooding tore a running directory down. */
  reload(): void {
    if (this.directories.some(directory => directory.gone)) this.load();
  }

  #obtain(identity: ShadowIdentity): ShadowPage {
    const page = this.#parts.leaves.obtain(identity);
    page.pinned = true;
    return page;
  }

  /** The least recently used address space goes when there are too many. */
  #keep(guestFrame: number): void {
    const directories = this.#kept.get(guestFrame) ?? new Set();
    this.#kept.delete(guestFrame);
    this.#kept.set(guestFrame, new Set([...directories, ...this.directories].filter(({gone}) => !gone)));
    for (const [oldest, pages] of this.#kept) {
      if (this.#kept.size <= this.#parts.settings.roots) return;
      this.#kept.delete(oldest);
      for (const page of pages) if (!page.pinned) this.#parts.cache.drop(page);
    }
  }

  #dropEverything(): void {
    for (const page of this.directories) page.pinned = false;
    this.directories = [];
    this.#kept.clear();
    for (const page of this.#parts.cache.pages()) this.#parts.cache.drop(page);
  }

  #enter(): void {
    const {cpu, platform} = this.#parts.vmm;
    if (this.#walker === null) cpu.cr3 = this.directories[0].frame << 12;
    else {
      this.directories.forEach(({frame}, at) => platform.memory.write32(hpa(this.#pointers * 4096 + at * 8), (frame << 12) | PTE_P));
      cpu.cr3 = this.#pointers << 12;
      this.#walker.load(this.#pointers * 4096);
    }
    cpu.mmu.flush(true);
  }
}
