// grant_table_op as a guest calls it: the table set up, grants mapped, let go, and copied. The driver domain grants nothing to a guest, so
// what a guest can map or copy is its own. Every operation has its status in its structure. Xen, public/grant_table.h.
import {
  BAD_COPY, BAD_DOMAIN, BAD_HANDLE, BAD_PAGE, BAD_REFERENCE, BAD_VIRTUAL_ADDRESS, GENERAL_ERROR, GRANT_OKAY, MOST_TABLE_FRAMES, type Access, type GrantTable,
} from '../../devices/xen/grant-table.ts';
import {CONTROL_DOMAIN, DOMAIN_ID, DOMID_SELF, EINVAL, ENOSYS} from '../paravirtual/abi.ts';
import type {GuestCopy} from '../paravirtual/guest-copy.ts';
import type {XenMemory} from './guest.ts';

const MAP = 0, UNMAP = 1, SETUP_TABLE = 2, COPY = 5, QUERY_SIZE = 6, SET_VERSION = 8, GET_VERSION = 10;
/** GNTMAP_*: into the address space; for reading only; the address is that of a page-table entry. */
const HOST_MAP = 2, READ_ONLY = 4, CONTAINS_ENTRY = 16;
/** GNTCOPY_*: which side of a copy is a grant. */
const SOURCE_GRANT = 1, TARGET_GRANT = 2;
const PAGE = 4096;

interface Parts {
  readonly copy: GuestCopy;
  readonly table: GrantTable;
  readonly memory: XenMemory;
}

/** One side of a copy. */
interface Side {
  readonly frame: number;
  readonly domain: number;
  readonly offset: number;
  readonly isGrant: boolean;
}

export class GrantCalls {
  readonly #parts: Parts;
  readonly #places = new Map<number, number>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Operations by their sizes; the first that cannot be read ends the call. */
  operate(command: number, operations: number, count: number): number {
    const known = this.#operation(command);
    if (known === null) return -ENOSYS;
    if ((command === SETUP_TABLE || command === SET_VERSION || command === GET_VERSION) && count !== 1) return -EINVAL;
    for (let done = 0; done < count >>> 0; done++) known.one(operations + done * known.bytes);
    return 0;
  }

  #operation(command: number): {readonly bytes: number; readonly one: (at: number) => void} | null {
    const {copy} = this.#parts;
    switch (command) {
      case MAP: return {bytes: 32, one: at => this.#map(at, copy.readWords(at, 8))};
      case UNMAP: return {bytes: 24, one: at => this.#status(at + 20, this.#unmap(copy.readWords(at, 6)))};
      case SETUP_TABLE: return {bytes: 16, one: at => this.#status(at + 8, this.#setUp(copy.readWords(at, 4)))};
      case COPY: return {bytes: 24, one: at => this.#status(at + 20, this.#copy(copy.readWords(at, 6)))};
      case QUERY_SIZE: return {bytes: 16, one: at => this.#querySize(at, copy.read32(at))};
      case SET_VERSION: return {bytes: 4, one: at => copy.write32(at, 1)};
      case GET_VERSION: return {bytes: 8, one: at => copy.write32(at + 4, 1)};
      default: return null;
    }
  }

  /** 16 bits. */
  #status(at: number, status: number): void {
    this.#parts.copy.write(at, Uint8Array.of(status & 0xff, (status >> 8) & 0xff));
  }

  #setUp([domain, wanted, , list]: Int32Array): number {
    const {table, copy} = this.#parts;
    if (!isOwn(domain)) return BAD_DOMAIN;
    if (wanted >>> 0 > MOST_TABLE_FRAMES) return GENERAL_ERROR;
    copy.check(list, wanted * 4, true);
    if (!table.grow(wanted)) return GENERAL_ERROR;
    copy.writeWords(list, table.frames.slice(0, wanted));
    return GRANT_OKAY;
  }

  #querySize(at: number, domain: number): void {
    const {table, copy} = this.#parts;
    copy.writeWords(at + 4, [table.frames.length, MOST_TABLE_FRAMES]);
    this.#status(at + 12, isOwn(domain) ? GRANT_OKAY : BAD_DOMAIN);
  }

  #map(at: number, [address, , flags, reference, domain]: Int32Array): void {
    const status = this.#mapped(address, flags, {reference: reference >>> 0, domain: domain & 0xffff});
    this.#status(at + 18, status < 0 ? status : GRANT_OKAY);
    if (status < 0) return;
    this.#parts.copy.writeWords(at + 20, [status, 0, 0]);
  }

  /** A handle, or a status below zero. */
  #mapped(address: number, flags: number, {reference, domain}: {reference: number; domain: number}): number {
    const {table, memory: {mapOwn}} = this.#parts;
    if (domain === CONTROL_DOMAIN) return BAD_REFERENCE;
    if (domain !== DOMAIN_ID) return BAD_DOMAIN;
    if ((flags & HOST_MAP) === 0 || (flags & CONTAINS_ENTRY) !== 0 || mapOwn === undefined) return GENERAL_ERROR;
    const write = (flags & READ_ONLY) === 0;
    const handle = table.map(reference, {domain: DOMAIN_ID, write});
    const mapping = table.mapping(handle);
    if (mapping === null) return handle;
    if (address % PAGE === 0 && mapOwn(address, mapping.frame, write) === 0) {
      this.#places.set(handle, address);
      return handle;
    }
    table.unmap(handle);
    return BAD_VIRTUAL_ADDRESS;
  }

  #unmap([address, , , , handle]: Int32Array): number {
    const {table, memory: {mapOwn}} = this.#parts;
    const place = this.#places.get(handle >>> 0);
    if (place === undefined) return BAD_HANDLE;
    if (address !== 0 && (address !== place || mapOwn?.(address, -1, false) !== 0)) return BAD_VIRTUAL_ADDRESS;
    this.#places.delete(handle >>> 0);
    return table.unmap(handle >>> 0);
  }

  #copy([from, fromPlace, to, toPlace, sizes]: Int32Array): number {
    const flags = sizes >>> 16;
    const bytes = new Uint8Array(sizes & 0xffff);
    const source = sideOf(from, fromPlace, (flags & SOURCE_GRANT) !== 0), target = sideOf(to, toPlace, (flags & TARGET_GRANT) !== 0);
    if (source.offset + bytes.length > PAGE || target.offset + bytes.length > PAGE) return BAD_COPY;
    const read = this.#move(source, bytes, false);
    return read === GRANT_OKAY ? this.#move(target, bytes, true) : read;
  }

  #move({frame, domain, offset, isGrant}: Side, bytes: Uint8Array, write: boolean): number {
    const {table, memory: {grants}} = this.#parts;
    const access: Access = {domain: DOMAIN_ID, write};
    if (domain === CONTROL_DOMAIN) return isGrant ? BAD_REFERENCE : GENERAL_ERROR;
    if (!isOwn(domain)) return BAD_DOMAIN;
    if (isGrant) return table.copy(frame, {access, offset, bytes});
    const machine = grants.hold(frame, write);
    if (machine < 0) return BAD_PAGE;
    if (write) grants.write(machine, offset, bytes);
    else grants.read(machine, offset, bytes);
    grants.release(machine, write);
    return GRANT_OKAY;
  }
}

const isOwn = (word: number): boolean => (word & 0xffff) === DOMID_SELF || (word & 0xffff) === DOMAIN_ID;
const sideOf = (frame: number, place: number, isGrant: boolean): Side => ({frame: frame >>> 0, domain: place & 0xffff, offset: place >>> 16, isGrant});
