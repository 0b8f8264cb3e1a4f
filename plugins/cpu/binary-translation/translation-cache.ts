// The translation cache: code that the translator made, in memory of the monitor's region that the processor executes in ring 1.
// A translation that is no longer true becomes INT3 to its last byte, so that whoever comes there, by a chained jump or by the
// very store that made it untrue, ends in the VMM at a point that still knows the guest's state.
import type {Carried} from 'worldswitch';
import {costNumber} from 'worldswitch';
import {displacement, type Assembler} from './assembler.ts';
import {HashTable, lookUpRoutine} from './hash-table.ts';
import {point, type Exit, type Point} from './point.ts';
import {CACHE_BASE, type MonitorMemory} from './region.ts';
import type {Translation} from './translation.ts';

const PAGE = 4096;
/** Most bytes of one translation's code: it lies within a page. */
export const MAX_CODE = PAGE;
const INT3 = 0xcc;
/** JMP with a 32-bit displacement. */
const JUMP_BYTES = 5;
const JMP = 0xe9;

const NO_MORE: Carried = {guest: 0, charges: []};
const RETIRING: Carried = {guest: 1, charges: []};
const INDIRECT: Carried = {guest: 0, charges: [costNumber.cache_indirect_jump, 1]};

export class TranslationCache {
  readonly hash: HashTable;
  readonly #memory: MonitorMemory;
  readonly #frames: ReadonlyMap<number, number>;
  /** Points by offset in the cache; what was dropped keeps its own until the next flush. */
  #points: Array<Point | undefined> = [];
  #next = 0;
  /** Where translations begin: behind the look-up routine. */
  readonly #first: number;
  readonly counts = {bytes: 0, chains: 0, flushes: 0, dropped: 0};

  constructor(memory: MonitorMemory) {
    this.#memory = memory;
    this.#frames = memory.cacheFrames();
    this.hash = new HashTable(memory);
    this.#install(lookUpRoutine(), null);
    this.#first = this.#next;
  }

  get used(): number {
    return this.#next;
  }

  /** Indirect jumps that found their translation by the hash table. */
  hits(counts: Float64Array): number {
    return counts[costNumber.cache_indirect_jump];
  }

  /** What the processor's decoder is told of an instruction here; null in any other frame. */
  readonly carried = (frame: number, at: number): Carried | null => {
    const page = this.#frames.get(frame);
    if (page === undefined) return null;
    const found = this.#points[page + at - CACHE_BASE];
    return found === undefined ? NO_MORE : found.indirect ? INDIRECT : found.guest === 1 ? RETIRING : NO_MORE;
  };

  /** The point at a linear address. */
  pointAt(linear: number): Point {
    const found = this.#points[(linear >>> 0) - CACHE_BASE];
    if (found === undefined) throw new Error(`the processor stands at 0x${(linear >>> 0).toString(16)} in the translation cache, where no instruction begins`);
    return found;
  }

  /** Whether code of this size still fits. */
  hasRoom(size: number): boolean {
    return this.#placeFor(size) + size <= this.#memory.cacheSize;
  }

  /** Gives a translation its place. */
  insert(asm: Assembler, make: (start: number, size: number) => Translation): Translation {
    const start = CACHE_BASE + this.#placeFor(asm.bytes.length);
    const translation = make(start, asm.bytes.length);
    this.#install(asm, translation);
    return translation;
  }

  /** A jump out of a translation goes straight to another one from now on. */
  chain(from: Translation, exit: Exit, to: number): void {
    const site = from.start + exit.site;
    this.#memory.writeCode(site, Uint8Array.from(displacement(to, site + 4)));
    this.counts.chains++;
  }

  /** Takes a translation out of use. */
  drop(translation: Translation): void {
    if (!translation.valid) return;
    translation.valid = false;
    this.counts.dropped++;
    this.hash.remove(translation);
    this.#memory.writeCode(translation.start, new Uint8Array(translation.size).fill(INT3));
  }

  /** Where a dropped translation began, its successor is jumped to. */
  forward(dropped: Translation, to: Translation): void {
    if (dropped.size < JUMP_BYTES || dropped.valid) return;
    this.#points[dropped.start - CACHE_BASE] = point(dropped.eip, {translation: dropped});
    this.#memory.writeCode(dropped.start, Uint8Array.of(JMP, ...displacement(to.start, dropped.start + JUMP_BYTES)));
  }

  /** Everything goes; the look-up routine stays. */
  flush(): void {
    this.counts.flushes++;
    this.hash.clear();
    this.#points.length = this.#first;
    this.#next = this.#first;
  }

  #placeFor(size: number): number {
    const room = PAGE - (this.#next & (PAGE - 1));
    return size <= room ? this.#next : this.#next + room;
  }

  #install(asm: Assembler, translation: Translation | null): void {
    const at = this.#placeFor(asm.bytes.length);
    this.#memory.writeCode(CACHE_BASE + at, asm.finish(CACHE_BASE + at));
    for (const {at: offset, point: each} of asm.points) {
      each.translation = translation;
      this.#points[at + offset] = each;
    }
    this.#next = at + asm.bytes.length;
    this.counts.bytes += asm.bytes.length;
  }
}

