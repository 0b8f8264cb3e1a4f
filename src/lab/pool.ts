// A pool of worker threads for cells. A worker that dies takes its cell with it, as an `error`, and is replaced;
// `stop()` ends all workers at once, a guest that loops for ever included.
import {Worker} from 'node:worker_threads';
import type {Writable} from 'node:stream';
import {closeGate, makeGate} from './keeping.ts';
import {CellQueue} from './queue.ts';
import type {WaitingCell} from './queue.ts';
import type {CellResult} from './result.ts';
import {unfinished} from './unfinished.ts';
import {messageOf} from './usage-error.ts';
import type {CellReport, WorkerSetup} from './worker.ts';

export interface PoolEvents {
  started(index: number): void;
  ended(index: number, result: CellResult): void;
}

export interface PoolOptions {
  readonly setup: WorkerSetup;
  readonly jobs: number;
  /** Where what plugins print goes; standard output belongs to the result. */
  readonly pluginOutput: Writable;
}

/** One thread and the cell it has in hand. */
class Seat {
  worker: Worker | null = null;
  cell: WaitingCell | null = null;
  /** What the thread died of, when it told. */
  fault: unknown = null;
}

export class Pool {
  readonly #queue: CellQueue;
  readonly #options: PoolOptions;
  readonly #events: PoolEvents;
  readonly #seats = new Set<Seat>();
  readonly #end = Promise.withResolvers<void>();
  /** Threads and whoever ends them agree by it that a guest's disk is put back whole. */
  readonly #gate = makeGate();
  #stopped = false;
  #paused = false;

  constructor(cells: readonly WaitingCell[], options: PoolOptions, events: PoolEvents) {
    this.#queue = new CellQueue(cells);
    this.#options = options;
    this.#events = events;
  }

  /** Resolves when every cell has ended or after `stop()`, with no thread left. */
  run(): Promise<void> {
    const jobs = Math.min(this.#options.jobs, this.#queue.size);
    for (let job = 0; job < jobs; job += 1) this.#hire(new Seat());
    if (jobs === 0) this.#end.resolve();
    return this.#end.promise;
  }

  /** Seats stay with their threads, so that going on costs nothing. */
  pause(on: boolean): void {
    this.#paused = on;
    if (on || this.#stopped) return;
    for (const seat of this.#seats) if (!seat.cell) this.#assign(seat);
  }

  stop(): void {
    this.#stopped = true;
    closeGate(this.#gate);
    for (const {worker} of this.#seats) void worker?.terminate();
    if (this.#seats.size === 0) this.#end.resolve();
  }

  #hire(seat: Seat): void {
    const worker = new Worker(new URL('worker.js', import.meta.url), {workerData: {...this.#options.setup, gate: this.#gate} satisfies WorkerSetup, stdout: true, stderr: true});
    for (const stream of [worker.stdout, worker.stderr]) stream.pipe(this.#options.pluginOutput, {end: false});
    this.#seats.add(seat);
    seat.worker = worker;
    seat.fault = null;
    worker.on('message', (report: CellReport) => this.#ended(seat, report.result));
    worker.on('error', error => { seat.fault = error; });
    worker.on('exit', code => this.#left(seat, code));
    this.#assign(seat);
  }

  #assign(seat: Seat): void {
    if (this.#paused && !this.#stopped && this.#queue.size > 0) return;
    seat.cell = this.#stopped ? null : this.#queue.next(seat);
    if (!seat.cell) {
      void seat.worker?.terminate();
      return;
    }
    this.#events.started(seat.cell.index);
    seat.worker?.postMessage({index: seat.cell.index, spec: seat.cell.spec});
  }

  #ended(seat: Seat, result: CellResult): void {
    if (this.#stopped || !seat.cell) return;
    const {index} = seat.cell;
    seat.cell = null;
    this.#events.ended(index, result);
    this.#assign(seat);
  }

  #left(seat: Seat, code: number): void {
    this.#seats.delete(seat);
    if (!this.#stopped && seat.cell) this.#lost(seat.cell, seat.fault ?? `it ended with exit code ${code}`);
    seat.cell = null;
    this.#queue.forget(seat);
    if (!this.#stopped && this.#queue.size > 0) this.#hire(seat);
    else if (this.#seats.size === 0) this.#end.resolve();
  }

  #lost({index, spec}: WaitingCell, fault: unknown): void {
    this.#events.ended(index, unfinished(spec, 'error', {reason: `the worker thread of this cell died: ${messageOf(fault)}`}));
  }
}
