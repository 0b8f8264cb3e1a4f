// Numbers that look random and follow from a seed: xorshift (Marsaglia, 2003), quick enough to make tens of thousands of programs.

export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0 || 1;
  }

  /** 32 bits, unsigned. */
  word(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return x >>> 0;
  }

  below(limit: number): number {
    return this.word() % limit;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)];
  }

  /** One time in so many. */
  once(times: number): boolean {
    return this.below(times) === 0;
  }

  /** An address or a length as no driver would choose it: at edges of memory, of 32 bits, or anywhere. */
  odd(memory: number): number {
    return this.pick([0, 1, memory - 1, memory, memory - 8, memory + 4096, 0x7fff_ffff, 0x8000_0000, 0xffff_fff0, 0xffff_ffff, this.below(2 * memory), this.word()]);
  }
}
