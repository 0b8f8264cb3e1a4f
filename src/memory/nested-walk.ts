// The two-dimensional walk of nested paging: every reference to a table of the guest is itself translated by the four-level
// nested tables, and so is the final address. A two-level guest makes (2+1)(4+1)-1 = 14 references without walk caches.
// Intel SDM vol. 3C, 28.2 The Extended Page Table Mechanism (EPT); Bhargava et al., ASPLOS 2008.
import {EPT_ALL, EPT_EXECUTE, EPT_FRAME, EPT_LARGE, EPT_READ, EPT_WRITE, eptIndex} from '../x86/nested-paging.ts';
import {MAPS_DIRTY, type Translation} from './translation.ts';
import {TwoLevelWalker, type DirectoryCache, type TablePort} from './two-level.ts';
import {
  ACCESS_FETCH, ACCESS_WRITE, newWalkRecord, WALK_DONE, WALK_VIOLATION, type PagingRegisters, type Walker, type WalkOutcome, type WalkRecord,
} from './walk.ts';

/** Thrown by the guest-table port when nested paging cannot translate; caught in `walk`. */
const UNTRANSLATED = Object.freeze({signal: 'untranslated'});

/** A nested translation: host-physical page, its size, and the rights. */
interface NestedEntry {
  page: number;
  pageShift: number;
  rights: number;
}

export class NestedWalker implements Walker {
  readonly record: WalkRecord = newWalkRecord();
  /** Host-physical address of the top nested table. */
  root = 0;
  readonly #host: TablePort;
  readonly #guest: TwoLevelWalker;
  /** Nested translations of frames that hold guest tables, or null. */
  readonly #tableFrames: DirectoryCache | null;
  readonly #entry: NestedEntry = {page: 0, pageShift: 12, rights: 0};
  #references = 0;
  /** Host-physical address of the guest entry read last: its accessed and dirty bits are set by the same reference. */
  #entryAt = 0;

  constructor(host: TablePort, directories: DirectoryCache | null, tableFrames: DirectoryCache | null) {
    this.#host = host;
    this.#tableFrames = tableFrames;
    const port: TablePort = {
      read32: address => this.#host.read32((this.#entryAt = this.#tableAddress(address))),
      write32: (_address, value) => this.#host.write32(this.#entryAt, value),
    };
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
      record.duringGuestWalk = true;
      record.references = this.#references + this.#guest.record.references;
      return WALK_VIOLATION;
    }
  }

  forget(linear: number | null): void {
    this.#guest.forget(linear);
    if (linear === null) this.#tableFrames?.forget(null);
  }

  /** Translates the address that the guest's tables gave; the smaller of the two pages is what the TLB will hold. */
  #final(linear: number, access: number, into: Translation): WalkOutcome {
    const {record} = this;
    const within = linear & ((1 << into.pageShift) - 1);
    const address = into.page + within;
    const wanted = access & ACCESS_WRITE ? EPT_WRITE : access & ACCESS_FETCH ? EPT_EXECUTE : EPT_READ;
    if (!this.#translate(address) || (this.#entry.rights & wanted) === 0) {
      record.guestPhysical = address;
      record.duringGuestWalk = false;
      return WALK_VIOLATION;
    }
    const shift = Math.min(into.pageShift, this.#entry.pageShift);
    const low = address % 2 ** this.#entry.pageShift;
    into.page = this.#entry.page + low - (low % 2 ** shift);
    into.pageShift = shift;
    // Why: dirty stands for "a store need not walk again"; without write permission in the nested entry it must.
    if ((this.#entry.rights & EPT_WRITE) === 0) into.maps &= ~MAPS_DIRTY;
    return WALK_DONE;
  }

  /** Host-physical address of a guest table entry, through the cache of table frames when there is one. */
  #tableAddress(address: number): number {
    const frame = Math.floor(address / 4096);
    const cached = this.#tableFrames?.find(frame) ?? null;
    if (cached !== null) return cached + (address % 4096);
    if (!this.#translate(address) || (this.#entry.rights & EPT_ALL) === 0) {
      this.record.guestPhysical = address;
      throw UNTRANSLATED;
    }
    const at = this.#entry.page + (address % 2 ** this.#entry.pageShift);
    this.#tableFrames?.insert(frame, at - (at % 4096));
    return at;
  }

  /** Walks the nested tables; each level is one reference. */
  #translate(address: number): boolean {
    let table = this.root;
    for (let level = 4; level >= 1; level--) {
      this.#references++;
      const entry = this.#host.read32(table + eptIndex(address, level) * 8);
      if ((entry & EPT_ALL) === 0) return false;
      const page = (entry & EPT_FRAME) >>> 0;
      if (level === 1 || (entry & EPT_LARGE) !== 0) {
        this.#entry.page = page;
        this.#entry.pageShift = level === 1 ? 12 : 21;
        this.#entry.rights = entry & EPT_ALL;
        return true;
      }
      table = page;
    }
    return false;
  }
}
