// A running lab: cells go to the pool, their states are kept for whoever polls, and the result document is put together
// in plan order, whatever the order in which cells ended.
import {availableParallelism} from 'node:os';
import type {Writable} from 'node:stream';
import type {CatalogueSource} from './catalogue.ts';
import {environment} from './environment.ts';
import {Estimate, workOf} from './estimate.ts';
import type {CellProgress, LiveRun, RunSnapshot} from './live.ts';
import type {PlannedCell} from './plan.ts';
import {Pool} from './pool.ts';
import {SCHEMA_VERSION} from './result.ts';
import type {CellResult, RunResult} from './result.ts';
import {identityOf} from './resume.ts';
import type {Stretch, Timeline} from './timeline.ts';
import {runTimeline} from './timeline-worker.ts';
import {unfinished} from './unfinished.ts';

export interface RunOptions {
  readonly catalogue: CatalogueSource;
  /** Worker threads at most; null = one for each processor of this computer. */
  readonly jobs: number | null;
  /** The command line, for the result's environment. */
  readonly command: readonly string[];
  readonly pluginOutput: Writable;
  /** Address of the module that exports `runCell`; the lab's own unless a test says otherwise. */
  readonly runner?: string | undefined;
  /** An interrupted run to go on with: results by number of their cell in the plan, when it began and how long it took. */
  readonly kept?: Kept;
}

export interface Kept {
  readonly results: ReadonlyMap<number, CellResult>;
  readonly startedAt: Date;
  readonly elapsedMs: number;
}

const OWN_RUNNER = new URL('cell.js', import.meta.url).href;

/** Starts all cells that are not refused. */
export function startRun(plan: readonly PlannedCell[], options: RunOptions): LiveRun {
  return new Run(plan, options);
}

class Run implements LiveRun {
  readonly done: Promise<RunResult>;
  readonly #cells: CellProgress[];
  readonly #pool: Pool;
  readonly #estimate: Estimate;
  readonly #plan: readonly PlannedCell[];
  readonly #options: RunOptions;
  #timeline = new AbortController();
  readonly #startedAt = new Date();
  readonly #startedMs = performance.now();
  #elapsedMs: number | null = null;
  #interrupted = false;
  #pausedMs = 0;
  #pausedAt: number | null = null;

  constructor(plan: readonly PlannedCell[], options: RunOptions) {
    this.#plan = plan;
    this.#options = options;
    this.#cells = plan.map((planned, index) => initialProgress(planned, options.kept?.results.get(index) ?? null));
    const waiting = plan.flatMap(({spec, refusal}, index) => (refusal === null && this.#cells[index].result === null ? [{index, spec}] : []));
    this.#estimate = new Estimate(waiting.reduce((sum, {spec}) => sum + workOf(spec), 0));
    const {catalogue, runner = OWN_RUNNER, jobs, pluginOutput} = options;
    this.#pool = new Pool(waiting, {setup: {catalogue, runner}, jobs: jobs ?? availableParallelism(), pluginOutput}, {
      started: index => this.#change(index, {status: 'running'}),
      ended: (index, result) => {
        this.#estimate.cellEnded(plan[index].spec, this.#elapsed());
        this.#change(index, {status: 'done', result});
      },
    });
    this.done = this.#finish();
  }

  snapshot(): RunSnapshot {
    const done = this.#cells.filter(cell => cell.status === 'done').length;
    const finished = this.#elapsedMs !== null;
    const elapsedMs = this.#elapsed();
    return {
      cells: [...this.#cells], done, elapsedMs, finished, interrupted: this.#interrupted, paused: this.#pausedAt !== null && !finished,
      etaMs: finished ? 0 : this.#estimate.leftMs(elapsedMs),
    };
  }

  interrupt(): void {
    this.#timeline.abort();
    if (this.#elapsedMs !== null || this.#interrupted) return;
    this.#interrupted = true;
    this.#pool.stop();
  }

  pause(on: boolean): void {
    if (on === (this.#pausedAt !== null) || this.#elapsedMs !== null) return;
    if (!on) this.#pausedMs += performance.now() - this.#pausedAt!;
    this.#pausedAt = on ? performance.now() : null;
    this.#pool.pause(on);
  }

  partial(): RunResult {
    return this.#document(this.#elapsed());
  }

  async #finish(): Promise<RunResult> {
    await this.#pool.run();
    this.#elapsedMs = this.#elapsed();
    return this.#document(this.#elapsedMs);
  }

  timeline(key: string, stretch: Stretch): Promise<Timeline> {
    const planned = this.#plan.find(({spec}) => spec.key === key);
    if (!planned) return Promise.reject(new Error(`The plan has no cell ${key}.`));
    this.#timeline.abort();
    this.#timeline = new AbortController();
    const {catalogue, pluginOutput} = this.#options;
    return runTimeline({catalogue, spec: planned.spec, stretch}, {output: pluginOutput, signal: this.#timeline.signal});
  }

  #document(elapsedMs: number): RunResult {
    const cells = this.#cells.flatMap(cell => cell.result ?? []);
    const complete = cells.length === this.#cells.length;
    const {kept, command} = this.#options;
    const now = environment({startedAt: this.#startedAt, elapsedMs, command});
    return {
      schemaVersion: SCHEMA_VERSION, complete,
      environment: kept ? {...now, startedAt: kept.startedAt.toISOString(), elapsedMs: kept.elapsedMs + elapsedMs} : now,
      ...(complete ? {} : {plan: identityOf(this.#plan)}), cells,
    };
  }

  /** Time in which the run was paused does not count. */
  #elapsed(): number {
    return this.#elapsedMs ?? Math.round((this.#pausedAt ?? performance.now()) - this.#startedMs - this.#pausedMs);
  }

  #change(index: number, change: {status: 'running'} | {status: 'done'; result: CellResult}): void {
    this.#cells[index] = {...this.#cells[index], ...change};
  }
}

function initialProgress({spec, refusal}: PlannedCell, kept: CellResult | null): CellProgress {
  const result = refusal === null ? kept : unfinished(spec, 'refused', {reason: refusal});
  return {
    key: spec.key, workload: spec.workload, technique: spec.technique.name, host: spec.host,
    status: result ? 'done' : 'waiting', result,
  };
}
