// The hypercalls of direct paging on the frame table: mmu_update, update_va_mapping, update_descriptor; mmuext_op's operations stand in
// extended-operations.ts. Results are Xen's: 0 or a negated error number, and what was done before an error stays done. Xen, public/xen.h.
import {
  BAD_POINTER, checkDescriptor, DOMID_SELF, EFAULT, EINVAL, ENOSYS, EPERM, ESRCH, hpa, MACHINE_MAP_START, PTE_P,
} from 'worldswitch';
import type {Domain} from 'worldswitch';
import {DESCRIPTORS, type FrameTable, L1_TABLE, L2_TABLE, WRITABLE} from './frame-table.ts';
import {ExtendedOperations} from './extended-operations.ts';
import type {TableValidation} from './validation.ts';

/** Kinds of mmu_update, in the low bits of the address. */
const NORMAL_UPDATE = 0, MACHINE_MAP_UPDATE = 1, UPDATE_KEEPING_STATUS = 2;
/** Set by Xen in the count of a call it continues. */
const PREEMPTED = 0x8000_0000;
const FLUSH_KIND = 3, FLUSH_TLB = 1, FLUSH_PAGE = 2;
const DOMID_IO = 0x7ff1;

/** What one entry into mmu_update or mmuext_op carried. */
export interface Batches {
  updates: number;
  largest: number;
}

export class PageTableHypercalls {
  readonly #domain: Domain;
  readonly #frames: FrameTable;
  readonly #tables: TableValidation;
  readonly #extended: ExtendedOperations;
  readonly batches: Batches = {updates: 0, largest: 0};

  constructor(domain: Domain, frames: FrameTable, tables: TableValidation) {
    this.#domain = domain;
    this.#frames = frames;
    this.#tables = tables;
    this.#extended = new ExtendedOperations(domain, frames, tables);
  }

  /** MMUEXT_NEW_BASEPTR by another way. */
  newBase(frame: number): number {
    return this.#extended.newBase(frame);
  }

  mmuUpdate(requests: number, count: number, done: number, foreign: number): number {
    this.#domain.vmm.charge('update_call');
    return this.#each({requests, count, done, foreign, size: 16}, at => this.#mmuUpdate(this.#domain.copy.readWords(at, 4)));
  }

  mmuextOp(operations: number, count: number, done: number, foreign: number): number {
    if (count === 1) this.#extended.describe(operations);
    return this.#each({requests: operations, count, done, foreign, size: 12}, at => this.#extended.carryOut(this.#domain.copy.readWords(at, 3)));
  }

  /** The entry of the present address space that maps a linear address. */
  updateVaMapping(linear: number, entry: number, flags: number): number {
    const {vmm} = this.#domain;
    vmm.charge('update_call');
    vmm.charge('pt_request');
    this.#count(1);
    if (linear >>> 0 >= MACHINE_MAP_START) return -EINVAL;
    const directory = this.#tables.read(vmm.cpu.cr3 >>> 12, linear >>> 22);
    const table = directory >>> 12;
    if ((directory & PTE_P) === 0 || this.#frames.type(table) !== L1_TABLE) return -EINVAL;
    const result = this.#tables.update(table, (linear >>> 12) & 1023, entry, false) ? 0 : -EINVAL;
    return this.#flush(linear, flags) ?? result;
  }

  updateDescriptor(address: number, low: number, high: number): number {
    const frame = Math.floor(address / 4096);
    const checked = checkDescriptor(low, high);
    if (address % 8 !== 0 || checked === null || !this.#frames.hold(frame)) return -EINVAL;
    const type = this.#frames.type(frame) === DESCRIPTORS ? DESCRIPTORS : WRITABLE;
    const held = this.#frames.holdType(frame, type);
    if (held) {
      const {memory} = this.#domain.vmm.platform;
      memory.write32(hpa(address), checked.low);
      memory.write32(hpa(address + 4), checked.high);
      this.#frames.releaseType(frame);
    }
    this.#frames.release(frame);
    return held ? 0 : -EINVAL;
  }

  /** UVMF_*: none, the whole TLB or this page; the processor set is an address that must be readable. Null when well. */
  #flush(linear: number, flags: number): number | null {
    const {cpu} = this.#domain.vmm;
    const kind = flags & FLUSH_KIND;
    const set = flags & ~FLUSH_KIND;
    if (kind === 0) return null;
    if (kind === FLUSH_KIND) return -ENOSYS;
    if (set !== 0 && set !== 4) this.#domain.copy.check(set, 4, false);
    if (kind === FLUSH_TLB) this.#extended.flushTlb();
    if (kind === FLUSH_PAGE) this.#extended.invalidate(linear);
    cpu.lookUp();
    return null;
  }

  #count(updates: number): void {
    this.batches.updates += updates;
    this.batches.largest = Math.max(this.batches.largest, updates);
  }

  /** Goes through a guest's array until one request fails, and tells how many were done. */
  #each(call: {requests: number; count: number; done: number; foreign: number; size: number}, one: (at: number) => number): number {
    const {requests, done, foreign, size} = call;
    const count = (call.count & ~PREEMPTED) >>> 0;
    const {copy} = this.#domain;
    if (foreign !== DOMID_SELF) return foreign === DOMID_IO ? -EPERM : -ESRCH;
    let completed = 0;
    let result = 0;
    try {
      if (done !== 0) copy.check(done, 4, true);
      for (; completed < count && result === 0; completed++) {
        result = one(requests + completed * size);
        if (result < 0) break;
      }
    } catch (signal) {
      if (signal !== BAD_POINTER) throw signal;
      result = -EFAULT;
    }
    this.#count(completed);
    if (done !== 0) copy.write32(done, completed);
    return result;
  }

  /** Two 64-bit words: the entry's machine address with the kind in its low bits, and the value. */
  #mmuUpdate([address, addressHigh, value]: Int32Array): number {
    const {vmm, map} = this.#domain;
    vmm.charge('pt_request');
    const kind = address & 3;
    const frame = address >>> 12;
    if (addressHigh !== 0) return -EINVAL;
    if (kind === MACHINE_MAP_UPDATE) {
      if (!this.#frames.owns(frame)) return -EINVAL;
      map.set(frame, value);
      return 0;
    }
    if (kind !== NORMAL_UPDATE && kind !== UPDATE_KEEPING_STATUS) return -ENOSYS;
    if (!this.#frames.hold(frame)) return -EINVAL;
    const updated = this.#updateFrame(frame, address & ~3, value, kind === UPDATE_KEEPING_STATUS);
    this.#frames.release(frame);
    return updated ? 0 : -EINVAL;
  }

  /** A table's entry is checked; in any other frame that may be written the word is just written. */
  #updateFrame(frame: number, address: number, value: number, keepsStatus: boolean): boolean {
    const type = this.#frames.type(frame);
    const index = (address & 0xfff) >>> 2;
    if (type === L1_TABLE || type === L2_TABLE) return this.#tables.update(frame, index, value, keepsStatus);
    if (!this.#frames.holdType(frame, WRITABLE)) return false;
    this.#tables.write(frame, index, value);
    this.#frames.releaseType(frame);
    return true;
  }
}
