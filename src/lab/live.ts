// What a running lab shows of itself: the terminal polls snapshots, nothing is pushed into it.
import type {CellResult, RunResult} from './result.ts';
import type {Stretch, Timeline} from './timeline.ts';

export interface CellProgress {
  /** `workload[params] | technique | host`, unique in a run. */
  readonly key: string;
  readonly workload: string;
  readonly technique: string;
  readonly host: string;
  readonly status: 'waiting' | 'running' | 'done';
  /** Non-null exactly when done (a refused cell is done with outcome `refused`). */
  readonly result: CellResult | null;
}

export interface RunSnapshot {
  /** In plan order: workload, then host, then technique. */
  readonly cells: readonly CellProgress[];
  readonly done: number;
  readonly elapsedMs: number;
  /** Estimated wall-clock left, null until one cell has ended. */
  readonly etaMs: number | null;
  readonly finished: boolean;
  /** No further cell is started until the run is resumed; those begun go on. */
  readonly paused: boolean;
  readonly interrupted: boolean;
}

export interface LiveRun {
  snapshot(): RunSnapshot;
  /** Resolves when the last cell has ended or after `interrupt()`; never rejects for a cell's failure. */
  readonly done: Promise<RunResult>;
  /** Stops as soon as possible; what has ended is kept and marked incomplete. */
  interrupt(): void;
  /** Holds back cells that have not begun, or lets them go. */
  pause(on: boolean): void;
  /** What has ended so far, as a result document. */
  partial(): RunResult;
  /** Runs a cell of the plan again for its switches over time; rejects with a sentence. A new question takes the place of one not yet answered. */
  timeline(key: string, stretch: Stretch): Promise<Timeline>;
}
