// The trail of a run: what two runs of the same guest must share, in order - the registers at every interrupt taken and
// the value at every checkpoint, each with the number of guest instructions retired. A running hash covers all of it; the
// first entries are kept whole so that a divergence can be named.

/** Registers at the first instruction of an interrupt's handler. */
export interface InterruptedState {
  readonly vector: number;
  readonly registers: Int32Array;
  readonly eip: number;
  readonly eflags: number;
}

/** One entry, kept for naming a divergence. */
export interface TrailEntry {
  readonly what: 'interrupt' | 'checkpoint';
  readonly instruction: number;
  /** Checkpoint: the value of EAX. Interrupt: vector, eight registers, EIP, EFLAGS. */
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

  checkpoint(instruction: number, value: number): void {
    this.#add({what: 'checkpoint', instruction, values: [value]});
  }

  interrupt(instruction: number, {vector, registers, eip, eflags}: InterruptedState): void {
    this.#add({what: 'interrupt', instruction, values: [vector, ...registers.subarray(0, 8), eip, eflags]});
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
