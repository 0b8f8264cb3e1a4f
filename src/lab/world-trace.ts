// The stays of one run in each context, told one after another as they end: who had the processor, from when to when, and which
// switch brought it there. Nothing is kept, so a run may be as long as it likes. The run is observed; that changes no count.
import type {Context} from '../ledger/context.ts';
import type {Transition, TransitionObserver} from '../ledger/transitions.ts';
import type {Platform} from '../machine/platform.ts';
import type {Catalogue} from './catalogue.ts';
import {runGuest} from './guest-run.ts';
import type {CellSpec} from './spec.ts';

export interface Stay {
  readonly context: Context;
  /** Cycles of the guest's clock since the beginning of the trace. */
  readonly from: number;
  readonly to: number;
  /** How it came there; null for where the trace begins. */
  readonly by: Transition | null;
}

export interface TraceOptions {
  /** Stays told at most; the run goes on to its end. */
  readonly most: number;
  /** From the guest's first instruction, else from the beginning of the first measured region. */
  readonly fromStart: boolean;
}

export interface Traced {
  readonly told: number;
  /** Switches of the traced time, told or not. */
  readonly switches: number;
  /** Whether a measured region was met. */
  readonly region: boolean;
}

class StayObserver implements TransitionObserver {
  readonly #platform: Platform;
  readonly #options: TraceOptions;
  readonly #tell: (stay: Stay) => void;
  /** Guest time at the beginning of the trace; null before. */
  #began: number | null = null;
  #context: Context = 'guest-kernel';
  #by: Transition | null = null;
  #since = 0;
  #told = 0;
  #switches = 0;
  #region = false;

  constructor(platform: Platform, options: TraceOptions, tell: (stay: Stay) => void) {
    this.#platform = platform;
    this.#options = options;
    this.#tell = tell;
    if (options.fromStart) this.#begin();
    platform.transitions.observer = this;
    platform.recorder.onRegion = open => { if (open) this.#opened(); };
  }

  now(): number {
    return this.#platform.cpu.now();
  }

  crossed(number: number, at: number): void {
    const edge = this.#platform.transitions.list[number];
    if (this.#by === null) this.#context = edge.from;
    if (this.#began !== null) {
      this.#switches++;
      this.#leave(at);
    }
    this.#context = edge.to;
    this.#by = edge;
  }

  #opened(): void {
    this.#region = true;
    if (this.#began !== null) return;
    this.#by = null;
    this.#begin();
  }

  #begin(): void {
    this.#began = this.now();
    this.#since = this.#began;
  }

  #leave(at: number): void {
    // Why: an exit is told when its detail is known, with the time it had; never before what was already told.
    const to = Math.max(at, this.#since);
    if (this.#told < this.#options.most) {
      this.#told++;
      this.#tell({context: this.#context, from: this.#since - this.#began!, to: to - this.#began!, by: this.#by});
    }
    this.#since = to;
  }

  finish(): Traced {
    if (this.#began !== null) this.#leave(this.now());
    return {told: this.#told, switches: this.#switches, region: this.#region};
  }
}

/** @throws as `runGuest` */
export function traceWorlds(spec: CellSpec, catalogue: Catalogue, options: TraceOptions, tell: (stay: Stay) => void): Traced {
  let observer: StayObserver | null = null;
  runGuest(spec, catalogue, {clock: spec.clock, prepare: platform => { observer = new StayObserver(platform, options, tell); }});
  return (observer as StayObserver | null)!.finish();
}
