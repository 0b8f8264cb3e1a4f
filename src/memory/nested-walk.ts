// The two-dimensional walk of nested paging: every reference to a table of the guest is itself translated by the four-level
// nested tables, and so is the final address. A two-level guest makes (2+1)(4+1)-1 = 14 references without walk caches.
// Intel SDM vol. 3C, 28.2 The Extended Page Table Mechanism (EPT); Bhargava et al., ASPLOS 2008.
import {EPT_ACCESSED, EPT_ALL, EPT_DIRTY, EPT_EXECUTE, EPT_FRAME, EPT_LARGE, EPT_READ, EPT_WRITE, eptIndex} from '../x86/nested-paging.ts';
import {MAPS_DIRTY, MAPS_FRAGMENT, MAPS_NO_FETCH, MAPS_NO_READ, type Translation} from './translation.ts';
import {TwoLevelWalker, type DirectoryCache, type TablePort} from './two-level.ts';
import {
  ACCESS_FETCH, ACCESS_WRITE, newWalkRecord, WALK_DONE, WALK_VIOLATION, type PagingRegisters, type Walker, type WalkOutcome, type WalkRecord,
} from './walk.ts';

/** Thrown by the guest-table port when nested paging cannot translate; caught in `walk`. */
const UNTRANSLATED = Object.freeze({signal: 'untranslated'});

/** A nested translation: host-physical page, its size, and the rights of all levels combined. */
interface NestedEntry {
  page: number;
  pageShift: number;
  rights: number;
  dirty: boolean;
}

export interface NestedWalkParts {
  /** Host-physical memory. */
  readonly host: TablePort;
  readonly directories: DirectoryCache | null;
  /** Nested translations of frames that hold guest tables, or null. A value is the host page with its rights in the low bits. */
  readonly tableFrames: DirectoryCache | null;
  /** The walk sets accessed and dirty flags in nested entries; then every reference to a guest table counts as a write to it (28.2.4). */
  readonly accessedDirty: boolean;
}

export class NestedWalker implements Walker {
  readonly record: WalkRecord = newWalkRecord();
  /** Host-physical address of the top nested table. */
  root = 0;
  readonly #host: TablePort;
  readonly #guest: TwoLevelWalker;
  readonly #tableFrames: DirectoryCache | null;
  readonly #accessedDirty: boolean;
  readonly #entry: NestedEntry = {page: 0, pageShift: 12, rights: 0, dirty: false};
  #references = 0;
  /** The guest entry read last: its accessed and dirty bits are set by the same reference. */
  #entryAt = 0;
  #entryAddress = 0;
  #entryWritable = false;

  constructor({host, directories, tableFrames, accessedDirty}: NestedWalkParts) {
    this.#host = host;
    this.#tableFrames = tableFrames;
    this.#accessedDirty = accessedDirty;
    const port: TablePort = {read32: address => this.#readTable(address), readUpper: () => this.#host.read32(this.#entryAt + 4), write32: (_address, value) => this.#markTable(value)};
    this.#guest = new TwoLevelWalker(port, directories);
  }

  walk(registers: PagingRegisters, linear: number, access: number, into: Translation): WalkOutcome {
    const {record} = this;
    this.#references = 0;
    try {
      const outcome = this.#guest.walk(registers, linear, access, into);
      record.errorCode = this.#guest.record.errorCode;
      const done = outcome === WALK_DONE ? this.#final(linear, access, into) : outcome;
      record.references = this.#references + this.#guest.record.references;
      return done;
    } catch (signal) {
      if (signal !== UNTRANSLATED) throw signal;
      record.references = this.#references + this.#guest.record.references;
      return WALK_VIOLATION;
    }
  }

  readTable(address: number): number | null {
    const place = this.#translate(address, EPT_READ) ? this.#entry.page + (address % 2 ** this.#entry.pageShift) : null;
    if (place === null) this.#violation(address, true);
    return place === null ? null : this.#host.read32(place);
  }

  /** What is kept of nested translations depends on no linear address: INVLPG and CR3 loads leave it (28.3.3.1). */
  forget(linear: number | null): void {
    this.#guest.forget(linear);
  }

  forgetNested(): void {
    this.#tableFrames?.forget(null);
  }

  /** Translates the address that the guest's tables gave; the smaller of the two pages is what the TLB will hold. */
  #final(linear: number, access: number, into: Translation): WalkOutcome {
    const entry = this.#entry;
    const within = linear & ((1 << into.pageShift) - 1);
    const address = into.page + within;
    const wanted = access & ACCESS_WRITE ? EPT_WRITE : access & ACCESS_FETCH ? EPT_EXECUTE : EPT_READ;
    if (!this.#translate(address, wanted)) {
      this.#violation(address, false);
      return WALK_VIOLATION;
    }
    const shift = Math.min(into.pageShift, entry.pageShift);
    if (shift < into.pageShift) into.maps |= MAPS_FRAGMENT;
    const low = address % 2 ** entry.pageShift;
    into.page = entry.page + low - (low % 2 ** shift);
    into.pageShift = shift;
    // Why: dirty stands for "a store need not walk again"; without write permission in the nested entry it must, and while
    // that entry's own dirty flag has to be set.
    if ((entry.rights & EPT_WRITE) === 0 || !entry.dirty) into.maps &= ~MAPS_DIRTY;
    if ((entry.rights & EPT_READ) === 0) into.maps |= MAPS_NO_READ;
    if ((entry.rights & EPT_EXECUTE) === 0) into.maps |= MAPS_NO_FETCH;
    return WALK_DONE;
  }

