// The guest's pages that translations were made from. A store into one of them drops what it hits: code marks stand for the write
// protection of real hardware. Where the guest loads CR3, executes INVLPG or changes how it pages, the pages are looked up again:
// a translation lives only while its page maps the frame it was read from and has been accessed.
import {ACCESS_FETCH, CODE_LINE_SHIFT, CR0_PG, CR3_FRAME, CR4_PSE, gpa, PDE_PS, PTE_A, PTE_P, TwoLevelWalker, WALK_DONE} from 'worldswitch';
import type {Translation as Mapping, Vmm} from 'worldswitch';
import type {CodePage, Translation} from './translation.ts';

const PAGE = 4096;
const REACHED = PTE_P | PTE_A;

/** A page of the guest's code, or the page fault of fetching from it. */
export type Fetched = CodePage | {readonly errorCode: number} | null;

export class CodePages {
  readonly #vmm: Vmm;
  readonly #walker: TwoLevelWalker;
  readonly #found: Mapping = {page: 0, pageShift: 12, maps: 0};
  readonly #drop: (translation: Translation) => void;
  readonly #byLinear = new Map<number, Set<Translation>>();
  readonly #byFrame = new Map<number, Set<Translation>>();

  constructor(vmm: Vmm, drop: (translation: Translation) => void) {
    this.#vmm = vmm;
    this.#drop = drop;
    this.#walker = new TwoLevelWalker(vmm.guest.tables);
    vmm.platform.blocks.onDrop = (frame, line) => this.#written(frame, line);
  }

  /** The page at a linear address as an instruction fetch finds it; null where there is no memory. */
  fetch(linear: number): Fetched {
    if (this.#walker.walk(this.#vmm.registers(), linear, ACCESS_FETCH, this.#found) !== WALK_DONE) return {errorCode: this.#walker.record.errorCode};
    const frame = (this.#found.page + (linear & ((1 << this.#found.pageShift) - PAGE))) / PAGE;
    return this.#vmm.guest.hostFrame(frame) < 0 ? null : {linear: linear & -PAGE, frame};
  }

  add(translation: Translation): void {
    for (const {linear, frame} of translation.pages) {
      addTo(this.#byLinear, linear, translation);
      addTo(this.#byFrame, this.#vmm.guest.hostFrame(frame), translation);
    }
    this.#watch(translation);
  }

  remove(translation: Translation): void {
    for (const {linear, frame} of translation.pages) {
      removeFrom(this.#byLinear, linear, translation);
      removeFrom(this.#byFrame, this.#vmm.guest.hostFrame(frame), translation);
    }
  }

  clear(): void {
    this.#byLinear.clear();
    this.#byFrame.clear();
  }

  /** The guest may have changed what its pages map: those that one directory entry covers, or all. */
  verify(directory: number | null = null): void {
    for (const [linear, translations] of this.#byLinear) {
      if (directory !== null && linear >>> 22 !== directory) continue;
      this.#vmm.charge('code_page_check');
      const frame = this.#mapped(linear);
      for (const each of translations) {
        if (each.pages.some(page => page.linear === linear && page.frame !== frame)) this.#drop(each);
      }
    }
  }

  /** The frame behind a page, -1 when it is not present or not marked accessed. Reads only: nothing was fetched yet. */
  #mapped(linear: number): number {
    const {cr0, cr3, cr4} = this.#vmm.registers();
    if ((cr0 & CR0_PG) === 0) return linear >>> 12;
    const {guest} = this.#vmm;
    const directory = guest.read32(gpa(((cr3 & CR3_FRAME) >>> 0) + (linear >>> 22) * 4));
    if ((directory & REACHED) !== REACHED) return -1;
    if ((directory & PDE_PS) !== 0 && (cr4 & CR4_PSE) !== 0) return ((directory >>> 22) << 10) | ((linear >>> 12) & 0x3ff);
    const entry = guest.read32(gpa(((directory & -PAGE) >>> 0) + ((linear >>> 12) & 0x3ff) * 4));
    return (entry & REACHED) === REACHED ? entry >>> 12 : -1;
  }

  #watch({pages, first, last}: Translation): void {
    const {blocks} = this.#vmm.platform;
    const [page, second] = pages;
    blocks.mark(this.#vmm.guest.hostFrame(page.frame), first, Math.min(last, PAGE - 1));
    if (second) blocks.mark(this.#vmm.guest.hostFrame(second.frame), 0, last - PAGE);
  }

  #written(hostFrame: number, line: number): void {
    const translations = this.#byFrame.get(hostFrame);
    if (!translations) return;
    const before = translations.size;
    for (const each of translations) {
      if (this.#covers(each, hostFrame, line)) this.#drop(each);
    }
    if (translations.size < before) this.#vmm.charge('cache_write_fault');
    for (const each of translations) this.#watch(each);
  }

  #covers({pages, first, last}: Translation, hostFrame: number, line: number): boolean {
    const [page, second] = pages;
    if (this.#vmm.guest.hostFrame(page.frame) === hostFrame && first >>> CODE_LINE_SHIFT <= line && line <= Math.min(last, PAGE - 1) >>> CODE_LINE_SHIFT) return true;
    return second !== undefined && this.#vmm.guest.hostFrame(second.frame) === hostFrame && line <= (last - PAGE) >>> CODE_LINE_SHIFT;
  }
}

function removeFrom(map: Map<number, Set<Translation>>, key: number, translation: Translation): void {
  const known = map.get(key);
  known?.delete(translation);
  if (known?.size === 0) map.delete(key);
}

function addTo(map: Map<number, Set<Translation>>, key: number, translation: Translation): void {
  const known = map.get(key);
  if (known) known.add(translation);
  else map.set(key, new Set([translation]));
}
