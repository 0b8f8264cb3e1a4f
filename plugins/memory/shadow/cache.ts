// The cache of shadow pages: makes and drops them, links tables into directories, keeps the reverse map from a guest frame
// to the shadow entries that map it, and takes write access away from frames that hold a shadowed table.
import {hpa, PTE_P, PTE_U, PTE_W} from 'worldswitch';
import type {Vmm} from 'worldswitch';
import {ShadowPage, shadowKey, type ShadowIdentity} from './page.ts';

/** Software bit of a shadow entry: the guest may write here, but the frame is traced. */
export const SHADOW_TRACED = 1 << 9;

export class ShadowCache {
  readonly #vmm: Vmm;
  readonly #pages = new Map<string, ShadowPage>();
  /** Shadow pages by the guest frame they shadow. */
  readonly #byFrame = new Map<number, Set<ShadowPage>>();
  /** Host-physical addresses of shadow entries that map a guest frame. */
  readonly #mappings = new Map<number, Set<number>>();
  /** Guest frame that a shadow entry maps. */
  readonly #mapped = new Map<number, number>();
  /** The directory the processor runs on. */
  root: ShadowPage | null = null;
  zapped = 0;
  /** Frames traced for another reason than a table of theirs. */
  readonly #kept = new Set<number>();

  constructor(vmm: Vmm) {
    this.#vmm = vmm;
  }

  get size(): number {
    return this.#pages.size;
  }

  /** The shadow page of an identity, made when there is none. */
  obtain(identity: ShadowIdentity): ShadowPage {
    const known = this.#pages.get(shadowKey(identity));
    if (known) return known;
    const page = new ShadowPage(identity, this.#takeFrame());
    this.#pages.set(page.key, page);
    if (page.role === 'directory') this.#mapMonitor(page);
    if (page.role !== 'direct' && page.guestFrame >= 0) this.#shadowTable(page);
    return page;
  }

  /** Shadow pages of the table in a guest frame. */
  shadowing(guestFrame: number): readonly ShadowPage[] {
    return [...(this.#byFrame.get(guestFrame) ?? [])];
  }

  link(directory: ShadowPage, index: number, child: ShadowPage): void {
    if (directory.children[index] === child) return;
    this.unlink(directory, index);
    directory.children[index] = child;
    child.parents.set(directory, (child.parents.get(directory) ?? 0) + 1);
    this.#write(directory.entryAt(index), (child.frame << 12) | PTE_P | PTE_W | PTE_U);
  }

  /** Removes a directory's entry; a child that nothing links any more is dropped. */
  unlink(directory: ShadowPage, index: number): void {
    const child = directory.children[index];
    if (!child) return;
    directory.children[index] = null;
    this.#write(directory.entryAt(index), 0);
    const links = (child.parents.get(directory) ?? 1) - 1;
    if (links > 0) child.parents.set(directory, links);
    else child.parents.delete(directory);
    if (child.parents.size === 0) this.drop(child);
  }

  /** Sets a leaf entry and the reverse map. `guestFrame` is ignored for an entry that is not present. */
  setLeaf(page: ShadowPage, index: number, entry: number, guestFrame: number): void {
    const at = page.entryAt(index);
    this.#unmap(at);
    this.#write(at, entry);
    if ((entry & PTE_P) === 0) return;
    this.#mapped.set(at, guestFrame);
    const entries = this.#mappings.get(guestFrame);
    if (entries) entries.add(at);
    else this.#mappings.set(guestFrame, new Set([at]));
  }

  /** Tears a page down: its leaf mappings, its children, its links, its trace. The running root stays. */
  drop(page: ShadowPage): void {
    if (page === this.root || this.#pages.get(page.key) !== page) return;
    this.#vmm.charge('shadow_zap');
    this.zapped++;
    this.#pages.delete(page.key);
    for (const [directory] of page.parents) {
      directory.children.forEach((child, index) => {
        if (child !== page) return;
        directory.children[index] = null;
        this.#write(directory.entryAt(index), 0);
      });
    }
    page.parents.clear();
    if (page.role === 'directory') page.children.forEach((_, index) => this.unlink(page, index));
    else for (let index = 0; index < 1024; index++) this.#unmap(page.entryAt(index));
    if (page.role !== 'direct' && page.guestFrame >= 0) this.#untrace(page);
    this.#vmm.frames.give(page.frame);
    this.#vmm.platform.mmu.flush(true);
  }

  /** Drops everything but the running root, which is left empty. */
  dropAll(): void {
    const {root} = this;
    root?.children.forEach((_, index) => this.unlink(root, index));
    for (const page of this.#pages.values()) this.drop(page);
  }

  /** The entry that the hardware would use for a linear address, or 0. */
  leafEntry(linear: number): number {
    const table = this.root?.children[linear >>> 22];
    return table ? this.#vmm.platform.memory.read32(hpa(table.entryAt((linear >>> 12) & 0x3ff))) : 0;
  }

  /** Why: the pool is finite; when it is empty everything but the running root goes, and comes back by hidden faults. */
  #takeFrame(): number {
    const frame = this.#vmm.frames.take();
    if (frame >= 0) return frame;
    this.dropAll();
    const freed = this.#vmm.frames.take();
    if (freed < 0) throw new Error('no host frame is left for a shadow page');
    return freed;
  }

  /** A VMM that lives in the guest's address space has its entry in every directory. */
  #mapMonitor(directory: ShadowPage): void {
    const {monitor} = this.#vmm;
    if (monitor) this.#write(directory.entryAt(monitor.directoryIndex), (monitor.tableFrame << 12) | PTE_P | PTE_W);
  }

  /** From now on guest writes to the shadowed table must be seen. */
  #shadowTable(page: ShadowPage): void {
    const pages = this.#byFrame.get(page.guestFrame);
    if (pages) pages.add(page);
    else this.#byFrame.set(page.guestFrame, new Set([page]));
    this.trace(page.guestFrame);
  }

  /** Traces a frame for good. */
  keepTraced(guestFrame: number): void {
    this.#kept.add(guestFrame);
    this.trace(guestFrame);
  }

  /** Guest writes to a frame must be seen: every entry that maps it loses write access. */
  trace(guestFrame: number): void {
    this.#vmm.guest.traced[guestFrame] = 1;
    const entries = this.#mappings.get(guestFrame);
    if (!entries) return;
    for (const at of entries) {
      const entry = this.#vmm.platform.memory.read32(hpa(at));
      if ((entry & PTE_W) !== 0) this.#write(at, (entry & ~PTE_W) | SHADOW_TRACED);
    }
    this.#vmm.platform.mmu.flush(true);
  }

  #untrace(page: ShadowPage): void {
    const pages = this.#byFrame.get(page.guestFrame);
    pages?.delete(page);
    if (pages && pages.size > 0) return;
    this.#byFrame.delete(page.guestFrame);
    if (this.#kept.has(page.guestFrame)) return;
    this.#vmm.guest.traced[page.guestFrame] = 0;
    for (const at of this.#mappings.get(page.guestFrame) ?? []) {
      const entry = this.#vmm.platform.memory.read32(hpa(at));
      if ((entry & SHADOW_TRACED) !== 0) this.#write(at, (entry & ~SHADOW_TRACED) | PTE_W);
    }
  }

  #unmap(at: number): void {
    const guestFrame = this.#mapped.get(at);
    if (guestFrame === undefined) return;
    this.#mapped.delete(at);
    this.#mappings.get(guestFrame)?.delete(at);
  }

  #write(at: number, entry: number): void {
    this.#vmm.platform.memory.write32(hpa(at), entry);
  }
}

