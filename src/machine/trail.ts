// The trail of a run: what two runs of the same guest must share, in order - the registers at every interrupt taken, at
// every checkpoint and at the end, each with the number of guest instructions retired. A running hash covers all of it; the
// first entries are kept whole so that a divergence can be named.

/** What a processor shows of itself to the trail. */
export interface VisibleState {
  readonly r: Int32Array;
  readonly eip: number;
  readonly eflags: number;
}

/** One entry, kept for naming a divergence. */
export interface TrailEntry {
  readonly what: 'interrupt' | 'checkpoint' | 'end';
  /** Guest instructions retired. */
  readonly instruction: number;
  /** Vector of an interrupt, else 0; the eight general registers, EIP, EFLAGS. */
  readonly values: readonly number[];
}

/** Entries kept whole; later ones are in the hash only. */
const KEPT = 20_000;
const FNV_PRIME = 0x01000193;

export class Trail {
  readonly entries: TrailEntry[] = [];
  /** Entries in all. */
  length = 0;
  #low = 0x811c9dc5 | 0;
  #high = 0x1b873593;

  /** @param instruction guest instructions retired */
  add(what: TrailEntry['what'], instruction: number, state: VisibleState, vector = 0): void {
    this.#add({what, instruction, values: [vector, ...state.r.subarray(0, 8), state.eip, state.eflags]});
  }

  /** The running hash, as text. */
  digest(): string {
    return [this.#high, this.#low].map(word => (word >>> 0).toString(16).padStart(8, '0')).join('');
  }

  #add(entry: TrailEntry): void {
    this.length++;
    if (this.entries.length < KEPT) this.entries.push(entry);
    this.#mix(entry.instruction | 0);
    this.#mix(Math.floor(entry.instruction / 2 ** 32));
    for (const value of entry.values) this.#mix(value);
  }

  /** Why: position matters, so words are folded one after another and not added up. */
  #mix(word: number): void {
    this.#low = Math.imul(this.#low ^ word, FNV_PRIME) + (this.#high >>> 15) | 0;
    this.#high = Math.imul(this.#high ^ (this.#low >>> 13), FNV_PRIME) + word | 0;
  }
}
