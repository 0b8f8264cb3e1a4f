// Runs one random program under one technique and keeps what can be seen from outside: how it ended, what it printed, how
// many instructions it took, the trail of registers, and all of its memory.
import type {Catalogue} from '../lab/catalogue.ts';
import {runGuest, type GuestRun, type Target} from '../lab/guest-run.ts';
import {PluginError} from '../lab/guard.ts';
import type {CellSpec} from '../lab/spec.ts';
import type {Technique} from '../lab/technique.ts';
import {resetForMultiboot} from '../machine/reset.ts';
import {PhysicalMemory} from '../memory/physical.ts';
import {HOST_BASE} from '../memory/layout.ts';
import {KERNEL_CODE, MEMORY_MIB, PAGE} from './layout.ts';
import {imageOf, type Program} from './program.ts';
import {PLAIN} from './setting.ts';
import type {Piece} from './tables.ts';
import type {Contender} from './techniques.ts';

const MIB = 2 ** 20;
const VMM_MEMORY = 4 * MIB;
/** Slow enough that the shortest period of the timer is some dozens of instructions. */
const INSTRUCTIONS_PER_SECOND = 20_000_000;
export const MOST_INSTRUCTIONS = 40_000;

export interface Behaviour {
  /** Null when a strategy threw; then `failure` says what. */
  readonly run: GuestRun | null;
  readonly failure: string;
  /** Doublewords of guest memory, as far as programs reach. */
  readonly memory: Int32Array;
}

const NOTHING: Program = {seed: 0, setting: PLAIN, bodies: {first: [], user: [], second: []}};

/** A machine's memory that serves one run after another. */
export class Bench {
  readonly #catalogue: Catalogue;
  readonly #allocated = PhysicalMemory.allocate(MEMORY_MIB * MIB + VMM_MEMORY);
  readonly #bytes = new Uint8Array(this.#allocated.buffer);

  #image: {readonly program: Program; readonly pieces: readonly Piece[]} | null = null;

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue;
  }

  run(program: Program, technique: Technique, host: string): Behaviour {
    const spec: CellSpec = {
      key: `program ${program.seed} | ${technique.name} | ${host}`, workload: `program ${program.seed}`, image: null, params: {}, technique, host,
      clock: 'instructions', maxInstructions: MOST_INSTRUCTIONS, memoryMiB: MEMORY_MIB, append: '', samples: 0,
    };
    let loaded: Target | null = null;
    const load = (target: Target): void => {
      loaded = target;
      for (const {address, bytes} of this.#imageOf(program)) target.write(address, bytes);
      resetForMultiboot(target.platform.cpu, {entry: KERNEL_CODE, magic: 0, infoAddress: 0});
    };
    try {
      const machine = {vmmMemory: VMM_MEMORY, instructionsPerSecond: INSTRUCTIONS_PER_SECOND, allocated: this.#allocated, load};
      const run = runGuest(spec, this.#catalogue, {clock: 'instructions', machine, maxBlock: 8});
      return {run, failure: '', memory: memoryOf(run.guestMemory)};
    } catch (error) {
      return {run: null, failure: failureOf(error), memory: new Int32Array(0)};
    } finally {
      this.#clear(loaded);
    }
  }

  /** Whether the technique's strategies can be created on the host. */
  starts({technique, host}: Contender): boolean {
    return !/ failed in create\(\) /.test(this.run(NOTHING, technique, host).failure);
  }

  /** Why kept: the same program runs under one technique after another. */
  #imageOf(program: Program): readonly Piece[] {
    if (this.#image?.program !== program) this.#image = {program, pieces: imageOf(program)};
    return this.#image.pieces;
  }

  /** Leaves views, guest memory and registers as a new memory has them; the VMM clears its own frames when it takes them. */
  #clear(target: Target | null): void {
    target?.platform.cpu.mmu.flush(true);
    target?.platform.tlb.flushAll();
    this.#bytes.fill(0, 0, 0x1000);
    this.#bytes.fill(0, HOST_BASE, HOST_BASE + MEMORY_MIB * MIB);
  }
}

function failureOf(error: unknown): string {
  if (error instanceof PluginError) return error.message;
  return error instanceof Error ? `worldswitch itself failed: ${error.stack ?? error.message}` : String(error);
}

/** Where programs write: the first megabyte's tables, code, stacks, log and data, and the first pages of the large page. */
const REACHED: ReadonlyArray<readonly [from: number, to: number]> = [[0, 0x33000], [0x40_0000, 0x42_0000]];

function memoryOf(target: Target): Int32Array {
  const words = new Int32Array(REACHED.reduce((sum, [from, to]) => sum + (to - from) / 4, 0));
  const {i32} = target.platform.memory;
  let at = 0;
  for (const [from, to] of REACHED) {
    for (let address = from; address < to; address += PAGE, at += PAGE / 4) words.set(i32.subarray(target.offset(address) / 4, target.offset(address) / 4 + PAGE / 4), at);
  }
  return words;
}

/** Guest-physical address of a word of `Behaviour.memory`. */
export function addressOf(index: number): number {
  let left = index * 4;
  for (const [from, to] of REACHED) {
    if (left < to - from) return from + left;
    left -= to - from;
  }
  return -1;
}
