// The VMM's own host frames: shadow and nested tables come from here, never from the guest's memory.
import type {PhysicalMemory} from '../memory/physical.ts';

export class FramePool {
  readonly #memory: PhysicalMemory;
  readonly #free: number[] = [];

  /** @param first host frame where the pool begins; it reaches to the end of host memory */
  constructor(memory: PhysicalMemory, first: number) {
    this.#memory = memory;
    for (let frame = memory.frames - 1; frame >= first; frame--) this.#free.push(frame);
  }

  get available(): number {
    return this.#free.length;
  }

  /** A cleared frame, or -1 when the pool is empty. */
  take(): number {
    const frame = this.#free.pop() ?? -1;
    if (frame >= 0) this.#memory.clearFrame(frame);
    return frame;
  }

  give(frame: number): void {
    this.#free.push(frame);
  }
}
