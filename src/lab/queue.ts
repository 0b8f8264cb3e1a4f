// The order in which waiting cells are handed to workers: plan order, but a worker keeps to the guest and host it has
// already run on bare metal, and a new one begins where no other worker is.
import {referenceGroup} from './spec.ts';
import type {CellSpec} from './spec.ts';

export interface WaitingCell {
  readonly index: number;
  readonly spec: CellSpec;
}

export class CellQueue {
  #waiting: WaitingCell[];
  /** The group each worker is at. */
  readonly #groups = new Map<object, string>();

  constructor(cells: readonly WaitingCell[]) {
    this.#waiting = [...cells];
  }

  get size(): number {
    return this.#waiting.length;
  }

  /** The next cell for `worker`, or null when none waits. */
  next(worker: object): WaitingCell | null {
    const own = this.#groups.get(worker);
    const cell = this.#first(group => group === own) ?? this.#first(group => !this.#isTaken(group)) ?? this.#waiting[0];
    if (!cell) return null;
    this.#groups.set(worker, referenceGroup(cell.spec));
    this.#waiting = this.#waiting.filter(waiting => waiting !== cell);
    return cell;
  }

  /** The worker is gone; its group is free for another. */
  forget(worker: object): void {
    this.#groups.delete(worker);
  }

  #first(accepts: (group: string) => boolean): WaitingCell | undefined {
    return this.#waiting.find(({spec}) => accepts(referenceGroup(spec)));
  }

  #isTaken(group: string): boolean {
    return [...this.#groups.values()].includes(group);
  }
}
