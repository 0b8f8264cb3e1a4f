// Edges between contexts, interned once and counted in typed arrays; names appear when printed.
import type {Context, Kind} from './context.ts';

export interface Transition {
  readonly from: Context;
  readonly to: Context;
  readonly kind: Kind;
  readonly reason: string;
  readonly detail: string;
}

/** Hears of every crossing as it happens, for traces; it changes nothing. */
export interface TransitionObserver {
  /** Ticks of the guest clock. */
  now(): number;
  /** Edge `number` was taken at that time. */
  crossed(number: number, at: number): void;
}

export class Transitions {
  observer: TransitionObserver | null = null;
  /** Numbers of the edges with a detail. Why: an edge is looked up at every exit, and few share a detail, so no key is put together. */
  readonly #byDetail = new Map<string, number[]>();
  readonly list: Transition[] = [];
  counts = new Float64Array(64);

  /** Number of an edge; made on first use. */
  number(edge: Transition): number {
    const known = this.#byDetail.get(edge.detail);
    if (known) for (const each of known) if (isSame(this.list[each], edge)) return each;
    const number = this.list.length;
    this.list.push({...edge});
    if (known) known.push(number);
    else this.#byDetail.set(edge.detail, [number]);
    if (number >= this.counts.length) {
      const larger = new Float64Array(this.counts.length * 2);
      larger.set(this.counts);
      this.counts = larger;
    }
    return number;
  }

  /** `at`: when, where that was before now. */
  cross(number: number, at?: number): void {
    this.counts[number]++;
    this.observer?.crossed(number, at ?? this.observer.now());
  }
}

const isSame = (a: Transition, b: Transition): boolean =>
  a.reason === b.reason && a.kind === b.kind && a.from === b.from && a.to === b.to && a.detail === b.detail;

/** Whether an edge is an exit: out of the guest to any other context. */
export const isExit = (edge: Transition): boolean => isGuest(edge.from) && !isGuest(edge.to);
export const isGuest = (context: Context): boolean => context === 'guest-user' || context === 'guest-kernel';
