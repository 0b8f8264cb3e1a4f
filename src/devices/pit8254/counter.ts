// One counter of the 8254: when the counting element is loaded, how GATE stops and starts it, and what OUT does. Nothing
// runs between accesses: the state is a pure function of the CLK pulse asked about. Intel 82C54 datasheet (231244),
// "Mode Definitions" and "Operation Common to All Modes". Bytes and latches are in `byte-port.ts`.
//
// Deviation: a count of 1 in modes 2 and 3, which the datasheet calls illegal, is taken as 2.
import {countingElement, type Edge, highHalf, type Mode, nextEdge, nextReload, outLevel, type Run} from './count.ts';

/** A load of the counting element that is still to come. */
interface Pending {
  readonly tick: number;
  readonly run: Run;
}

const periodic = (mode: Mode): mode is 2 | 3 => mode === 2 || mode === 3;
const triggered = (mode: Mode): boolean => mode === 1 || mode === 5;

/** Invariant: the ticks passed in never go back. */
export class Counter {
  /** Whether a count was written that the counting element hasn't taken yet. */
  nullCount = true;
  #mode: Mode = 3;
  #modulus = 0x10000;
  #gate: boolean;
  /** The count register; null until a count is written. */
  #count: number | null = null;
  #run: Run | null = null;
  #pending: Pending | null = null;
  /** Where the counting element stands while there is no run. */
  #resting = 0;
  /** When GATE stopped mode 0 or 4; null while it counts, and always in the other modes. */
  #stoppedAt: number | null = null;

  constructor(gate: boolean) {
    this.#gate = gate;
  }

  /** A control word: OUT goes to its initial level and the counter waits for a count. */
  configure(tick: number, mode: Mode, bcd: boolean): void {
    this.#rest(tick);
    this.#mode = mode;
    this.#modulus = bcd ? 10_000 : 0x10000;
    this.#count = null;
    this.nullCount = true;
    this.#stoppedAt = this.#gate || triggered(mode) || periodic(mode) ? null : tick;
  }

  /** The first of two bytes of a count: mode 0 stops. */
  holdForSecondByte(tick: number): void {
    if (this.#mode === 0) this.#rest(tick);
  }

  /** A count is complete. @param count 1 to the modulus */
  write(tick: number, count: number): void {
    this.#sync(tick);
    this.#count = periodic(this.#mode) && count === 1 ? 2 : count;
    this.nullCount = true;
    if (this.#mode === 0) this.#rest(tick);
    if (periodic(this.#mode)) this.#writePeriodic(tick, this.#mode, this.#count);
    else if (!triggered(this.#mode)) this.#loadNext(tick, this.#count);
  }

  /** Drives the GATE pin. Intel 82C54, figure 21 "Gate Pin Operations Summary". */
  setGate(tick: number, gate: boolean): void {
    this.#sync(tick);
    if (gate === this.#gate) return;
    this.#gate = gate;
    if (triggered(this.#mode) || periodic(this.#mode)) {
      if (!gate && periodic(this.#mode)) this.#rest(tick);
      if (gate && this.#count !== null) this.#loadNext(tick, this.#count);
    } else if (gate) this.#resume(tick);
    else this.#stoppedAt = tick;
  }

  /** The level of OUT. */
  out(tick: number): boolean {
    this.#sync(tick);
    if (this.#run === null) return this.#mode !== 0;
    return outLevel(this.#mode, this.#run.count, this.#elapsed(tick, this.#run));
  }

  /** The counting element, 0 up to below the modulus. */
  value(tick: number): number {
    this.#sync(tick);
    if (this.#run === null) return this.#resting;
    const {count} = this.#run;
    return countingElement(this.#mode, {count, elapsed: this.#elapsed(tick, this.#run), modulus: this.#modulus});
  }

  /** The next change of OUT after `tick` if nobody touches the counter, or null. */
  nextEdge(tick: number): Edge | null {
    this.#sync(tick);
    const current = this.#edgeOfRun(tick);
    const pending = this.#pending;
    if (pending === null || (current !== null && current.tick <= pending.tick)) return current;
    return this.#stoppedAt !== null ? null : nextEdge(this.#mode, pending.run, pending.tick - pending.run.at);
  }

  #edgeOfRun(tick: number): Edge | null {
    if (this.#run === null || this.#stoppedAt !== null) return null;
    return nextEdge(this.#mode, this.#run, this.#elapsed(tick, this.#run));
  }

  #elapsed(tick: number, run: Run): number {
    return Math.max(0, (this.#stoppedAt ?? tick) - run.at);
  }

  /** Takes a pending load whose pulse has come. */
  #sync(tick: number): void {
    if (this.#pending === null || tick < this.#pending.tick) return;
    this.#run = this.#pending.run;
    this.#pending = null;
    this.nullCount = false;
  }

  /** Keeps the counting element as it is and drops the run. */
  #rest(tick: number): void {
    this.#resting = this.value(tick);
    this.#run = null;
    this.#pending = null;
  }

  /** Loads on the CLK pulse that follows. */
  #loadNext(tick: number, count: number): void {
    this.#pending = {tick: tick + 1, run: {at: tick + 1, count}};
  }

  /** The present period, in mode 3 the present half, is finished with the old count. */
  #writePeriodic(tick: number, mode: 2 | 3, count: number): void {
    if (!this.#gate) return;
    if (this.#run === null) return this.#loadNext(tick, count);
    const elapsed = this.#elapsed(tick, this.#run);
    const reload = nextReload(mode, this.#run, elapsed);
    const lowHalfNext = mode === 3 && outLevel(3, this.#run.count, elapsed);
    this.#pending = {tick: reload, run: {at: lowHalfNext ? reload - highHalf(count) : reload, count}};
  }

  #resume(tick: number): void {
    if (this.#run !== null && this.#stoppedAt !== null) {
      const lost = tick - Math.max(this.#stoppedAt, this.#run.at);
      this.#run = {at: this.#run.at + lost, count: this.#run.count};
    }
    this.#stoppedAt = null;
  }
}
