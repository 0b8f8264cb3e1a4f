// The contract of a page walker, the one slow path between a TLB miss and the paging structures. A walker reads memory
// through a counted port; it is a host feature or a memory strategy's own.
import type {Translation} from './translation.ts';

/** What the access that missed wants. */
export const ACCESS_WRITE = 1 << 0;
export const ACCESS_USER = 1 << 1;
export const ACCESS_FETCH = 1 << 2;

/** How a walk reads and writes the physical space its tables live in; each call is one memory reference. */
export interface TablePort {
  read32(address: number): number;
  /** The upper half of the eight-byte entry read last, no reference of its own; as `read32` unless given. */
  readUpper?(address: number): number;
  /** Sets accessed or dirty bits: part of the same locked reference, not counted again. */
  write32(address: number, value: number): void;
}

/** The control registers a walk depends on. */
export interface PagingRegisters {
  cr0: number;
  cr3: number;
  cr4: number;
  /** With PAE paging: the page-directory pointers, as CR3 was loaded with them. */
  readonly pointers?: Float64Array;
}

export const WALK_DONE = 0;
/** The guest's page fault: `errorCode` is set. */
export const WALK_FAULT = 1;
/** Nested paging has no translation or not the rights: `guestPhysical` is set. */
export const WALK_VIOLATION = 2;
export type WalkOutcome = typeof WALK_DONE | typeof WALK_FAULT | typeof WALK_VIOLATION;

/** What a walk leaves behind: one record for each walker, reused. */
export interface WalkRecord {
  /** Memory references made by this walk, hits in walk caches not counted. */
  references: number;
  /** Page-fault error code. Intel SDM vol. 3A, 4.7. */
  errorCode: number;
  /** Address that nested paging could not translate, and whether it was a paging structure of the guest. */
  guestPhysical: number;
  duringGuestWalk: boolean;
}

export interface Walker {
  readonly record: WalkRecord;
  /** Walks for one linear address; on WALK_DONE `into` holds the translation. */
  walk(registers: PagingRegisters, linear: number, access: number, into: Translation): WalkOutcome;
  /** Reads a word where paging structures lie, uncounted, for loading directory pointers; null where nested paging has no translation. */
  readTable?(address: number): number | null;
  /** Caches of paging structures must forget what they hold for a linear address that faulted, or everything (null): INVLPG, CR3 loads. */
  forget(linear: number | null): void;
  /** What is kept of nested translations must be forgotten too: INVEPT, or a world switch without tags. */
  forgetNested?(): void;
}

export const newWalkRecord = (): WalkRecord => ({references: 0, errorCode: 0, guestPhysical: 0, duringGuestWalk: false});
