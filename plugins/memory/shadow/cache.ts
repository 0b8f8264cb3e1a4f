// The cache of shadow pages: makes and drops them, links tables into directories, writes entries. Pages that directories no
// longer link are dropped (`traced`), or stay until they are found again or evicted (`unsync`, as in KVM).
import {hpa, PTE_A, PTE_P, PTE_U, PTE_W} from 'worldswitch';
import type {Vmm} from 'worldswitch';
import {Eviction} from './eviction.ts';
import {ShadowFormat, SHADOW_MMIO} from './format.ts';
import {monitorFrames} from './monitor-tables.ts';
import {shadowKey, ShadowPage, type ShadowIdentity} from './page.ts';
import {Protection} from './protection.ts';
import type {Settings} from './settings.ts';

export class ShadowCache {
  readonly format: ShadowFormat;
  readonly protection: Protection;
  readonly #vmm: Vmm;
  readonly #settings: Settings;
  readonly #eviction: Eviction;
  /** In order of their making. */
  readonly #pages = new Map<string, ShadowPage>();
  #monitor: readonly number[] | null = null;
  zapped = 0;
  most = 0;

  constructor(vmm: Vmm, settings: Settings) {
    this.#vmm = vmm;
    this.#settings = settings;
    this.format = new ShadowFormat(settings.pae);
    this.protection = new Protection(vmm, settings.policy !== 'unsync');
    this.#eviction = new Eviction(this, vmm, settings);
  }

  get size(): number {
    return this.#pages.size;
  }
  get evicted(): number {
    return this.#eviction.evicted;
  }

  pages(): Iterable<ShadowPage> {
    return this.#pages.values();
  }

  find(identity: ShadowIdentity): ShadowPage | null {
    return this.#pages.get(shadowKey(identity)) ?? null;
  }

  make(identity: ShadowIdentity): ShadowPage {
    const page = new ShadowPage(identity, this.#eviction.takeFrame(), this.format);
    this.#pages.set(page.key, page);
    this.most = Math.max(this.most, this.#pages.size);
    if (this.#settings.bypass) for (let index = 0; index < this.format.entries; index++) this.#write(page.entryAt(index), 0, true);
    if (page.role === 'directory') this.#mapMonitor(page);
    if (page.shadows && this.#settings.policy !== 'virtual-tlb') this.protection.add(page);
    return page;
  }

  link(directory: ShadowPage, index: number, child: ShadowPage): void {
    if (directory.children[index] === child) return;
    this.unlink(directory, index);
    directory.children[index] = child;
    child.parents.set(directory, (child.parents.get(directory) ?? 0) + 1);
    this.#write(directory.entryAt(index), (child.frame << 12) | PTE_P | PTE_W | PTE_U | PTE_A);
  }

  /** Removes a directory's entry. Why the flush: a guest's INVLPG forgets a whole 4 MiB page, the hardware's only 4 KiB of it. */
  unlink(directory: ShadowPage, index: number): void {
    const child = directory.children[index];
    if (!child) return;
    directory.children[index] = null;
    this.#write(directory.entryAt(index), 0, this.#settings.bypass);
    const links = (child.parents.get(directory) ?? 1) - 1;
    if (links > 0) child.parents.set(directory, links);
    else child.parents.delete(directory);
    this.#vmm.platform.mmu.flush(true);
    if (child.parents.size === 0 && !child.pinned && this.#settings.policy !== 'unsync') this.drop(child);
  }

  /** Sets a present leaf entry and the reverse map. */
  setLeaf(page: ShadowPage, index: number, entry: number, guestFrame: number): void {
    const at = page.entryAt(index);
    this.#forget(page, index);
    this.#write(at, entry);
    page.maps[index] = guestFrame;
    this.protection.reverse.add(guestFrame, at);
  }

  /** Empties a leaf entry; with `bypassed` its not-present faults are known to be the guest's own. */
  clearLeaf(page: ShadowPage, index: number, bypassed = false): void {
    this.#forget(page, index);
    this.#write(page.entryAt(index), 0, this.#settings.bypass && !bypassed);
  }

  /** Empties every entry that maps one of some guest frames or is known to be no memory: what lies there has changed. */
  forgetFrames(frames: readonly number[]): void {
    const gone = new Set(frames);
    for (const page of this.#pages.values()) {
      for (let index = 0; index < page.maps.length; index++) {
        if (gone.has(page.maps[index]) || (page.maps[index] < 0 && (this.entry(page, index) & SHADOW_MMIO) !== 0)) this.clearLeaf(page, index);
      }
    }
    this.#vmm.platform.mmu.flush(true);
  }

  /** Notes that a device answers behind a leaf entry. */
  markDevice(page: ShadowPage, index: number, rights: number): void {
    this.#forget(page, index);
    this.#write(page.entryAt(index), SHADOW_MMIO | rights, this.#settings.bypass);
  }

  /** The low half of an entry. */
  entry(page: ShadowPage, index: number): number {
    return this.#vmm.platform.memory.read32(hpa(page.entryAt(index)));
  }

  /** Tears a page down: its leaf mappings, its children, its links, its trace. */
  drop(page: ShadowPage): void {
    if (page.gone) return;
    page.gone = true;
    this.#vmm.charge('shadow_zap');
    this.zapped++;
    this.#pages.delete(page.key);
    for (const directory of page.parents.keys()) this.#unlinkEverywhere(directory, page);
    page.parents.clear();
    page.children.forEach((child, index) => {
      if (!child) return;
      this.unlink(page, index);
      if (child.unsync) this.drop(child);
    });
    for (let index = 0; index < page.maps.length; index++) this.#forget(page, index);
    if (page.shadows && this.#settings.policy !== 'virtual-tlb') this.protection.remove(page);
    this.#vmm.frames.give(page.frame);
    this.#vmm.platform.mmu.flush(true);
  }

  #unlinkEverywhere(directory: ShadowPage, page: ShadowPage): void {
    directory.children.forEach((child, index) => {
      if (child !== page) return;
      directory.children[index] = null;
      this.#write(directory.entryAt(index), 0, this.#settings.bypass);
    });
  }

  /** A VMM that lives in the guest's address space has its entries in every address space. */
  #mapMonitor(directory: ShadowPage): void {
    const {monitor} = this.#vmm;
    if (!monitor) return;
    this.#monitor ??= monitorFrames(this.#vmm, monitor, this.format);
    const first = monitor.directoryIndex * this.format.halves - directory.quadrant * this.format.entries;
    if (first < 0 || first >= this.format.entries) return;
    this.#monitor.forEach((frame, half) => this.#write(directory.entryAt(first + half), (frame << 12) | PTE_P | PTE_W | PTE_A));
  }

  #forget(page: ShadowPage, index: number): void {
    const guestFrame = page.maps[index];
    if (guestFrame < 0) return;
    page.maps[index] = -1;
    this.protection.reverse.remove(guestFrame, page.entryAt(index));
  }

  #write(at: number, low: number, reserved = false): void {
    this.format.write(this.#vmm.platform.memory, at, low, reserved);
  }
}
