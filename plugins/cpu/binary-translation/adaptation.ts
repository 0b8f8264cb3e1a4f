// Adaptive retranslation: an instruction that keeps trapping because it writes traced page tables, or reaches where only the VMM
// can, becomes a callout, so that the VMM does its work without a trap. When its writes stop hitting what is traced it becomes
// an ordinary instruction again. Adams and Agesen, ASPLOS 2006, section 3.3.

/** Traps after which an instruction is adapted, and fruitless callouts in a row after which it is no longer. */
const TRAPS = 3, FRUITLESS = 32;

interface Habit {
  traps: number;
  fruitless: number;
  adapted: boolean;
}

export class Adaptation {
  /** By linear address. */
  readonly #habits = new Map<number, Habit>();
  readonly #enabled: boolean;
  adapted = 0;
  reverted = 0;

  constructor(enabled: boolean) {
    this.#enabled = enabled;
  }

  isAdapted(linear: number): boolean {
    return this.#habits.get(linear)?.adapted ?? false;
  }

  /** The instruction trapped and the VMM did its work; true when it is to be translated anew. */
  trapped(linear: number): boolean {
    const habit = this.#habit(linear);
    habit.traps++;
    if (!this.#enabled || habit.adapted || habit.traps < TRAPS) return false;
    habit.adapted = true;
    habit.fruitless = 0;
    this.adapted++;
    return true;
  }

  /** An adapted instruction called; `needed` = it would have trapped. True when it is to be translated anew. */
  called(linear: number, needed: boolean): boolean {
    const habit = this.#habit(linear);
    habit.fruitless = needed ? 0 : habit.fruitless + 1;
    if (!habit.adapted || habit.fruitless < FRUITLESS) return false;
    habit.adapted = false;
    habit.traps = 0;
    this.reverted++;
    return true;
  }

  #habit(linear: number): Habit {
    const known = this.#habits.get(linear);
    if (known) return known;
    const habit = {traps: 0, fruitless: 0, adapted: false};
    this.#habits.set(linear, habit);
    return habit;
  }
}