  #readTable(address: number): number {
    const wanted = this.#accessedDirty ? EPT_READ | EPT_WRITE : EPT_READ;
    const place = this.#tablePlace(address, wanted);
    this.#entryAddress = address;
    this.#entryWritable = (place & EPT_WRITE) !== 0;
    this.#entryAt = place - (place & EPT_ALL) + (address & 0xfff);
    return this.#host.read32(this.#entryAt);
  }

  /** Sets accessed or dirty bits of the guest: a write, which the nested entry must allow. */
  #markTable(value: number): void {
    if (!this.#entryWritable) this.#untranslated(this.#entryAddress);
    this.#host.write32(this.#entryAt, value);
  }

  /** Host-physical page of a guest table with its rights in the low bits, through the cache of table frames when there is one. */
  #tablePlace(address: number, wanted: number): number {
    const frame = Math.floor(address / 4096);
    const cached = this.#tableFrames?.find(frame) ?? null;
    if (cached !== null && (cached & wanted) === wanted) return cached;
    if (!this.#translate(address, wanted)) this.#untranslated(address);
    const {page, pageShift, rights} = this.#entry;
    const within = address % 2 ** pageShift;
    const place = page + within - (within % 4096) + rights;
    this.#tableFrames?.insert(frame, place);
    return place;
  }

  #untranslated(address: number): never {
    this.#violation(address, true);
    throw UNTRANSLATED;
  }

  /** Intel SDM vol. 3C, 28.3.3.1: a violation drops what is kept for its guest-physical address. */
  #violation(address: number, duringGuestWalk: boolean): void {
    this.record.guestPhysical = address;
    this.record.duringGuestWalk = duringGuestWalk;
    this.#tableFrames?.forget(Math.floor(address / 4096));
  }

  /** Walks the nested tables; each level is one reference. False without a translation or without the rights. */
  #translate(address: number, wanted: number): boolean {
    let table = this.root;
    let rights = EPT_ALL;
    for (let level = 4; level >= 1; level--) {
      this.#references++;
      const at = table + eptIndex(address, level) * 8;
      const entry = this.#host.read32(at);
      rights &= entry;
      if ((entry & EPT_ALL) === 0) return false;
      const leaf = level === 1 || (entry & EPT_LARGE) !== 0;
      if (leaf && (rights & wanted) !== wanted) return false;
      const flags = leaf && (wanted & EPT_WRITE) !== 0 ? EPT_ACCESSED | EPT_DIRTY : EPT_ACCESSED;
      if (this.#accessedDirty) this.#flag(at, entry, flags);
      table = (entry & EPT_FRAME) >>> 0;
      if (leaf) {
        this.#entry.page = table;
        this.#entry.pageShift = level === 1 ? 12 : 21;
        this.#entry.rights = rights;
        this.#entry.dirty = !this.#accessedDirty || ((entry | flags) & EPT_DIRTY) !== 0;
        return true;
      }
    }
    return false;
  }

  #flag(at: number, entry: number, flags: number): void {
    if ((entry & flags) !== flags) this.#host.write32(at, entry | flags);
  }
}
