// The monitor's region as binary translation lays it out behind descriptor table and task state segment: a page of state that
// translated code reaches through GS, the hash table of indirect targets, and the translation cache itself.
import {hpa, HOST_BASE, Monitor, MONITOR_SPARE} from 'worldswitch';
import type {Vmm} from 'worldswitch';

const PAGE = 4096;

/** Words of the state page, as linear addresses: what the guest believes, and scratch of the in-cache sequences. */
export const STATE = MONITOR_SPARE;
const word = (n: number): number => STATE + n * 4;
export const VIRTUAL_IF = word(0), VIRTUAL_IOPL = word(1), PENDING = word(2), SAVED_EAX = word(3), SAVED_ECX = word(4), TARGET = word(5),
  DESTINATION = word(6), OLD_IF = word(7), OLD_IOPL = word(8), VIRTUAL_SS = word(9), VIRTUAL_GS = word(10),
  IF_BEFORE_STI = word(17), SELECTOR = word(18);
/** CR0, CR2, CR3 and CR4 as the guest believes them to be. */
export const VIRTUAL_CR = [word(12), word(13), word(14), word(15)] as const;
/** By bits 8 to 15 of a flags image: whether POPF of it needs the VMM, and the IF in it. */
export const NOT_PLAIN = STATE + 0x400, IF_OF = STATE + 0x800;
/** By a selector's low byte: whether its RPL is 1 or 2, which the compressed ring would judge wrongly. */
export const MIDDLE_RPL = STATE + 0xc00;

/** The hash of an address is 8 x its low byte + its second byte: all that can be had without touching the flags. */
export const HASH_SLOTS = 255 * 8 + 255 + 1;
export const HASH_TABLE = STATE + PAGE;
const HASH_PAGES = Math.ceil((HASH_SLOTS * 8) / PAGE);

export const CACHE_BASE = HASH_TABLE + HASH_PAGES * PAGE;

/** Host memory of the region, reached by linear address. */
export class MonitorMemory {
  readonly monitor: Monitor;
  /** Bytes of the translation cache. */
  readonly cacheSize: number;
  readonly #memory: Vmm['platform']['memory'];

  constructor(vmm: Vmm, cacheSize: number) {
    this.#memory = vmm.platform.memory;
    this.cacheSize = cacheSize;
    this.monitor = new Monitor(vmm, ['kernel'], 1 + HASH_PAGES + cacheSize / PAGE);
  }

  read(linear: number): number {
    return this.#memory.i32[(HOST_BASE + this.#physical(linear)) >> 2];
  }

  write(linear: number, value: number): void {
    this.#memory.i32[(HOST_BASE + this.#physical(linear)) >> 2] = value;
  }

  /** Code: what has been decoded of it is dropped. */
  writeCode(linear: number, bytes: Uint8Array): void {
    this.#memory.writeBytes(hpa(this.#physical(linear)), bytes);
  }

  /** Linear address of the page in a host frame, by frame: the translation cache's only. */
  cacheFrames(): Map<number, number> {
    return new Map(Array.from({length: this.cacheSize / PAGE}, (_, page) => [this.monitor.frameAt(CACHE_BASE + page * PAGE), CACHE_BASE + page * PAGE]));
  }

  #physical(linear: number): number {
    return this.monitor.frameAt(linear) * PAGE + (linear & (PAGE - 1));
  }
}
