// Edges between contexts, interned once and counted in typed arrays; names appear when printed.
import type {Context, Kind} from './context.ts';

export interface Transition {
  readonly from: Context;
  readonly to: Context;
  readonly kind: Kind;
  readonly reason: string;
  readonly detail: string;
}

export class Transitions {
  readonly #numbers = new Map<string, number>();
  readonly list: Transition[] = [];
  counts = new Float64Array(64);

  /** Number of an edge; made on first use. */
  number(edge: Transition): number {
    const key = `${edge.from} ${edge.to} ${edge.kind} ${edge.reason} ${edge.detail}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.list.length;
    this.list.push({...edge});
    this.#numbers.set(key, number);
    if (number >= this.counts.length) {
      const larger = new Float64Array(this.counts.length * 2);
      larger.set(this.counts);
      this.counts = larger;
    }
    return number;
  }

  cross(number: number): void {
    this.counts[number]++;
  }
}

/** Whether an edge is an exit: out of the guest to any other context. */
export const isExit = (edge: Transition): boolean => isGuest(edge.from) && !isGuest(edge.to);
export const isGuest = (context: Context): boolean => context === 'guest-user' || context === 'guest-kernel';
