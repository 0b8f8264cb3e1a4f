// A run that ends one prepared cell after another, for tests of whatever follows a run and for the demonstration.
import type {CellProgress, LiveRun, RunSnapshot} from '../lab/live.ts';
import type {CellResult, RunResult} from '../lab/result.ts';
import type {Stretch, Timeline} from '../lab/timeline.ts';
import {resultEntry} from './matrix.ts';
import {testingCells, testingRun} from './testing-run.ts';

const progress = (result: CellResult, status: CellProgress['status']): CellProgress => {
  const {rowKey, workload, technique, host} = resultEntry(result);
  return {key: `${rowKey} | ${technique} | ${host}`, workload, technique, host, status, result: status === 'done' ? result : null};
};

export class TestingLive implements LiveRun {
  readonly #cells: readonly CellResult[];
  readonly #settled = Promise.withResolvers<RunResult>();
  #ended = 0;
  #interrupted = false;
  #paused = false;

  constructor(cells: readonly CellResult[] = testingCells()) {
    this.#cells = cells;
  }

  get done(): Promise<RunResult> {
    return this.#settled.promise;
  }

  /** Ends the next `count` cells; the last one ends the run. */
  advance(count = 1): void {
    if (this.#interrupted || this.#paused) return;
    this.#ended = Math.min(this.#cells.length, this.#ended + count);
    if (this.#ended === this.#cells.length) this.#settled.resolve(testingRun(this.#cells));
  }

  interrupt(): void {
    if (this.#ended === this.#cells.length) return;
    this.#interrupted = true;
    this.#settled.resolve(testingRun(this.#cells.slice(0, this.#ended), {complete: false}));
  }

  pause(on: boolean): void {
    this.#paused = on;
  }

  partial(): RunResult {
    return testingRun(this.#cells.slice(0, this.#ended), {complete: this.#ended === this.#cells.length});
  }

  /** A processor that goes back and forth between the guest and the VMM, a tenth of the stretch in each. */
  timeline(_key: string, stretch: Stretch): Promise<Timeline> {
    const {from, to, parts} = stretch;
    const tenth = (to - from) / 10;
    const inGuest = (part: number): boolean => Math.floor((part * 10) / parts) % 2 === 0;
    const cycles = (guest: boolean): number[] => Array.from({length: parts}, (_, part) => (inGuest(part) === guest ? (to - from) / parts : 0));
    const switches = Array.from({length: 9}, (_, at) => (at % 2 === 0
      ? {from: 'guest-kernel', to: 'vmm', kind: 'exit', reason: 'CPUID', detail: '0x1', at: from + (at + 1) * tenth} as const
      : {from: 'vmm', to: 'guest-kernel', kind: 'return', reason: 'entry', detail: '', at: from + (at + 1) * tenth} as const));
    return Promise.resolve({stretch, switches, count: switches.length, contexts: [{context: 'guest-kernel', cycles: cycles(true)}, {context: 'vmm', cycles: cycles(false)}]});
  }

  snapshot(): RunSnapshot {
    const left = this.#cells.length - this.#ended;
    const status = (at: number): CellProgress['status'] =>
      at < this.#ended ? 'done' : at === this.#ended && !this.#interrupted ? 'running' : 'waiting';
    return {
      cells: this.#cells.map((cell, at) => progress(cell, status(at))), done: this.#ended, elapsedMs: this.#ended * 100,
      etaMs: this.#ended === 0 ? null : left * 100, finished: left === 0 || this.#interrupted, interrupted: this.#interrupted, paused: this.#paused,
    };
  }
}
