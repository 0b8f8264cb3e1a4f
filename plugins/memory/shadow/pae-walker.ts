// The hardware's walk of PAE shadow tables: the four directory pointers are registers loaded with CR3, so a walk makes two
// references; entries are eight bytes wide and have reserved bits. The frames lie below 4 GiB.
// Intel SDM vol. 3A, 4.4.1 PDPTE Registers, 4.4.2 Linear-Address Translation with PAE Paging.
import {
  ACCESS_USER, ACCESS_WRITE, CR0_WP, MAPS_DIRTY, MAPS_USER, MAPS_WRITABLE, newWalkRecord, PF_PRESENT, PF_RESERVED, PF_USER, PF_WRITE, PTE_FRAME, PTE_P, PTE_U,
  PTE_W, WALK_DONE, WALK_FAULT,
} from 'worldswitch';
import type {DirectoryCache, PagingRegisters, TablePort, Translation, Walker, WalkOutcome} from 'worldswitch';
import {RESERVED_HIGH} from './format.ts';

export class PaeWalker implements Walker {
  readonly record = newWalkRecord();
  /** Host-physical addresses of the four directories: the PDPTE registers. */
  readonly directories = [0, 0, 0, 0];
  readonly #port: TablePort;
  readonly #cache: DirectoryCache | null;

  constructor(port: TablePort, cache: DirectoryCache | null) {
    this.#port = port;
    this.#cache = cache;
  }

  /** Loads the PDPTE registers from the pointer table. */
  load(pointers: number): void {
    for (let at = 0; at < 4; at++) this.directories[at] = (this.#port.read32(pointers + at * 8) & PTE_FRAME) >>> 0;
  }

  forget(linear: number | null): void {
    this.#cache?.forget(linear === null ? null : linear >>> 21);
  }

  /** Why no accessed or dirty bit is written: the VMM sets both in every entry it makes. */
  walk({cr0}: PagingRegisters, linear: number, access: number, into: Translation): WalkOutcome {
    this.record.references = 0;
    const cached = this.#cache?.find(linear >>> 21) ?? null;
    const directory = cached ?? this.#read(this.directories[linear >>> 30] + ((linear >>> 21) & 511) * 8, access);
    if (directory === null) return WALK_FAULT;
    const entry = this.#read(((directory & PTE_FRAME) >>> 0) + ((linear >>> 12) & 511) * 8, access);
    if (entry === null) return WALK_FAULT;
    const rights = entry & directory;
    if (!permits(cr0, rights, access)) return this.#fault(access, PF_PRESENT);
    if (cached === null) this.#cache?.insert(linear >>> 21, directory);
    into.page = (entry & PTE_FRAME) >>> 0;
    into.pageShift = 12;
    into.maps = MAPS_DIRTY | (rights & PTE_W ? MAPS_WRITABLE : 0) | (rights & PTE_U ? MAPS_USER : 0);
    return WALK_DONE;
  }

  /** One reference; null after the fault of an entry that is not present or has a reserved bit. */
  #read(at: number, access: number): number | null {
    this.record.references++;
    const entry = this.#port.read32(at);
    const reserved = (this.#port.read32(at + 4) & RESERVED_HIGH) !== 0;
    if ((entry & PTE_P) !== 0 && !reserved) return entry;
    this.#fault(access, reserved ? PF_PRESENT | PF_RESERVED : 0);
    return null;
  }

  #fault(access: number, present: number): WalkOutcome {
    this.record.errorCode = present | (access & ACCESS_WRITE ? PF_WRITE : 0) | (access & ACCESS_USER ? PF_USER : 0);
    return WALK_FAULT;
  }
}

function permits(cr0: number, rights: number, access: number): boolean {
  const user = (access & ACCESS_USER) !== 0;
  if (user && (rights & PTE_U) === 0) return false;
  return (access & ACCESS_WRITE) === 0 || (rights & PTE_W) !== 0 || (!user && (cr0 & CR0_WP) === 0);
}
