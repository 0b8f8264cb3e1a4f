// The walk of the guest's tables. 32-bit paging: directory, table, page; 4 MiB pages with CR4.PSE; accessed and dirty bits. PAE paging by
// pae-walk.ts. Intel SDM vol. 3A, 4.3 32-Bit Paging, 4.4 PAE Paging, 4.7 Page-Fault Exceptions, 4.8 Accessed and Dirty Flags.
import {CR0_PG, CR0_WP, CR3_FRAME, CR4_PAE, CR4_PGE, CR4_PSE} from '../x86/control.ts';
import {PF_PRESENT, PF_RESERVED, PF_USER, PF_WRITE} from '../x86/exceptions.ts';
import {PAE_LARGE_FRAME, PDE_LARGE_FRAME, PDE_LARGE_RESERVED, PDE_PS, PTE_A, PTE_D, PTE_FRAME, PTE_G, PTE_P, PTE_U, PTE_W} from '../x86/paging.ts';
import {directoryAddress, isReserved, packed, paeKey, pageOf, readWide, tableAddress, unpacked, type WideEntry} from './pae-walk.ts';
import {MAPS_DIRTY, MAPS_GLOBAL, MAPS_USER, MAPS_WRITABLE, type Translation} from './translation.ts';
import {
  ACCESS_USER, ACCESS_WRITE, newWalkRecord, WALK_DONE, WALK_FAULT, type PagingRegisters, type TablePort, type Walker, type WalkOutcome, type WalkRecord,
} from './walk.ts';

export type {TablePort} from './walk.ts';

/** Directory entries lately used, keyed by linear address >> 22: a hit saves the first reference. */
export interface DirectoryCache {
  find(directory: number): number | null;
  insert(directory: number, entry: number): void;
  forget(directory: number | null): void;
}

export class TwoLevelWalker implements Walker {
  readonly record: WalkRecord = newWalkRecord();
  readonly #port: TablePort;
  readonly #cache: DirectoryCache | null;

  constructor(port: TablePort, cache: DirectoryCache | null = null) {
    this.#port = port;
    this.#cache = cache;
  }

  forget(linear: number | null): void {
    this.#cache?.forget(linear === null ? null : linear >>> 22);
    if (linear !== null) this.#cache?.forget(paeKey(linear));
  }

  walk(registers: PagingRegisters, linear: number, access: number, into: Translation): WalkOutcome {
    this.record.references = 0;
    if ((registers.cr0 & CR0_PG) === 0) return unpaged(linear, into);
    if ((registers.cr4 & CR4_PAE) !== 0) return this.#wide(registers, linear, access, into);
    const directoryAt = ((registers.cr3 & CR3_FRAME) + (linear >>> 22) * 4) >>> 0;
    const cached = this.#cache ? this.#cache.find(linear >>> 22) : null;
    const directory = cached ?? this.#read(directoryAt);
    if ((directory & PTE_P) === 0) return this.#fault(access, 0);
    if ((directory & PDE_PS) !== 0 && (registers.cr4 & CR4_PSE) !== 0) return this.#large(registers, directoryAt, directory, access, into);
    if (cached === null) this.#mark(directoryAt, directory, PTE_A);
    const tableAt = ((directory & PTE_FRAME) + ((linear >>> 12) & 0x3ff) * 4) >>> 0;
    const entry = this.#read(tableAt);
    if ((entry & PTE_P) === 0) return this.#fault(access, 0);
    const rights = entry & directory;
    if (!permits(registers.cr0, rights, access)) return this.#fault(access, PF_PRESENT);
    const after = this.#mark(tableAt, entry, access & ACCESS_WRITE ? PTE_A | PTE_D : PTE_A);
    if (cached === null) this.#cache?.insert(linear >>> 22, directory | PTE_A);
    into.page = (entry & PTE_FRAME) >>> 0;
    into.pageShift = 12;
    into.maps = mapsOf(rights, after, registers.cr4);
    return WALK_DONE;
  }

