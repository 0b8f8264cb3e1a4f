// The estimated time left of a run: wall-clock so far, scaled by how much work is done. The work of a cell is taken to
// be proportional to its budget of guest instructions, plus what every cell costs.
import type {CellSpec} from './spec.ts';

/** Guest instructions that take about as long as starting a cell. */
const FIXED_WORK = 1e6;

export const workOf = (spec: CellSpec): number => FIXED_WORK + spec.maxInstructions;

export class Estimate {
  #done = 0;
  #left: number;
  /** Milliseconds since the start at which the run will have ended. */
  #endsAt: number | null = null;

  /** @param left work of all cells that will run */
  constructor(left: number) {
    this.#left = left;
  }

  /** A cell has ended, `elapsedMs` after the start. */
  cellEnded(spec: CellSpec, elapsedMs: number): void {
    this.#done += workOf(spec);
    this.#left -= workOf(spec);
    this.#endsAt = elapsedMs + (elapsedMs / this.#done) * this.#left;
  }

  /** Null until a cell has ended. */
  leftMs(elapsedMs: number): number | null {
    return this.#endsAt === null ? null : Math.max(0, Math.round(this.#endsAt - elapsedMs));
  }
}
