// The memory and the segments that instruction cases see: a few pages around which nothing is mapped, and the selectors a
// 32-bit process has under a 64-bit Linux kernel, with three data segments in the thread-local slots. native/runner.c sets up
// the same things with mmap and set_thread_area.
import {DESCRIPTOR_ACCESSED, DESCRIPTOR_CODE, DESCRIPTOR_DB, DESCRIPTOR_EXPAND_DOWN, DESCRIPTOR_GRANULARITY, DESCRIPTOR_PRESENT, DESCRIPTOR_S, DESCRIPTOR_WRITABLE} from '../x86/descriptors.ts';
import {Random} from './random.ts';

export const WINDOW = 0x2000_0000;
export const PAGE = 4096;

/** What each page of the window allows. Pages 1 to 3 are data, 5 and 6 the stack, 9 and 10 code. */
export const PAGES: ReadonlyArray<'' | 'read' | 'write' | 'code'> = ['', 'write', 'write', 'read', '', 'write', 'write', '', '', 'code', 'code', ''];
export const STACK = WINDOW + 5 * PAGE;
export const CODE = WINDOW + 9 * PAGE;
export const WINDOW_SIZE = PAGES.length * PAGE;

export const USER_CS = 0x23, USER_DS = 0x2b;
/** Limit inside the stack, expand-down up to the middle of the data, and read-only. */
export const LIMITED = 0x63, EXPAND_DOWN = 0x6b, READ_ONLY = 0x73;

/** Bytes in memory before a case. */
export interface Patch {
  readonly address: number;
  readonly bytes: readonly number[];
}

export interface DescriptorParts {
  readonly base: number;
  /** In the descriptor's granularity. */
  readonly limit: number;
  /** Second doubleword without address bytes. */
  readonly attributes: number;
}

const RING_3 = 3 << 13;
const USER = DESCRIPTOR_PRESENT | DESCRIPTOR_S | DESCRIPTOR_ACCESSED | RING_3 | DESCRIPTOR_DB;
const FLAT = DESCRIPTOR_GRANULARITY | DESCRIPTOR_WRITABLE;
const KERNEL = (USER & ~RING_3) | FLAT;

/** Entries of the GDT by index. Entries 1 to 3 belong to the kernel and are out of a ring-3 program's reach. */
export const GDT: Readonly<Record<number, DescriptorParts>> = {
  1: {base: 0, limit: 0xfffff, attributes: KERNEL | DESCRIPTOR_CODE},
  2: {base: 0, limit: 0xfffff, attributes: KERNEL | DESCRIPTOR_CODE},
  3: {base: 0, limit: 0xfffff, attributes: KERNEL},
  4: {base: 0, limit: 0xfffff, attributes: USER | FLAT | DESCRIPTOR_CODE},
  5: {base: 0, limit: 0xfffff, attributes: USER | FLAT},
  12: {base: WINDOW, limit: 0x6eff, attributes: USER | DESCRIPTOR_WRITABLE},
  13: {base: WINDOW, limit: 0x1fff, attributes: USER | DESCRIPTOR_WRITABLE | DESCRIPTOR_EXPAND_DOWN},
  14: {base: WINDOW, limit: 0xffff, attributes: USER},
};
export const GDT_ENTRIES = 16;

/** Four bytes that begin with this digit are an address below the window, where nothing is mapped. */
const NOWHERE = 0x10;

/** Base of the segment a selector of a case names. */
export const segmentBase = (selector: number): number => (selector >= LIMITED && selector <= READ_ONLY ? WINDOW : 0);

/** The window before each case: noise, INT3 wherever code may run, and where no case can store, pointers that lead nowhere. */
export function pristineWindow(): Uint8Array {
  const bytes = new Uint8Array(WINDOW_SIZE);
  const random = new Random(0x57534f31);
  for (let at = 0; at < bytes.length; at++) bytes[at] = random.word() >>> 13;
  PAGES.forEach((access, n) => {
    if (access === 'read') for (let at = n * PAGE; at < (n + 1) * PAGE; at++) bytes[at] = NOWHERE | (bytes[at] & 15);
  });
  bytes.fill(0xcc, CODE - WINDOW, CODE - WINDOW + 2 * PAGE);
  return bytes;
}
