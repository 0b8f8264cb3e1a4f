// The walker of agile paging, hardware that does not exist: one walk begins in the shadow tables and goes on in nested mode where an
// entry says so. Of a two-level guest it makes 2 references in shadow mode, 6 when it switches below the directory, 14 when it is
// nested from the root. Gandhi, Hill and Swift, "Agile Paging", ISCA 2016, section III.
//
// Its own updates of accessed and dirty bits in the guest's tables are not held up by nested write protection. Why: a shadow leaf is only
// present with the guest's accessed bit set, and lets stores pass only with the dirty bit set, so none goes stale by them.
import {
  ACCESS_USER, ACCESS_WRITE, CR0_PG, CR0_WP, CR3_FRAME, CR4_PGE, CR4_PSE, EPT_ALL, EPT_FRAME, EPT_WRITE, eptIndex, MAPS_DIRTY, MAPS_FRAGMENT, MAPS_GLOBAL, MAPS_USER, MAPS_WRITABLE,
  newWalkRecord, PDE_LARGE_FRAME, PDE_LARGE_RESERVED, PDE_PS,
  PF_PRESENT, PF_RESERVED, PF_USER, PF_WRITE, PTE_A, PTE_D, PTE_FRAME, PTE_G, PTE_P, PTE_U, PTE_W, WALK_DONE, WALK_FAULT, WALK_VIOLATION,
} from 'worldswitch';
import type {DirectoryCache, PagingRegisters, TablePort, Translation, Walker, WalkOutcome, WalkRecord} from 'worldswitch';
import {NESTED_DIRTY, SWITCHING} from './entry.ts';

/** Why a walk left for the VMM. */
export type Cause = 'nested' | 'shadow' | 'sample';

/** The way the last walk went. */
const SHADOW = 0, SWITCHED = 1, NESTED = 2;

/** Thrown where nested mode has no translation for a table of the guest; caught in `walk`. */
const UNTRANSLATED = Object.freeze({signal: 'untranslated'});

export interface AgileHardware {
  readonly host: TablePort;
  /** Host-physical address of the top nested table. */
  readonly nestedRoot: number;
  readonly directories: DirectoryCache | null;
  readonly tableFrames: DirectoryCache | null;
}

export class AgileWalker implements Walker {
  readonly record: WalkRecord = newWalkRecord();
  /** Shadow directories by the guest's CR3 frame; an address space without one is walked nested from the root. */
  readonly roots = new Map<number, number>();
  /** Walks in nested mode until the next one leaves for the VMM: a performance counter that overflows. */
  untilSample = Infinity;
  cause: Cause = 'nested';
  access = 0;
  readonly walks: [shadow: number, switched: number, nested: number] = [0, 0, 0];
  readonly #hardware: AgileHardware;
  #nestedPage = 0;
  #nestedRights = 0;

  constructor(hardware: AgileHardware) {
    this.#hardware = hardware;
  }

  forget(linear: number | null): void {
    this.#hardware.directories?.forget(linear === null ? null : linear >>> 22);
  }

  /** Nested translations of table frames outlive what the guest does to its own tables. */
  forgetNested(): void {
    this.#hardware.tableFrames?.forget(null);
  }

  walk(registers: PagingRegisters, linear: number, access: number, into: Translation): WalkOutcome {
    const {record} = this;
    Object.assign(record, {references: 0, duringGuestWalk: false, guestPhysical: 0});
    this.access = access;
    if ((registers.cr0 & CR0_PG) === 0) return this.#final(linear >>> 0, MAPS_WRITABLE | MAPS_USER | MAPS_DIRTY, into);
    try {
      const shadowRoot = this.roots.get((registers.cr3 & CR3_FRAME) >>> 12);
      return shadowRoot === undefined ? this.#fromGuestRoot(registers, linear, into) : this.#fromShadowRoot(registers, shadowRoot, linear, into);
    } catch (signal) {
      if (signal !== UNTRANSLATED) throw signal;
      record.duringGuestWalk = true;
      return this.#leave('nested');
    }
  }

