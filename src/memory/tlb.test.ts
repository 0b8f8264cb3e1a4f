// What the TLBs hold and for how long: sizes, ways, large pages, the second level, tags. Geometries small enough to count by hand.
import test from 'ava';
import type {TlbSet} from '../host/profile.ts';
import {PhysicalMemory} from './physical.ts';
import {Tlb, type TlbSide} from './tlb.ts';
import {MAPS_DIRTY, MAPS_FRAGMENT, MAPS_GLOBAL, MAPS_WRITABLE} from './translation.ts';

const GEOMETRY: TlbSet = {
  data: {entries: 8, ways: 2}, instruction: {entries: 4, ways: 4}, secondLevel: null, secondLevelLarge: false, largeData: null, largeInstruction: null,
  source: 'made up', grade: 'estimated',
};
const PAGE = 4096;
const LARGE = 2 ** 22;

const memory = new PhysicalMemory(2 ** 16);
const tlbOf = (changes: Partial<TlbSet>): Tlb => {
  for (const view of [0x40_0000, 0x80_0000]) new Int32Array(memory.memory.buffer, view, 2 ** 20).fill(0);
  return new Tlb(memory, {...GEOMETRY, ...changes});
};

function put(tlb: Tlb, linear: number, {side = tlb.data, pageShift = 12, maps = 0}: {side?: TlbSide; pageShift?: number; maps?: number} = {}): void {
  Object.assign(tlb.found, {page: 0, pageShift, maps: maps | MAPS_WRITABLE | MAPS_DIRTY});
  tlb.insert(side, linear);
}

/** How many of `pages` pages, touched in turn for a second time, miss: each miss is filled. */
function missesOfSweep(tlb: Tlb, pages: number, {side = tlb.data, size = PAGE}: {side?: TlbSide; size?: number} = {}): number {
  let misses = 0;
  for (let round = 0; round < 2; round++) {
    misses = 0;
    for (let page = 0; page < pages; page++) {
      if (tlb.find(side, page * size)) continue;
      misses++;
      put(tlb, page * size, {side, pageShift: size === PAGE ? 12 : 22});
    }
  }
  return misses;
}

type Sweep = readonly [what: string, geometry: Partial<TlbSet>, pages: number, misses: number, size?: number];
const SWEEPS: readonly Sweep[] = [
  ['as many pages as entries all stay', {}, 8, 0],
  ['one page more costs the ways of its set and itself', {}, 9, 3],
  ['two pages more than fit in every set evict all', {}, 12, 12],
  ['fully associative: one page more evicts all', {data: {entries: 8, ways: 8}}, 9, 9],
  ['the second level catches what the first loses', {secondLevel: {entries: 16, ways: 4}}, 16, 0],
  ['beyond the second level everything misses again', {secondLevel: {entries: 16, ways: 4}}, 32, 32],
  ['large pages share the entries of small ones where they have none of their own', {data: {entries: 8, ways: 8}}, 8, 0, LARGE],
  ['large pages have entries of their own', {largeData: {entries: 4, ways: 4}}, 4, 0, LARGE],
  ['and no more than those', {largeData: {entries: 4, ways: 4}}, 5, 5, LARGE],
  ['a second level for 4 KiB pages only does not catch large ones', {largeData: {entries: 4, ways: 4}, secondLevel: {entries: 16, ways: 4}}, 5, 5, LARGE],
  ['one for all sizes does', {largeData: {entries: 4, ways: 4}, secondLevel: {entries: 16, ways: 4}, secondLevelLarge: true}, 5, 0, LARGE],
];
for (const [what, geometry, pages, misses, size = PAGE] of SWEEPS) {
  test(`${what}: ${misses} misses of ${pages} pages`, t => {
    const tlb = tlbOf(geometry);
    t.is(missesOfSweep(tlb, pages, {size}), misses);
  });
}

test('code has its own entries, for large pages too', t => {
  const rows: ReadonlyArray<readonly [pages: number, size: number, misses: number]> = [[4, PAGE, 0], [5, PAGE, 5], [2, LARGE, 0], [3, LARGE, 3]];
  for (const [pages, size, misses] of rows) {
    const tlb = tlbOf({largeInstruction: {entries: 2, ways: 2}});
    t.is(missesOfSweep(tlb, pages, {side: tlb.fetch, size}), misses, `${pages} pages`);
    t.false(tlb.find(tlb.data, 0));
  }
});

test('a hit of the second level is told apart and fills the first', t => {
  const tlb = tlbOf({data: {entries: 1, ways: 1}, secondLevel: {entries: 4, ways: 4}});
  put(tlb, 0);
  put(tlb, PAGE);
  t.deepEqual([tlb.find(tlb.data, 0), tlb.second], [true, true]);
  t.deepEqual([tlb.find(tlb.data, 0), tlb.second], [true, false]);
  t.deepEqual([tlb.find(tlb.data, 2 * PAGE), tlb.second], [false, false]);
});

test('tags keep what another address space left; a flush takes only the own one', t => {
  const tlb = tlbOf({data: {entries: 8, ways: 8}});
  put(tlb, 0);
  tlb.setTag(1);
  t.false(tlb.find(tlb.data, 0));
  put(tlb, PAGE);
  tlb.flush(true);
  t.false(tlb.find(tlb.data, PAGE));
  tlb.setTag(0);
  t.true(tlb.find(tlb.data, 0));
  tlb.flushAll();
  t.false(tlb.find(tlb.data, 0));
});

test('a CR3 load keeps global translations in both levels; INVLPG drops them', t => {
  const tlb = tlbOf({secondLevel: {entries: 16, ways: 4}});
  put(tlb, 0, {maps: MAPS_GLOBAL});
  put(tlb, PAGE);
  tlb.flush(false);
  t.deepEqual([tlb.find(tlb.data, 0), tlb.find(tlb.data, PAGE)], [true, false]);
  tlb.invalidate(0);
  t.false(tlb.find(tlb.data, 0));
});

test('INVLPG drops a large page by any address in it, from the level that holds it', t => {
  const tlb = tlbOf({largeData: {entries: 4, ways: 4}, secondLevel: {entries: 16, ways: 4}, secondLevelLarge: true});
  put(tlb, LARGE, {pageShift: 22});
  tlb.invalidate(LARGE + 5 * PAGE);
  t.false(tlb.find(tlb.data, LARGE));
});

test('INVLPG drops every piece of a large page that nested paging maps in smaller ones, and no other page', t => {
  const tlb = tlbOf({data: {entries: 8, ways: 8}, secondLevel: {entries: 16, ways: 4}});
  const pieces = [LARGE, LARGE + PAGE, LARGE + 9 * PAGE];
  for (const linear of pieces) put(tlb, linear, {maps: MAPS_FRAGMENT});
  put(tlb, LARGE + 3 * PAGE, {side: tlb.fetch, maps: MAPS_FRAGMENT});
  put(tlb, 2 * LARGE, {maps: MAPS_FRAGMENT});
  put(tlb, PAGE);
  tlb.invalidate(LARGE + 5 * PAGE);
  t.deepEqual(pieces.map(linear => tlb.find(tlb.data, linear)), [false, false, false]);
  t.false(tlb.find(tlb.fetch, LARGE + 3 * PAGE));
  t.true(tlb.find(tlb.data, 2 * LARGE));
  t.true(tlb.find(tlb.data, PAGE));
});
