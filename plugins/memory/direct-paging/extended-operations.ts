// The extended operations on page tables, mmuext_op: pinning, another page-table base, flushes, the local descriptor table, and whole
// frames cleared or copied. Xen, public/xen.h.
import {EINVAL, ENOSYS, MACHINE_MAP_START} from 'worldswitch';
import type {Domain} from 'worldswitch';
import {type FrameTable, L1_TABLE, L2_TABLE, WRITABLE} from './frame-table.ts';
import type {TableValidation} from './validation.ts';

const PIN_L1 = 0, PIN_L2 = 1, PIN_L3 = 2, PIN_L4 = 3, UNPIN = 4, NEW_BASE = 5, TLB_FLUSH_LOCAL = 6, INVLPG_LOCAL = 7, TLB_FLUSH_MULTI = 8, INVLPG_MULTI = 9,
  TLB_FLUSH_ALL = 10, INVLPG_ALL = 11, FLUSH_CACHE = 12, SET_LDT = 13, NEW_USER_BASE = 15, CLEAR_PAGE = 16, COPY_PAGE = 17;
const NAMES: Readonly<Record<number, string>> = {
  [PIN_L1]: 'pin-l1-table', [PIN_L2]: 'pin-l2-table', [PIN_L3]: 'pin-l3-table', [PIN_L4]: 'pin-l4-table', [UNPIN]: 'unpin-table', [NEW_BASE]: 'new-baseptr',
  [TLB_FLUSH_LOCAL]: 'tlb-flush-local', [INVLPG_LOCAL]: 'invlpg-local', [TLB_FLUSH_MULTI]: 'tlb-flush-multi', [INVLPG_MULTI]: 'invlpg-multi',
  [TLB_FLUSH_ALL]: 'tlb-flush-all', [INVLPG_ALL]: 'invlpg-all', [FLUSH_CACHE]: 'flush-cache', [SET_LDT]: 'set-ldt', [NEW_USER_BASE]: 'new-user-baseptr',
  [CLEAR_PAGE]: 'clear-page', [COPY_PAGE]: 'copy-page',
};

export class ExtendedOperations {
  readonly #domain: Domain;
  readonly #frames: FrameTable;
  readonly #tables: TableValidation;

  constructor(domain: Domain, frames: FrameTable, tables: TableValidation) {
    this.#domain = domain;
    this.#frames = frames;
    this.#tables = tables;
  }

  /** Names a call after its only operation. */
  describe(operation: number): void {
    const {vmm, copy} = this.#domain;
    const offset = copy.offset(operation);
    if (offset >= 0 && operation >>> 0 < MACHINE_MAP_START) vmm.world.describe(NAMES[vmm.cpu.u8[offset]] ?? 'mmuext-op');
  }

  flushTlb(): void {
    this.#domain.vmm.charge('cr3_write');
    this.#frames.flushAll();
  }
  invalidate(linear: number): void {
    if (linear >>> 0 >= MACHINE_MAP_START) return;
    this.#domain.vmm.charge('invlpg');
    this.#domain.vmm.cpu.mmu.invalidate(linear);
  }

  /** struct mmuext_op: command and two arguments. */
  carryOut([command, first, second]: Int32Array): number {
    const frame = first >>> 0;
    this.#domain.vmm.charge('mmuext_operation');
    switch (command) {
      case PIN_L1: return this.#pin(frame, L1_TABLE);
      case PIN_L2: return this.#pin(frame, L2_TABLE);
      case UNPIN: return this.#unpin(frame);
      case NEW_BASE: return this.newBase(frame);
      case TLB_FLUSH_LOCAL: case TLB_FLUSH_ALL: this.flushTlb(); return 0;
      case INVLPG_LOCAL: case INVLPG_ALL: this.invalidate(first); return 0;
      case TLB_FLUSH_MULTI: this.#domain.copy.check(second, 4, false); this.flushTlb(); return 0;
      case INVLPG_MULTI: this.#domain.copy.check(second, 4, false); this.invalidate(first); return 0;
      // Why: the domain has no devices, so it may not write caches back for them.
      case FLUSH_CACHE: return -EINVAL;
      case SET_LDT: return this.#domain.setLdt(first, second >>> 0);
      case CLEAR_PAGE: return this.#fill(frame, null);
      case COPY_PAGE: return this.#fill(frame, second >>> 0);
      default: return command === PIN_L3 || command === PIN_L4 || command === NEW_USER_BASE ? -EINVAL : -ENOSYS;
    }
  }

  #pin(frame: number, type: typeof L1_TABLE | typeof L2_TABLE): number {
    if (!this.#frames.holdAs(frame, type)) return -EINVAL;
    if (this.#frames.pin(frame)) return 0;
    this.#frames.releaseAs(frame);
    return -EINVAL;
  }

  #unpin(frame: number): number {
    if (!this.#frames.owns(frame) || !this.#frames.unpin(frame)) return -EINVAL;
    this.#frames.releaseAs(frame);
    return 0;
  }

  /** The running directory is held besides, so that it stays one while it runs. */
  newBase(frame: number): number {
    const {vmm} = this.#domain;
    const {cpu} = vmm;
    if (!this.#frames.holdAs(frame, L2_TABLE)) return -EINVAL;
    const old = cpu.cr3 >>> 12;
    vmm.charge('base_switch');
    vmm.charge('cr3_write');
    cpu.cr3 = frame << 12;
    this.#frames.flushAll();
    this.#domain.forgetLdt();
    this.#frames.releaseAs(old);
    return 0;
  }

  /** Fills a writable frame with zeros, or with another frame's bytes. */
  #fill(frame: number, source: number | null): number {
    const {memory} = this.#domain.vmm.platform;
    if (source !== null && !this.#frames.owns(source)) return -EINVAL;
    if (!this.#frames.holdAs(frame, WRITABLE)) return -EINVAL;
    if (source === null) memory.clearFrame(frame);
    else for (let index = 0; index < 1024; index++) this.#tables.write(frame, index, this.#tables.read(source, index));
    this.#frames.releaseAs(frame);
    return 0;
  }
}
