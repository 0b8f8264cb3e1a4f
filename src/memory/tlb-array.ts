// One set-associative array of translations with round-robin replacement per set, so that a hit leaves no trace.
import type {TlbGeometry} from '../host/profile.ts';

const SIZE_CLASS = [12, 21, 22];

/** Key of a translation: page number and page size in one word. */
export const tlbKey = (linear: number, pageShift: number): number =>
  ((linear >>> pageShift) << 2) | SIZE_CLASS.indexOf(pageShift);

export const keyPageShift = (key: number): number => SIZE_CLASS[key & 3];
export const keyLinear = (key: number): number => ((key >>> 2) << SIZE_CLASS[key & 3]) | 0;

export class TlbArray {
  readonly key: Int32Array;
  readonly tag: Int32Array;
  readonly page: Float64Array;
  readonly maps: Int32Array;
  readonly #ways: number;
  readonly #setMask: number;
  readonly #next: Int32Array;

  constructor(geometry: TlbGeometry) {
    const sets = geometry.entries / geometry.ways;
    if (!Number.isInteger(Math.log2(sets))) throw new RangeError(`a TLB of ${geometry.entries} entries and ${geometry.ways} ways has ${sets} sets, which is no power of two`);
    this.#ways = geometry.ways;
    this.#setMask = sets - 1;
    this.#next = new Int32Array(sets);
    this.key = new Int32Array(geometry.entries).fill(-1);
    this.tag = new Int32Array(geometry.entries);
    this.page = new Float64Array(geometry.entries);
    this.maps = new Int32Array(geometry.entries);
  }

  /** Index of the entry, or -1. */
  find(key: number, tag: number): number {
    const first = ((key >>> 2) & this.#setMask) * this.#ways;
    for (let at = first; at < first + this.#ways; at++) {
      if (this.key[at] === key && this.tag[at] === tag) return at;
    }
    return -1;
  }

  /** The entry that a new translation of this key will take: its own, a free one, or the set's next in turn. */
  victim(key: number, tag: number): number {
    const set = (key >>> 2) & this.#setMask;
    const first = set * this.#ways;
    const own = this.find(key, tag);
    if (own >= 0) return own;
    for (let at = first; at < first + this.#ways; at++) if (this.key[at] === -1) return at;
    const at = first + this.#next[set];
    this.#next[set] = (this.#next[set] + 1) % this.#ways;
    return at;
  }

  write(at: number, key: number, tag: number, page: number, maps: number): void {
    this.key[at] = key;
    this.tag[at] = tag;
    this.page[at] = page;
    this.maps[at] = maps;
  }

  drop(at: number): void {
    this.key[at] = -1;
  }

  get entries(): number {
    return this.key.length;
  }
}
