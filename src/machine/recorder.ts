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
  /** Instructions the processor executed beyond those of the guest. */
  surplus: number;
  repIterations: number;
  interrupts: number;
  tscReads: number;
  deviceWaits: number;
  idle: number;
  counts: Float64Array;
  crossings: Float64Array;
}

/** Follows one guest: what happens to it beside its instructions. Must change nothing. */
export interface Witness {
  marker(n: number): void;
  interrupt(vector: number): void;
  /** An exception or software interrupt was delivered through the guest's own table. */
  delivered(event: DeliveredEvent): void;
  /** The VMM is about to carry out the instruction at the processor's EIP. */
  emulates(): void;
}

export interface DeliveredEvent {
  readonly vector: number;
  readonly type: number;
  readonly errorCode: number;
}

export class Recorder implements Observer {
  /** Counts of the measured regions; the whole run while no region was ever opened. */
  readonly trail = new Trail();
  readonly notes: string[] = [];
  operations = 0;
  /** Guest instructions that the VMM emulated. */
  emulated = 0;
  /** An emulator executes every instruction; `emulated` is not counted then. */
  emulatesAll = false;
  deviceWaits = 0;
  /** EFLAGS as the guest believes them to be: a deprivileged guest's IF and IOPL are the VMM's to know. */
  flagsOf: (cpu: Cpu) => number = materialize;
  /** EIP as the guest believes it to be: in a translation cache the processor's is another. */
  eipOf: (cpu: Cpu) => number = cpu => cpu.eip;
  /** A measured region begins or ends. */
  onRegion: (open: boolean) => void = () => {};
  witness: Witness | null = null;
  #cpu: Cpu | null = null;
  #transitions: Transitions | null = null;
  #region: Tally | null = null;
  #open = false;
  readonly #begun: Tally = emptyTally();
  readonly #ended: Tally = emptyTally();
  #anyRegion = false;
  #operationsOutside = 0;

  /** Must be called once before the guest runs. */
  attach(cpu: Cpu): void {
    this.#cpu = cpu;
    this.#transitions = cpu.transitions;
  }

  marker(n: number): void {
    this.witness?.marker(n);
    if (n === MARKER_BEGIN) this.#begin();
    else if (n === MARKER_END) this.#end();
    else if (n === MARKER_OPERATION) this.#operation();
    else if (n === MARKER_CHECKPOINT) this.#note('checkpoint');
  }

  interruptTaken(vector: number): void {
    this.#note('interrupt', vector);
    this.witness?.interrupt(vector);
  }

  delivered(event: DeliveredEvent): void {
    this.witness?.delivered(event);
  }

  /** What happens when the budget of instructions is used up; true: it has been raised. */
  onExhausted: () => boolean = () => false;

  exhausted(): boolean {
    return this.onExhausted();
  }

  /** To be called when the guest has ended, before its state is gone. */
  ended(): void {
    this.#note('end');
  }

  #note(what: TrailEntry['what'], vector = 0): void {
    const c = this.cpu;
    this.trail.add(what, this.retired(), {r: c.r, eip: this.eipOf(c), eflags: this.flagsOf(c)}, vector);
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
    const tally = emptyTally();
    this.#take(tally);
    return tally;
  }

  /** Why: a workload may open a region every few microseconds, so a snapshot goes into a tally that is there already. */
  #take(into: Tally): void {
    const c = this.cpu;
    c.blocks.settle(c.meter.counts);
    into.instructions = this.retired();
    into.emulated = this.emulatesAll ? into.instructions : this.emulated;
    into.surplus = c.blocks.surplus;
    into.repIterations = c.repIterations;
    into.interrupts = c.interruptsTaken;
    into.tscReads = c.tscReads;
    into.deviceWaits = this.deviceWaits;
    into.idle = c.meter.idle;
    into.counts = copied(c.meter.counts, into.counts);
    into.crossings = copied((this.#transitions as Transitions).counts, into.crossings);
  }

  /** Closes an open region and returns the counts of all of them, or of the whole run when there was none. */
  finish(): {region: Tally; total: Tally} {
    const total = this.total();
    if (this.#open) this.#end();
    if (!this.#anyRegion) this.operations = this.#operationsOutside;
    return {region: this.#region ?? total, total};
  }

  #begin(): void {
    this.#anyRegion = true;
    if (this.#open) return;
    this.#take(this.#begun);
    this.#open = true;
    this.onRegion(true);
  }

  #end(): void {
    if (!this.#open) {
      this.notes.push('an end marker without a begin was ignored');
      return;
    }
    this.#take(this.#ended);
    this.#region ??= emptyTally();
    addStretch(this.#region, this.#begun, this.#ended);
    this.#open = false;
    this.onRegion(false);
  }

  #operation(): void {
    if (this.#open) this.operations++;
    else this.#operationsOutside++;
  }
}

const SCALARS = ['instructions', 'emulated', 'surplus', 'repIterations', 'interrupts', 'tscReads', 'deviceWaits', 'idle'] as const;

const emptyTally = (): Tally => ({
  instructions: 0, emulated: 0, surplus: 0, repIterations: 0, interrupts: 0, tscReads: 0, deviceWaits: 0, idle: 0,
  counts: new Float64Array(0), crossings: new Float64Array(0),
});

/** A copy, in the array given when that is long enough. */
function copied(from: Float64Array, into: Float64Array): Float64Array {
  if (into.length !== from.length) return from.slice();
  into.set(from);
  return into;
}

/** Adds what was counted between two snapshots. */
function addStretch(sum: Tally, earlier: Tally, later: Tally): void {
  for (const name of SCALARS) sum[name] += later[name] - earlier[name];
  sum.counts = added(sum.counts, earlier.counts, later.counts);
  sum.crossings = added(sum.crossings, earlier.crossings, later.crossings);
}

function added(sum: Float64Array, earlier: Float64Array, later: Float64Array): Float64Array {
  let result = sum;
  if (sum.length < later.length) {
    result = new Float64Array(later.length);
    result.set(sum);
  }
  for (let at = 0; at < later.length; at++) result[at] += later[at] - (at < earlier.length ? earlier[at] : 0);
  return result;
}
