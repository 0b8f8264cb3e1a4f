// The split TLBs of the modelled processor and the views that make a hit one load: a view has a word for every linear
// page, frame offset | rights, and holds just what the first level of the TLB holds under the current tag.
// Invariant: a word of a view is non-zero only while its translation is in the first level, so the views change no count.
// Intel SDM vol. 3A, 4.10 Caching Translation Information.
import type {TlbSet} from '../host/profile.ts';
import {DATA_VIEW, FETCH_VIEW, HOST_BASE, PAGES_PER_VIEW} from './layout.ts';
import type {PhysicalMemory} from './physical.ts';
import {keyLinear, keyPageShift, TlbArray, tlbKey} from './tlb-array.ts';
import {ANY_WRITE, fetchRightsOf, MAPS_FRAGMENT, MAPS_GLOBAL, rightsOf, type Translation} from './translation.ts';

/** First level of one side, with its view. */
export class TlbSide {
  readonly view: Int32Array;
  readonly small: TlbArray;
  /** Same object as `small` when large pages share its entries. */
  readonly large: TlbArray;
  /** Ever held a large page: spares the second probe. */
  hasLarge = false;

  readonly arrays: readonly TlbArray[];

  constructor(view: Int32Array, small: TlbArray, large: TlbArray | null) {
    this.view = view;
    this.small = small;
    this.large = large ?? small;
    this.arrays = this.small === this.large ? [this.small] : [this.small, this.large];
  }

  /** Clears the view's words of an entry. */
  hide(array: TlbArray, at: number): void {
    const key = array.key[at];
    if (key === -1) return;
    const first = keyLinear(key) >>> 12;
    const shift = keyPageShift(key);
    if (shift === 12) this.view[first] = 0;
    else this.view.fill(0, first, first + (1 << (shift - 12)));
  }

  drop(array: TlbArray, at: number): void {
    this.hide(array, at);
    array.drop(at);
  }

  hideAll(): void {
    for (const array of this.arrays) {
      let left = array.live;
      for (let at = 0; left > 0; at++) {
        if (array.key[at] === -1) continue;
        this.hide(array, at);
        left--;
      }
    }
  }
}

export class Tlb {
  readonly data: TlbSide;
  readonly fetch: TlbSide;
  readonly #second: TlbArray | null;
  /** The second level holds large pages too. */
  readonly #secondLarge: boolean;
  readonly #memory: PhysicalMemory;
  /** Address-space identifier in force (VPID, ASID); always 0 without tags. */
  tag = 0;
  /** CR0.WP as the rights were computed with. */
  #writeProtect = false;
  /** Ever held a piece of a larger page. */
  #fragments = false;
  /** The last `find` hit the second level only. */
  second = false;
  /** The translation that `find` or `insert` ended with. */
  readonly found: Translation = {page: 0, pageShift: 12, maps: 0};

  constructor(memory: PhysicalMemory, geometry: TlbSet) {
    this.#memory = memory;
    const view = (at: number) => new Int32Array(memory.memory.buffer, at, PAGES_PER_VIEW);
    const {data, instruction, largeData, largeInstruction, secondLevel} = geometry;
    this.data = new TlbSide(view(DATA_VIEW), new TlbArray(data), largeData && new TlbArray(largeData));
    this.fetch = new TlbSide(view(FETCH_VIEW), new TlbArray(instruction), largeInstruction && new TlbArray(largeInstruction));
    this.#second = secondLevel && new TlbArray(secondLevel);
    this.#secondLarge = geometry.secondLevelLarge;
  }

  get memorySize(): number {
    return this.#memory.size;
  }

