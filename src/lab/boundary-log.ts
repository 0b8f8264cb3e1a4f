// The guest's registers at every instruction boundary of a stretch of its run. The run goes at full speed up to the stretch
// and ends behind it; in between each instruction stands alone, which changes nothing that the guest can see.
import type {BlockFollower} from '../cpu/bus.ts';
import type {Cpu} from '../cpu/state.ts';
import type {Platform} from '../machine/platform.ts';
import {EFLAGS_RF} from '../x86/flags.ts';

/** General registers, EIP, EFLAGS. */
export type Image = readonly number[];

export const imageOf = (c: Cpu, flags: number): Image => [...c.r.subarray(0, 8), c.eip, flags];

/** Why not of an image: it is taken millions of times and must not allocate. */
export function hashOf(c: Cpu, flags: number): number {
  let hash = Math.imul(c.eip ^ 0x811c_9dc5, 0x0100_0193) ^ flags;
  for (let at = 0; at < 8; at++) hash = Math.imul(hash ^ c.r[at], 0x0100_0193) ^ (hash >>> 15);
  return hash;
}

export interface Stretch {
  /** Instructions retired at its first and behind its last boundary. */
  readonly from: number;
  readonly to: number;
}

/**
 * Told at each boundary, possibly more than once for the same: instructions retired, and EFLAGS as the guest believes them to
 * be. RF is left out: it says how the guest was entered.
 */
export type See = (c: Cpu, retired: number, flags: number) => void;

/** To be called before the guest runs; `budget` are the instructions it may take in all. */
export function watchBoundaries(platform: Platform, {from, to}: Stretch, see: See): void {
  const {cpu, recorder} = platform;
  limitTo(cpu, from);
  recorder.onExhausted = () => {
    recorder.onExhausted = () => false;
    cpu.follower = new Watcher(platform, cpu.follower, see);
    limitTo(cpu, to);
    cpu.lookUp();
    return true;
  };
}

function limitTo(cpu: Cpu, instructions: number): void {
  cpu.instructionsLeft += instructions - cpu.instructionLimit;
  cpu.instructionLimit = instructions;
}

class Watcher implements BlockFollower {
  readonly #platform: Platform;
  /** Whoever followed the guest before. */
  readonly #inner: BlockFollower | null;
  readonly #see: See;

  constructor(platform: Platform, inner: BlockFollower | null, see: See) {
    this.#platform = platform;
    this.#inner = inner;
    this.#see = see;
  }

  before(c: Cpu): boolean {
    this.#inner?.before(c);
    const {recorder} = this.#platform;
    this.#see(c, recorder.retired(), recorder.flagsOf(c) & ~EFLAGS_RF);
    return true;
  }
}