  /** Nested from the root: the guest's directory itself is found through the nested tables. */
  #fromGuestRoot(registers: PagingRegisters, linear: number, into: Translation): WalkOutcome {
    if (this.#sampled(NESTED)) return this.#leave('sample');
    const {directories} = this.#hardware;
    const cached = directories?.find(linear >>> 22) ?? null;
    const at = cached === null ? this.#guestTable((registers.cr3 & CR3_FRAME) >>> 0) + (linear >>> 22) * 4 : 0;
    const directory = cached ?? this.#read(at);
    if ((directory & PTE_P) === 0) return this.#fault(0);
    if ((directory & PDE_PS) !== 0 && (registers.cr4 & CR4_PSE) !== 0) return this.#guestLarge(registers, at, directory, linear, into);
    if (cached === null) {
      this.#mark(at, directory, PTE_A);
      directories?.insert(linear >>> 22, directory);
    }
    return this.#guestLeaf(registers, this.#guestTable((directory & PTE_FRAME) >>> 0), directory, linear, into);
  }

  #fromShadowRoot(registers: PagingRegisters, root: number, linear: number, into: Translation): WalkOutcome {
    const {directories} = this.#hardware;
    const cached = directories?.find(linear >>> 22) ?? null;
    const directory = cached ?? this.#read(root + (linear >>> 22) * 4);
    if ((directory & PTE_P) === 0) return this.#leave('shadow');
    const switching = (directory & SWITCHING) !== 0;
    if (switching && this.#sampled(SWITCHED)) return this.#leave('sample');
    if (cached === null) directories?.insert(linear >>> 22, directory);
    if (!switching) return this.#shadowLeaf(registers, directory, linear, into);
    if ((directory & PDE_PS) !== 0) return this.#switchedLarge(registers, directory, linear, into);
    return this.#guestLeaf(registers, (directory & PTE_FRAME) >>> 0, directory, linear, into);
  }