  /** Looks a linear address up in the first and second level; true leaves the translation in `found`. */
  find(side: TlbSide, linear: number): boolean {
    this.second = false;
    if (this.#probe(side.small, linear, 12)) return true;
    if (side.hasLarge && (this.#probe(side.large, linear, 22) || this.#probe(side.large, linear, 21))) return true;
    if (this.#second === null || !this.#probeSecond(this.#second, linear)) return false;
    this.second = true;
    this.#fill(side, linear);
    return true;
  }

  /** Puts the walked translation `found` into the first and second level. */
  insert(side: TlbSide, linear: number): void {
    if (this.#second && (this.found.pageShift === 12 || this.#secondLarge)) {
      const key = tlbKey(linear, this.found.pageShift);
      this.#second.write(this.#second.victim(key, this.tag), key, this.tag, this.found.page, this.found.maps);
    }
    this.#fill(side, linear);
  }

  /** Makes the data view show `found` for one linear page, without write rights where the frame holds decoded code. */
  show(side: TlbSide, linear: number): void {
    const address = this.found.page + (linear & ((1 << this.found.pageShift) - 4096));
    if (address + 4096 > this.#memory.size) return;
    const rights = side === this.fetch ? fetchRightsOf(this.found.maps) : rightsOf(this.found.maps, this.#writeProtect);
    const granted = this.#memory.hasCode(address >>> 12) ? rights & ~ANY_WRITE : rights;
    side.view[linear >>> 12] = (HOST_BASE + address) | granted;
  }

  /** Takes write rights on a frame away from the view: it now holds decoded code. */
  protectCode(frame: number): void {
    const {view} = this.data;
    for (const array of this.data.arrays) {
      for (let at = 0; at < array.entries; at++) {
        const key = array.key[at];
        if (key === -1) continue;
        const shift = keyPageShift(key);
        const within = frame * 4096 - array.page[at];
        if (within < 0 || within >= 2 ** shift) continue;
        view[(keyLinear(key) + within) >>> 12] &= ~ANY_WRITE;
      }
    }
  }

  /** INVLPG, or the drop of a translation that has just faulted (Intel SDM vol. 3A, 4.10.4.1). */
  invalidate(linear: number): void {
    this.#invalidate(linear, 12);
    if (this.#fragments) this.#invalidateFragments(linear);
    if (!this.data.hasLarge && !this.fetch.hasLarge) return;
    this.#invalidate(linear, 21);
    this.#invalidate(linear, 22);
  }

  /** Intel SDM vol. 3A, 4.10.4.1: all entries of a page larger than 4 KiB, where there are several. */
  #invalidateFragments(linear: number): void {
    const matches = (key: number, maps: number): boolean => (maps & MAPS_FRAGMENT) !== 0 && keyLinear(key) >>> 22 === linear >>> 22;
    for (const side of [this.data, this.fetch]) for (const array of side.arrays) this.#dropMatching(array, side, matches);
    if (this.#second) this.#dropMatching(this.#second, null, matches);
  }

  #dropMatching(array: TlbArray, side: TlbSide | null, matches: (key: number, maps: number) => boolean): void {
    for (let at = 0; at < array.entries; at++) {
      if (array.key[at] === -1 || array.tag[at] !== this.tag || !matches(array.key[at], array.maps[at])) continue;
      side?.hide(array, at);
      array.drop(at);
    }
  }

  #invalidate(linear: number, pageShift: number): void {
    const key = tlbKey(linear, pageShift);
    this.#dropKey(this.data, key, pageShift);
    this.#dropKey(this.fetch, key, pageShift);
    const at = this.#second ? this.#second.find(key, this.tag) : -1;
    if (at >= 0) this.#second?.drop(at);
  }

  #dropKey(side: TlbSide, key: number, pageShift: number): void {
    const array = pageShift === 12 ? side.small : side.large;
    const at = array.find(key, this.tag);
    if (at >= 0) side.drop(array, at);
  }

  /** Drops every translation of the current tag, global ones only when asked. */
  flush(globals: boolean): void {
    this.#drop(this.tag, globals ? 0 : MAPS_GLOBAL);
  }

  /** Drops every translation of every tag: what a world switch without tags does. */
  flushAll(): void {
    this.#drop(EVERY_TAG, 0);
  }

  /** Another address-space identifier: its translations, if any are left, become visible on use. */
  setTag(tag: number): void {
    if (tag === this.tag) return;
    this.data.hideAll();
    this.fetch.hideAll();
    this.tag = tag;
  }

  setWriteProtect(on: boolean): void {
    if (on === this.#writeProtect) return;
    this.data.hideAll();
    this.#writeProtect = on;
  }

  /** Drops the entries of a tag, but those with one of the `kept` bits. */
  #drop(tag: number, kept: number): void {
    for (const array of this.data.arrays) dropFrom(array, this.data, tag, kept);
    for (const array of this.fetch.arrays) dropFrom(array, this.fetch, tag, kept);
    if (this.#second) dropFrom(this.#second, null, tag, kept);
  }

  #probe(array: TlbArray, linear: number, pageShift: number): boolean {
    const at = array.find(tlbKey(linear, pageShift), this.tag);
    if (at < 0) return false;
    this.found.page = array.page[at];
    this.found.pageShift = pageShift;
    this.found.maps = array.maps[at];
    return true;
  }

  #probeSecond(array: TlbArray, linear: number): boolean {
    if (this.#probe(array, linear, 12)) return true;
    return this.#secondLarge && (this.#probe(array, linear, 22) || this.#probe(array, linear, 21));
  }

  #fill(side: TlbSide, linear: number): void {
    const {page, pageShift, maps} = this.found;
    const array = pageShift === 12 ? side.small : side.large;
    if (pageShift !== 12) side.hasLarge = true;
    if ((maps & MAPS_FRAGMENT) !== 0) this.#fragments = true;
    const key = tlbKey(linear, pageShift);
    const at = array.victim(key, this.tag);
    side.hide(array, at);
    array.write(at, key, this.tag, page, maps);
  }
}

const EVERY_TAG = -1;

/** Why: it stops after the last valid entry, for a CR3 load finds few of them. */
function dropFrom(array: TlbArray, side: TlbSide | null, tag: number, kept: number): void {
  let left = array.live;
  for (let at = 0; left > 0; at++) {
    if (array.key[at] === -1) continue;
    left--;
    if ((tag !== EVERY_TAG && array.tag[at] !== tag) || (array.maps[at] & kept) !== 0) continue;
    side?.hide(array, at);
    array.drop(at);
  }
}
