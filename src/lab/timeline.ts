// The switches of one cell over modelled time: how long the processor was in each context, in equal parts of a stretch of the
// measured region, and the single switches there as far as they can be listed. The cell is run again for it, observed; that
// changes no count.
import type {Cpu} from '../cpu/state.ts';
import {CONTEXTS, type Context} from '../ledger/context.ts';
import type {Transition, Transitions} from '../ledger/transitions.ts';
import type {Platform} from '../machine/platform.ts';
import type {Catalogue} from './catalogue.ts';
import {runGuest} from './guest-run.ts';
import type {CellSpec} from './spec.ts';

/** A stretch of the region, in cycles since its beginning; time between regions does not count. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly parts: number;
}

export interface TimedSwitch extends Transition {
  /** Cycles since the beginning of the region. */
  readonly at: number;
}

export interface Timeline {
  readonly stretch: Stretch;
  /** Cycles in each context by part of the stretch. */
  readonly contexts: readonly {readonly context: Context; readonly cycles: readonly number[]}[];
  /** The first switches of the stretch. */
  readonly switches: readonly TimedSwitch[];
  /** Switches of the stretch, listed or not. */
  readonly count: number;
}

const MOST_LISTED = 1000;

class TimelineObserver {
  readonly #stretch: Stretch;
  readonly #transitions: Transitions;
  readonly #cpu: Cpu;
  #spent: Map<Context, Float64Array> = new Map();
  #listed: TimedSwitch[] = [];
  #count = 0;
  #context: Context = 'guest-kernel';
  /** Guest time of what was seen last, and region time then. */
  #last = 0;
  #elapsed = 0;
  /** Until the first region begins, the whole run counts as one. */
  #open = true;
  #regions = 0;

  constructor({cpu, transitions, recorder}: Platform, stretch: Stretch) {
    this.#stretch = stretch;
    this.#cpu = cpu;
    this.#transitions = transitions;
    transitions.observer = this;
    recorder.onRegion = open => this.#region(open);
  }

  now(): number {
    return this.#cpu.now();
  }

  crossed(number: number, at: number): void {
    this.#advance(at);
    const edge = this.#transitions.list[number];
    this.#context = edge.to;
    if (this.#open) this.#list(edge);
  }

  #list(edge: Transition): void {
    const {from, to} = this.#stretch;
    if (this.#elapsed < from || this.#elapsed >= to) return;
    this.#count++;
    if (this.#listed.length < MOST_LISTED) this.#listed.push({...edge, at: this.#elapsed});
  }

  #region(open: boolean): void {
    this.#advance(this.now());
    if (open && this.#regions++ === 0) this.#forget();
    this.#open = open;
  }

  /** What was before the first region is none of it. */
  #forget(): void {
    this.#spent = new Map();
    this.#listed = [];
    this.#count = 0;
    this.#elapsed = 0;
  }

  /** Time passes in the present context up to `at`. */
  #advance(at: number): void {
    // Why: an exit is told when its detail is known, with the time it had; never before what was already told.
    const passed = Math.max(0, at - this.#last);
    this.#last += passed;
    if (!this.#open || passed === 0) return;
    this.#spread(this.#elapsed, this.#elapsed + passed);
    this.#elapsed += passed;
  }

  #spread(begin: number, end: number): void {
    const {from, to, parts} = this.#stretch;
    const width = (to - from) / parts;
    let cycles = this.#spent.get(this.#context);
    if (!cycles) this.#spent.set(this.#context, cycles = new Float64Array(parts));
    const first = Math.max(0, Math.floor((begin - from) / width));
    const last = Math.min(parts - 1, Math.floor((end - from) / width));
    for (let part = first; part <= last; part++) {
      cycles[part] += Math.max(0, Math.min(end, from + (part + 1) * width) - Math.max(begin, from + part * width));
    }
  }

  finish(): Timeline {
    this.#advance(this.now());
    const contexts = CONTEXTS.flatMap(context => {
      const cycles = this.#spent.get(context);
      return cycles ? [{context, cycles: [...cycles]}] : [];
    });
    return {stretch: this.#stretch, contexts, switches: this.#listed, count: this.#count};
  }
}

/** @throws as `runGuest` */
export function timelineOf(spec: CellSpec, catalogue: Catalogue, stretch: Stretch): Timeline {
  let observer: TimelineObserver | null = null;
  runGuest(spec, catalogue, {clock: 'cycles', prepare: platform => { observer = new TimelineObserver(platform, stretch); }});
  return (observer as TimelineObserver | null)!.finish();
}
