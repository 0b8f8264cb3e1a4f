// One set-associative array of translations with round-robin replacement per set, so that a hit leaves no trace.
import type {TlbGeometry} from '../host/profile.ts';

/** Key of a translation: page number and page size (0, 1, 2 for 12, 21, 22 bits) in one word. */
export const tlbKey = (linear: number, pageShift: number): number =>
  ((linear >>> pageShift) << 2) | (pageShift === 12 ? 0 : pageShift - 20);

export const keyPageShift = (key: number): number => ((key & 3) === 0 ? 12 : (key & 3) + 20);
export const keyLinear = (key: number): number => ((key >>> 2) << keyPageShift(key)) | 0;

const NONE = -1;

/**
 * Why: a search through 64 to 128 ways on every miss cost a page fault a microsecond, so valid entries are chained by a
 * hash of their key and found exactly. Which entry is replaced doesn't depend on the chains.
 */
export class TlbArray {
  readonly key: Int32Array;
  readonly tag: Int32Array;
  readonly page: Float64Array;
  readonly maps: Int32Array;
  readonly #ways: number;
  readonly #setMask: number;
  readonly #next: Int32Array;
  /** First entry of each chain, and the next one of each entry. */
  readonly #heads: Int32Array;
  readonly #chain: Int32Array;
  /** In each set no entry before this one is free. */
  readonly #free: Int32Array;
  /** Valid entries. */
  live = 0;

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
    this.#heads = new Int32Array(2 ** Math.ceil(Math.log2(geometry.entries) + 1)).fill(NONE);
    this.#chain = new Int32Array(geometry.entries).fill(NONE);
    this.#free = new Int32Array(sets);
    for (let set = 0; set < sets; set++) this.#free[set] = set * geometry.ways;
  }

  /** Index of the entry, or -1. */
  find(key: number, tag: number): number {
    let at = this.#heads[this.#hash(key)];
    while (at !== NONE && (this.key[at] !== key || this.tag[at] !== tag)) at = this.#chain[at];
    return at;
  }

  /** The entry that a new translation of this key will take: its own, a free one, or the set's next in turn. */
  victim(key: number, tag: number): number {
    const set = (key >>> 2) & this.#setMask;
    const own = this.find(key, tag);
    if (own >= 0) return own;
    const end = (set + 1) * this.#ways;
    let at = this.#free[set];
    while (at < end && this.key[at] !== -1) at++;
    this.#free[set] = at;
    if (at < end) return at;
    const next = set * this.#ways + this.#next[set];
    this.#next[set] = (this.#next[set] + 1) % this.#ways;
    return next;
  }

  write(at: number, key: number, tag: number, page: number, maps: number): void {
    if (this.key[at] !== -1) this.#unchain(at);
    else this.live++;
    const hash = this.#hash(key);
    this.#chain[at] = this.#heads[hash];
    this.#heads[hash] = at;
    this.key[at] = key;
    this.tag[at] = tag;
    this.page[at] = page;
    this.maps[at] = maps;
  }

  drop(at: number): void {
    if (this.key[at] === -1) return;
    this.#unchain(at);
    this.live--;
    const set = (this.key[at] >>> 2) & this.#setMask;
    if (at < this.#free[set]) this.#free[set] = at;
    this.key[at] = -1;
  }

  #hash(key: number): number {
    return ((key >>> 2) ^ key) & (this.#heads.length - 1);
  }

  #unchain(at: number): void {
    const hash = this.#hash(this.key[at]);
    const next = this.#chain[at];
    if (this.#heads[hash] === at) {
      this.#heads[hash] = next;
      return;
    }
    let before = this.#heads[hash];
    while (this.#chain[before] !== at) before = this.#chain[before];
    this.#chain[before] = next;
  }

  get entries(): number {
    return this.key.length;
  }
}
