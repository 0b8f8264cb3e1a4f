// One cached translation as every level of the TLB keeps it, and the rights a view grants from it.

/** What the paging structures allow, all levels combined. */
export const MAPS_WRITABLE = 1 << 0;
export const MAPS_USER = 1 << 1;
/** The leaf's dirty bit is set, so that a store need not walk again. */
export const MAPS_DIRTY = 1 << 2;
export const MAPS_GLOBAL = 1 << 3;
/** Nested paging forbids reading, or fetching, through this translation. */
export const MAPS_NO_READ = 1 << 4;
export const MAPS_NO_FETCH = 1 << 5;
/** A piece of a larger page of the guest's, because nested paging maps it in smaller ones: INVLPG takes all its pieces. */
export const MAPS_FRAGMENT = 1 << 6;

/** Rights in a view's word, beside the frame's memory offset. */
export const SUPERVISOR_READ = 1 << 0;
export const SUPERVISOR_WRITE = 1 << 1;
export const USER_READ = 1 << 2;
export const USER_WRITE = 1 << 3;
export const ANY_WRITE = SUPERVISOR_WRITE | USER_WRITE;

/** Intel SDM vol. 3A, 4.6 Access Rights; a store needs the dirty bit besides. */
export function rightsOf(maps: number, writeProtect: boolean): number {
  const dirty = (maps & MAPS_DIRTY) !== 0;
  const writable = (maps & MAPS_WRITABLE) !== 0;
  const user = (maps & MAPS_USER) !== 0;
  const readable = (maps & MAPS_NO_READ) === 0;
  return (readable ? SUPERVISOR_READ : 0)
    | (dirty && (writable || !writeProtect) ? SUPERVISOR_WRITE : 0)
    | (readable && user ? USER_READ : 0)
    | (user && dirty && writable ? USER_WRITE : 0);
}

/** Rights of the instruction side: fetching is what it calls reading. */
export function fetchRightsOf(maps: number): number {
  if ((maps & MAPS_NO_FETCH) !== 0) return 0;
  return SUPERVISOR_READ | ((maps & MAPS_USER) !== 0 ? USER_READ : 0);
}

/** A translation found by a walk: reused, never allocated on the way. */
export interface Translation {
  /** Host-physical address of the page's first byte. */
  page: number;
  /** 12, 21 (2 MiB) or 22 (4 MiB). */
  pageShift: number;
  /** `MAPS_*` bits. */
  maps: number;
}
