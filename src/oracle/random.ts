// A seeded generator (xorshift, Marsaglia 2003) and values that lie where arithmetic has its edges.

const EDGES = [0, 1, 2, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fff_ffff, 0x8000_0000 | 0, -1, -2, 0x8000_0001 | 0, 0x55555555, 0x0f0f0f0f] as const;

/** FNV-1a over a text. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5 | 0;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash;
}

/** Spreads the bits of a word over all of it (the finalizer of MurmurHash3). */
export function mix(word: number): number {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = mix(seed) | 1;
  }

  /** 32 bits, signed. */
  word(): number {
    let s = this.#state;
    s ^= s << 13;
    s ^= s >>> 17;
    s ^= s << 5;
    this.#state = s;
    return s;
  }

  /** A whole number from 0 up to, but not including, `n`. */
  below(n: number): number {
    return Math.floor(((this.word() >>> 0) / 2 ** 32) * n);
  }

  between(first: number, last: number): number {
    return first + this.below(last - first + 1);
  }

  /** True in one of `n` cases. */
  oneIn(n: number): boolean {
    return this.below(n) === 0;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)];
  }

  /** Half edges, give or take a little, half anything. */
  value(): number {
    if (this.oneIn(2)) return this.word();
    const edge = this.pick(EDGES);
    return this.oneIn(4) ? (edge + this.between(-2, 2)) | 0 : edge;
  }
}