  #large(registers: PagingRegisters, at: number, entry: number, access: number, into: Translation): WalkOutcome {
    if ((entry & PDE_LARGE_RESERVED) !== 0) return this.#fault(access, PF_PRESENT | PF_RESERVED);
    if (!permits(registers.cr0, entry, access)) return this.#fault(access, PF_PRESENT);
    const after = this.#mark(at, entry, access & ACCESS_WRITE ? PTE_A | PTE_D : PTE_A);
    into.page = (entry & PDE_LARGE_FRAME) >>> 0;
    into.pageShift = 22;
    into.maps = mapsOf(entry, after, registers.cr4);
    return WALK_DONE;
  }

  readTable(address: number): number {
    return this.#port.read32(address);
  }

  /** PAE paging. */
  #wide(registers: PagingRegisters, linear: number, access: number, into: Translation): WalkOutcome {
    const pointer = registers.pointers?.[linear >>> 30] ?? 0;
    if (pointer % 2 === 0) return this.#fault(access, 0);
    const cached = this.#cache?.find(paeKey(linear)) ?? null;
    const directoryAt = directoryAddress(pointer, linear);
    const directory = cached === null ? this.#readWide(directoryAt) : unpacked(cached);
    const large = (directory.low & PDE_PS) !== 0;
    if ((directory.low & PTE_P) === 0) return this.#fault(access, 0);
    if (isReserved(directory, true)) return this.#fault(access, PF_PRESENT | PF_RESERVED);
    if (large) return this.#wideLeaf(registers, {at: directoryAt, entry: directory, rights: directory.low, large}, access, into);
    if (cached === null) this.#mark(directoryAt, directory.low, PTE_A);
    const at = tableAddress(directory, linear);
    const entry = this.#readWide(at);
    if ((entry.low & PTE_P) === 0) return this.#fault(access, 0);
    if (isReserved(entry, false)) return this.#fault(access, PF_PRESENT | PF_RESERVED);
    const outcome = this.#wideLeaf(registers, {at, entry, rights: entry.low & directory.low, large}, access, into);
    if (outcome === WALK_DONE && cached === null) this.#cache?.insert(paeKey(linear), packed(directory));
    return outcome;
  }

  #wideLeaf({cr0, cr4}: PagingRegisters, {at, entry, rights, large}: WideLeaf, access: number, into: Translation): WalkOutcome {
    if (!permits(cr0, rights, access)) return this.#fault(access, PF_PRESENT);
    const after = this.#mark(at, entry.low, access & ACCESS_WRITE ? PTE_A | PTE_D : PTE_A);
    into.page = pageOf(entry, large ? PAE_LARGE_FRAME : PTE_FRAME);
    into.pageShift = large ? 21 : 12;
    into.maps = mapsOf(rights, after, cr4);
    return WALK_DONE;
  }

  #readWide(address: number): WideEntry {
    this.record.references++;
    return readWide(this.#port, address);
  }

  #read(address: number): number {
    this.record.references++;
    return this.#port.read32(address);
  }

  /** Sets accessed (and dirty) bits that are still clear. */
  #mark(at: number, entry: number, bits: number): number {
    const after = entry | bits;
    if (after !== entry) this.#port.write32(at, after);
    return after;
  }

  #fault(access: number, present: number): WalkOutcome {
    this.record.errorCode = present | (access & ACCESS_WRITE ? PF_WRITE : 0) | (access & ACCESS_USER ? PF_USER : 0);
    return WALK_FAULT;
  }
}

interface WideLeaf {
  readonly at: number;
  readonly entry: WideEntry;
  readonly rights: number;
  readonly large: boolean;
}

function unpaged(linear: number, into: Translation): WalkOutcome {
  into.page = (linear & PTE_FRAME) >>> 0;
  into.pageShift = 12;
  into.maps = MAPS_WRITABLE | MAPS_USER | MAPS_DIRTY;
  return WALK_DONE;
}

/** Intel SDM vol. 3A, 4.6.1: user accesses need U/S, writes R/W, supervisor writes only with CR0.WP. */
function permits(cr0: number, rights: number, access: number): boolean {
  const user = (access & ACCESS_USER) !== 0;
  if (user && (rights & PTE_U) === 0) return false;
  if ((access & ACCESS_WRITE) === 0 || (rights & PTE_W) !== 0) return true;
  return !user && (cr0 & CR0_WP) === 0;
}

function mapsOf(rights: number, leaf: number, cr4: number): number {
  return (rights & PTE_W ? MAPS_WRITABLE : 0)
    | (rights & PTE_U ? MAPS_USER : 0)
    | (leaf & PTE_D ? MAPS_DIRTY : 0)
    | ((leaf & PTE_G) !== 0 && (cr4 & CR4_PGE) !== 0 ? MAPS_GLOBAL : 0);
}