  #shadowLeaf(registers: PagingRegisters, directory: number, linear: number, into: Translation): WalkOutcome {
    this.walks[SHADOW]++;
    const leaf = this.#read(((directory & PTE_FRAME) >>> 0) + ((linear >>> 12) & 0x3ff) * 4);
    const rights = leaf & (directory | ~(PTE_W | PTE_U));
    const stored = (this.access & ACCESS_WRITE) !== 0 && (leaf & PTE_D) === 0;
    if ((leaf & PTE_P) === 0 || stored || !permits(registers.cr0, rights, this.access)) return this.#leave('shadow');
    into.page = (leaf & PTE_FRAME) >>> 0;
    into.pageShift = 12;
    into.maps = mapsOf(rights, leaf, registers.cr4);
    return WALK_DONE;
  }

  /** The guest's own page table, at a host-physical address. */
  #guestLeaf(registers: PagingRegisters, table: number, directory: number, linear: number, into: Translation): WalkOutcome {
    const at = table + ((linear >>> 12) & 0x3ff) * 4;
    const entry = this.#read(at);
    if ((entry & PTE_P) === 0) return this.#fault(0);
    const rights = entry & (directory | ~(PTE_W | PTE_U));
    if (!permits(registers.cr0, rights, this.access)) return this.#fault(PF_PRESENT);
    const after = this.#mark(at, entry, this.access & ACCESS_WRITE ? PTE_A | PTE_D : PTE_A);
    return this.#final(((entry & PTE_FRAME) >>> 0) + (linear & 0xfff), mapsOf(rights, after, registers.cr4), into);
  }

  #guestLarge(registers: PagingRegisters, at: number, entry: number, linear: number, into: Translation): WalkOutcome {
    if ((entry & PDE_LARGE_RESERVED) !== 0) return this.#fault(PF_PRESENT | PF_RESERVED);
    if (!permits(registers.cr0, entry, this.access)) return this.#fault(PF_PRESENT);
    const after = this.#mark(at, entry, this.access & ACCESS_WRITE ? PTE_A | PTE_D : PTE_A);
    return this.#final(((entry & PDE_LARGE_FRAME) >>> 0) + (linear & 0x3f_ffff), mapsOf(entry, after, registers.cr4) | MAPS_FRAGMENT, into);
  }

  /** A 4 MiB page of the guest behind a shadow directory: its dirty bit is the VMM's to set. */
  #switchedLarge(registers: PagingRegisters, entry: number, linear: number, into: Translation): WalkOutcome {
    const stored = (this.access & ACCESS_WRITE) !== 0 && (entry & PTE_D) === 0;
    if (stored || !permits(registers.cr0, entry, this.access)) return this.#leave('shadow');
    return this.#final(((entry & PDE_LARGE_FRAME) >>> 0) + (linear & 0x3f_ffff), mapsOf(entry, entry, registers.cr4) | MAPS_FRAGMENT, into);
  }

  /** The address that the guest's tables gave, through the nested tables. */
  #final(address: number, maps: number, into: Translation): WalkOutcome {
    const write = (this.access & ACCESS_WRITE) !== 0;
    const wanted = write ? EPT_WRITE : EPT_ALL & ~EPT_WRITE;
    if (!this.#translate(address, write) || (this.#nestedRights & wanted) === 0) {
      this.record.guestPhysical = address;
      return this.#leave('nested');
    }
    into.page = this.#nestedPage;
    into.pageShift = 12;
    // Why: dirty stands for "a store need not walk again"; with no write right or a clear nested dirty bit it must.
    const again = (this.#nestedRights & EPT_WRITE) === 0 || (this.#nestedRights & NESTED_DIRTY) === 0;
    into.maps = again ? maps & ~MAPS_DIRTY : maps;
    return WALK_DONE;
  }

  /** Host-physical address of a table of the guest. */
  #guestTable(address: number): number {
    const {tableFrames} = this.#hardware;
    const cached = tableFrames?.find(address / 4096) ?? null;
    if (cached !== null) return cached;
    if (!this.#translate(address, false)) {
      this.record.guestPhysical = address;
      throw UNTRANSLATED;
    }
    tableFrames?.insert(address / 4096, this.#nestedPage);
    return this.#nestedPage;
  }

  /** Walks the nested tables, one reference a level; a write sets the dirty bit of a writable entry. */
  #translate(address: number, write: boolean): boolean {
    const {host, nestedRoot} = this.#hardware;
    let table = nestedRoot;
    for (let level = 4; ; level--) {
      const at = table + eptIndex(address, level) * 8;
      const entry = this.#read(at);
      if ((entry & EPT_ALL) === 0) return false;
      table = (entry & EPT_FRAME) >>> 0;
      if (level > 1) continue;
      const after = write && (entry & EPT_WRITE) !== 0 ? entry | NESTED_DIRTY : entry;
      if (after !== entry) host.write32(at, after);
      this.#nestedPage = table;
      this.#nestedRights = after;
      return true;
    }
  }

  #sampled(way: typeof SWITCHED | typeof NESTED): boolean {
    if (--this.untilSample < 0) return true;
    this.walks[way]++;
    return false;
  }

  #read(address: number): number {
    this.record.references++;
    return this.#hardware.host.read32(address);
  }

  #mark(at: number, entry: number, bits: number): number {
    const after = entry | bits;
    if (after !== entry) this.#hardware.host.write32(at, after);
    return after;
  }

  #leave(cause: Cause): WalkOutcome {
    this.cause = cause;
    return WALK_VIOLATION;
  }

  #fault(present: number): WalkOutcome {
    this.record.errorCode = present | (this.access & ACCESS_WRITE ? PF_WRITE : 0) | (this.access & ACCESS_USER ? PF_USER : 0);
    return WALK_FAULT;
  }
}

/** Intel SDM vol. 3A, 4.6.1. */
function permits(cr0: number, rights: number, access: number): boolean {
  const user = (access & ACCESS_USER) !== 0;
  if (user && (rights & PTE_U) === 0) return false;
  return (access & ACCESS_WRITE) === 0 || (rights & PTE_W) !== 0 || (!user && (cr0 & CR0_WP) === 0);
}

const mapsOf = (rights: number, leaf: number, cr4: number): number =>
  (rights & PTE_W ? MAPS_WRITABLE : 0) | (rights & PTE_U ? MAPS_USER : 0) | (leaf & PTE_D ? MAPS_DIRTY : 0)
  | ((leaf & PTE_G) !== 0 && (cr4 & CR4_PGE) !== 0 ? MAPS_GLOBAL : 0);
