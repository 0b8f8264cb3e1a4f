// The queue of scheduled calls behind a `DeviceClock`: whoever owns the clock owns an agenda, asks it for the next
// deadline and runs what is due. It doesn't know the time.
import type {Alarm, EventSource} from './bus.ts';

interface Entry {
  readonly at: number;
  readonly fire: () => void;
  readonly source: EventSource;
}

/**
 * Calls in order of time, ties in the order they were scheduled.
 *
 * Why: a PC has some ten alarms at once, and a sorted array of ten beats a heap. The earliest is last, so that taking it
 * moves nothing.
 */
export class Agenda {
  readonly #latestFirst: Entry[] = [];

  /** @param at clock ticks; a time already past is due at once */
  schedule(at: number, fire: () => void, source: EventSource = 'timer'): Alarm {
    if (Number.isNaN(at)) throw new RangeError('An alarm needs a time, got NaN');
    const entry = {at, fire, source};
    this.#latestFirst.splice(this.#placeOf(at), 0, entry);
    return {cancel: () => this.#remove(entry)};
  }

  /** The earliest deadline in clock ticks, Infinity when nothing is scheduled. */
  next(): number {
    return this.#latestFirst.at(-1)?.at ?? Infinity;
  }

  /** Whose the earliest event is. */
  nextSource(): EventSource {
    return this.#latestFirst.at(-1)?.source ?? 'timer';
  }

  /** Fires everything due at `now`, including what the calls themselves schedule at or before it. */
  runDue(now: number): void {
    while (this.next() <= now) this.#latestFirst.pop()!.fire();
  }

  /** Fires what is due at `now` as long as the earliest is of a source that the test picks. */
  runDueOf(picks: (source: EventSource) => boolean, now: number): void {
    while (this.next() <= now && picks(this.nextSource())) this.#latestFirst.pop()!.fire();
  }

  /** Before every entry at the same time, so that it fires after them. */
  #placeOf(at: number): number {
    let low = 0;
    let high = this.#latestFirst.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#latestFirst[middle].at > at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #remove(entry: Entry): void {
    const index = this.#latestFirst.indexOf(entry);
    if (index !== -1) this.#latestFirst.splice(index, 1);
  }
}
