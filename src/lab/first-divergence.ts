// The very first instruction after which a guest's registers differ from bare metal's. Both runs are made again, being
// deterministic, and compared at every instruction boundary of the stretch in which their trails part.
import {hostTables, type Platform} from '../machine/platform.ts';
import {TwoLevelWalker} from '../memory/two-level.ts';
import type {Translation} from '../memory/translation.ts';
import {WALK_DONE} from '../memory/walk.ts';
import {CS, REGISTER_NAMES} from '../x86/registers.ts';
import {HOST_BASE} from '../memory/layout.ts';
import {hashOf, imageOf, watchBoundaries, type Image, type See, type Stretch} from './boundary-log.ts';
import {disassemble} from './disassembly.ts';

/** Runs a guest again up to a given instruction. */
export type Again = (prepare: (platform: Platform) => void) => void;

/** Instructions compared at first, how the stretches grow, and to what; after so many in all the search is given up. */
const SHORT = 2 ** 14, GROWTH = 8, LONG = 2 ** 21, MOST = 2 ** 25;
const LONGEST_INSTRUCTION = 15;

/** A sentence that names the instruction, or null when none was found. */
export function firstDivergence(run: Again, reference: Again, {from, to}: Stretch): string | null {
  const end = Math.min(to + 1, from + MOST);
  for (let start = from, length = SHORT; start < end; start += length - 1, length = Math.min(length * GROWTH, LONG)) {
    const stretch = {from: start, to: Math.min(start + length, end)};
    const at = firstDifference(hashes(run, stretch), hashes(reference, stretch));
    if (at !== null) return describe(run, reference, {from: Math.max(0, start + at - 2), to: start + at + 1});
    if (stretch.to === end) break;
  }
  return null;
}

/**
 * Boundaries in order: instructions retired since the stretch began, and a hash of the image. An instruction begun again where it was left
 * has one boundary: how far a repeated one had come when a fault or an event cut it short is no difference between the two.
 */
interface Hashes {
  readonly retired: Int32Array;
  readonly image: Int32Array;
  length: number;
}

/** Boundaries for each instruction that there is room for: a fault makes a second one. */
const ROOM = 4;

function hashes(again: Again, stretch: Stretch): Hashes {
  const most = (stretch.to - stretch.from + 1) * ROOM;
  const seen: Hashes = {retired: new Int32Array(most), image: new Int32Array(most), length: 0};
  let lastEip = 0;
  again(platform => watchBoundaries(platform, stretch, (c, retired, flags) => {
    const {length} = seen;
    const hash = hashOf(c, flags);
    const unfinished = length > 0 && seen.retired[length - 1] === retired - stretch.from && lastEip === c.eip;
    lastEip = c.eip;
    if (length === most || unfinished) return;
    seen.retired[length] = retired - stretch.from;
    seen.image[length] = hash;
    seen.length++;
  }));
  return seen;
}

/** The images at one count of instructions, and where the next count begins. */
function imagesAt({retired, image, length}: Hashes, at: number): {images: Int32Array; next: number} {
  let next = at;
  while (next < length && retired[next] === retired[at]) next++;
  return {images: image.subarray(at, next), next};
}

/**
 * Instructions retired in the stretch where the two first differ, or null. Why a run may lack boundaries of the other: an
 * instruction that a VMM carries out, and one at which an event is injected, are not seen.
 */
function firstDifference(ours: Hashes, theirs: Hashes): number | null {
  let reference = 0;
  for (let at = 0; at < ours.length; ) {
    const {images, next} = imagesAt(ours, at);
    while (reference < theirs.length && theirs.retired[reference] < ours.retired[at]) reference++;
    if (reference === theirs.length) return ours.retired[at];
    if (theirs.retired[reference] === ours.retired[at]) {
      const expected = imagesAt(theirs, reference).images;
      if (images.at(-1) !== expected.at(-1) || images.some(image => !expected.includes(image))) return ours.retired[at];
    }
    at = next;
  }
  const last = ours.length === 0 ? -1 : ours.retired[ours.length - 1];
  return theirs.length > 0 && theirs.retired[theirs.length - 1] > last ? last + 1 : null;
}

/** Where an image has EIP. */
const EIP = 8;

interface Boundary {
  readonly retired: number;
  readonly image: Image;
  readonly code: readonly number[];
  readonly linear: number;
}

function boundaries(again: Again, stretch: Stretch): Boundary[] {
  const seen: Boundary[] = [];
  again(platform => {
    const see: See = (c, retired, flags) => {
      const image = imageOf(c, flags);
      const linear = (c.segBase[CS] + c.eip) >>> 0;
      const last = seen.at(-1);
      if (last && last.retired === retired && last.image[EIP] === image[EIP]) return;
      seen.push({retired, image, linear, code: codeAt(platform, linear)});
    };
    watchBoundaries(platform, stretch, see);
  });
  return seen;
}

function describe(run: Again, reference: Again, stretch: Stretch): string | null {
  const ours = boundaries(run, stretch);
  const theirs = boundaries(reference, stretch);
  const equal = (a: Boundary, b: Boundary): boolean => a.retired === b.retired && a.image.every((word, at) => word === b.image[at]);
  const at = ours.findLastIndex((boundary, index) => ours.slice(0, index + 1).every(earlier => theirs.some(other => equal(other, earlier))) && boundary.retired >= stretch.from);
  const from = at < 0 ? -1 : theirs.findLastIndex(other => equal(other, ours[at]));
  if (from < 0) return null;
  const {linear, code, retired} = theirs[from];
  const place = `instruction ${retired + 1}, eip ${hex(theirs[from].image[EIP])}: ${disassemble(code, linear)}`;
  return `the first after which registers differ is ${place} (${difference(ours[at + 1], theirs[from + 1])})`;
}

function difference(ours: Boundary | undefined, theirs: Boundary | undefined): string {
  if (ours === undefined) return theirs === undefined ? 'neither goes on' : 'bare metal goes on';
  if (theirs === undefined) return 'bare metal ends there';
  return [...REGISTER_NAMES, 'eip', 'eflags']
    .flatMap((name, at) => (ours.image[at] === theirs.image[at] ? [] : [`${name} ${hex(ours.image[at])}, on bare metal ${hex(theirs.image[at])}`])).join('; ');
}

const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;

/** Code bytes on bare metal, read without a trace; none under a VMM, whose linear addresses are not the machine's alone. */
function codeAt(platform: Platform, linear: number): number[] {
  const {cpu, memory} = platform;
  const tables = hostTables(memory);
  const walker = new TwoLevelWalker({read32: address => tables.read32(address), write32: () => {}});
  const found: Translation = {page: 0, pageShift: 12, maps: 0};
  const bytes: number[] = [];
  for (let at = 0; at < LONGEST_INSTRUCTION; at++) {
    const address = (linear + at) >>> 0;
    if (walker.walk(cpu, address, 0, found) !== WALK_DONE) break;
    const physical = found.page + (address & (2 ** found.pageShift - 1));
    if (physical < memory.size) bytes.push(cpu.u8[HOST_BASE + physical]);
  }
  return bytes;
}
