// What a cell records while it runs: measured regions by marker, operations, checkpoints, and the trail by which two runs
// of one guest are compared. Counts inside a region are differences of snapshots.
import type {Observer} from '../cpu/bus.ts';
import {materialize} from '../cpu/flags.ts';
import type {Cpu} from '../cpu/state.ts';
import type {Transitions} from '../ledger/transitions.ts';
import {Trail, type TrailEntry} from './trail.ts';

export const MARKER_BEGIN = 1, MARKER_END = 2, MARKER_OPERATION = 3, MARKER_CHECKPOINT = 4;

/** Everything that is counted, at one moment or over a stretch. */
export interface Tally {
  instructions: number;
  emulated: number;
  repIterations: number;
  interrupts: number;
  tscReads: number;
  deviceWaits: number;
  idle: number;
  counts: Float64Array;
  crossings: Float64Array;
}

export class Recorder implements Observer {
  /** Counts of the measured regions; the whole run while no region was ever opened. */
  readonly trail = new Trail();
  readonly notes: string[] = [];
  operations = 0;
  /** Guest instructions that the VMM emulated. */
  emulated = 0;
  deviceWaits = 0;
  #cpu: Cpu | null = null;
  #transitions: Transitions | null = null;
  #region: Tally | null = null;
  #begun: Tally | null = null;
  #anyRegion = false;
  #operationsOutside = 0;

  /** Must be called once before the guest runs. */
  attach(cpu: Cpu): void {
    this.#cpu = cpu;
    this.#transitions = cpu.transitions;
  }

  marker(n: number): void {
    if (n === MARKER_BEGIN) this.#begin();
    else if (n === MARKER_END) this.#end();
    else if (n === MARKER_OPERATION) this.#operation();
    else if (n === MARKER_CHECKPOINT) this.#note('checkpoint');
  }

  interruptTaken(vector: number): void {
    this.#note('interrupt', vector);
  }

  /** To be called when the guest has ended, before its state is gone. */
  ended(): void {
    this.#note('end');
  }

  #note(what: TrailEntry['what'], vector = 0): void {
    const c = this.cpu;
    materialize(c);
    this.trail.add(what, this.retired(), c, vector);
  }

  /** Guest instructions retired so far. */
  retired(): number {
    return this.cpu.instructionLimit - this.cpu.instructionsLeft;
  }

  get cpu(): Cpu {
    if (this.#cpu === null) throw new Error('the recorder is not attached to a processor');
    return this.#cpu;
  }

  /** All counts since reset. */
  total(): Tally {
    const c = this.cpu;
    c.blocks.settle(c.meter.counts);
    return {
      instructions: this.retired(), emulated: this.emulated, repIterations: c.repIterations, interrupts: c.interruptsTaken,
      tscReads: c.tscReads, deviceWaits: this.deviceWaits, idle: c.meter.idle,
      counts: c.meter.counts.slice(), crossings: (this.#transitions as Transitions).counts.slice(),
    };
  }

  /** Closes an open region and returns the counts of all of them, or of the whole run when there was none. */
  finish(): {region: Tally; total: Tally} {
    const total = this.total();
    if (this.#begun) this.#end();
    if (!this.#anyRegion) this.operations = this.#operationsOutside;
    return {region: this.#region ?? total, total};
  }

  #begin(): void {
    this.#anyRegion = true;
    this.#begun ??= this.total();
  }

  #end(): void {
    if (this.#begun === null) {
      this.notes.push('an end marker without a begin was ignored');
      return;
    }
    const stretch = difference(this.total(), this.#begun);
    this.#region = this.#region ? sum(this.#region, stretch) : stretch;
    this.#begun = null;
  }

  #operation(): void {
    if (this.#begun) this.operations++;
    else this.#operationsOutside++;
  }
}

const SCALARS = ['instructions', 'emulated', 'repIterations', 'interrupts', 'tscReads', 'deviceWaits', 'idle'] as const;

function combine(a: Tally, b: Tally, how: (x: number, y: number) => number): Tally {
  const arrays = (x: Float64Array, y: Float64Array): Float64Array =>
    Float64Array.from({length: Math.max(x.length, y.length)}, (_, at) => how(x[at] ?? 0, y[at] ?? 0));
  const result: Tally = {...a, counts: arrays(a.counts, b.counts), crossings: arrays(a.crossings, b.crossings)};
  for (const name of SCALARS) result[name] = how(a[name], b[name]);
  return result;
}

const difference = (later: Tally, earlier: Tally): Tally => combine(later, earlier, (x, y) => x - y);
const sum = (a: Tally, b: Tally): Tally => combine(a, b, (x, y) => x + y);
