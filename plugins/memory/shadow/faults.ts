// Page faults that leave the guest: each is true (the guest's own, injected), hidden (the shadow lagged behind, filled), a
// write to a protected table (emulated, or the table let out of step), or an access to a device (emulated).
import {ACCESS_USER, ACCESS_WRITE, PF_PRESENT, PF_USER, PF_WRITE, PTE_U, PTE_W, TwoLevelWalker, WALK_DONE} from 'worldswitch';
import type {ExitRecord, Translation, Vmm} from 'worldswitch';
import type {ShadowCache} from './cache.ts';
import {SHADOW_MMIO, SHADOW_TRACED} from './format.ts';
import type {Leaves} from './leaves.ts';
import type {OutOfSync} from './out-of-sync.ts';
import type {PagingMode} from './paging-mode.ts';
import type {ShadowPage} from './page.ts';
import type {Roots} from './roots.ts';
import type {Settings} from './settings.ts';
import type {Tables} from './tables.ts';

interface Parts {
  readonly vmm: Vmm;
  readonly settings: Settings;
  readonly cache: ShadowCache;
  readonly leaves: Leaves;
  readonly roots: Roots;
  readonly tables: Tables;
  readonly mode: PagingMode;
  readonly outOfSync: OutOfSync | null;
}

/** Instructions that write page tables; another one that hits a protected table finds no table there any more (KVM's PageTable flag). */
const TABLE_WRITERS: ReadonlySet<string> = new Set(['MOV', 'XCHG', 'OR', 'AND', 'BTS', 'CMPXCHG', 'CMPXCHG8B']);

export class Faults {
  readonly #parts: Parts;
  readonly #walker: TwoLevelWalker;
  readonly #found: Translation = {page: 0, pageShift: 12, maps: 0};
  /** The instruction and address that were last tried again without protection. */
  readonly #retried = {eip: -1, linear: -1};
  readonly counts = {true: 0, hidden: 0, trace: 0, mmio: 0, unsync: 0};

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#walker = new TwoLevelWalker(parts.vmm.guest.tables);
  }

  /** Why the error code changes: the processor's user may be the guest's supervisor. */
  handle(exit: ExitRecord): void {
    const {vmm, mode, settings, cache, tables} = this.#parts;
    const linear = exit.qualification;
    const errorCode = mode.kernelInRing3 ? exit.errorCode & ~PF_USER : exit.errorCode;
    const table = tables.known(linear);
    const entry = table ? cache.entry(table, cache.format.tableIndex(linear)) : 0;
    if (settings.policy === 'traced' && isTraced(entry, errorCode)) return this.#emulateProtected(linear);
    if (isDevice(entry, errorCode)) return this.#emulateDevice();
    vmm.charge('shadow_classify');
    const outcome = this.#walker.walk(mode.registers(), linear, accessOf(errorCode), this.#found);
    if (outcome !== WALK_DONE) return this.#inject(linear, table);
    const {page, pageShift} = this.#found;
    const frame = (page + (linear & ((1 << pageShift) - 4096))) / 4096;
    if (vmm.hostFrame(frame) >= 0) return this.#fill(linear, errorCode, frame);
    const device = tables.obtain(linear);
    cache.markDevice(device, cache.format.tableIndex(linear), this.#rights(device, linear));
    this.#emulateDevice();
  }

  #rights(table: ShadowPage, linear: number): number {
    return this.#parts.leaves.guestEntry(table, this.#parts.cache.format.tableIndex(linear)) & table.access & (PTE_W | PTE_U);
  }

  /** Why the invalidation: a processor forgets the translation that faulted (Intel SDM vol. 3A, 4.10.4.1). */
  #inject(linear: number, table: ShadowPage | null): void {
    const {vmm, cache, settings, outOfSync} = this.#parts;
    const {errorCode} = this.#walker.record;
    vmm.world.describe('pf-true');
    this.counts.true++;
    const index = cache.format.tableIndex(linear);
    if ((errorCode & PF_PRESENT) !== 0 && table?.unsync) outOfSync?.invalidate(table, index);
    if (settings.policy === 'virtual-tlb' && table) cache.clearLeaf(table, index);
    vmm.injectPageFault(linear, errorCode);
  }

  /** The guest's tables translate, the shadow does not yet: fill one entry, and emulate if its frame is protected. */
  #fill(linear: number, errorCode: number, frame: number): void {
    const {vmm, cache, leaves, tables, outOfSync} = this.#parts;
    const {guest} = vmm;
    const page = tables.obtain(linear);
    const index = cache.format.tableIndex(linear);
    const write = (errorCode & PF_WRITE) !== 0;
    // Why asked twice: making the table may trace the frame, letting it go out of step ends that.
    const released = write && guest.isTraced(frame) && outOfSync?.release(frame) === true;
    leaves.fill(page, index, errorCode);
    if (write && guest.isTraced(frame)) return this.#emulateProtected(linear, frame);
    vmm.world.describe(released ? 'pf-unsync' : 'pf-hidden');
    this.counts[released ? 'unsync' : 'hidden']++;
    vmm.charge('shadow_fill');
    leaves.prefetch(page, index);
  }

  #emulateProtected(linear: number, frame = -1): void {
    const {vmm, roots, settings} = this.#parts;
    vmm.world.describe('pf-trace');
    this.counts.trace++;
    roots.directory(linear).trappedWrites = 0;
    if (settings.policy === 'unsync' && this.#triesAgain(linear, frame)) return;
    vmm.emulate();
  }

  /** KVM's retry_instruction: the protection goes, once, and the instruction runs again. */
  #triesAgain(linear: number, frame: number): boolean {
    const {vmm, cache, roots} = this.#parts;
    const {eip} = vmm.cpu;
    const again = this.#retried.eip === eip && this.#retried.linear === linear;
    this.#retried.eip = this.#retried.linear = -1;
    const mnemonic = vmm.emulator.instruction()?.row.mnemonic ?? 'MOV';
    if (again || TABLE_WRITERS.has(mnemonic) || cache.protection.isKept(frame)) return false;
    Object.assign(this.#retried, {eip, linear});
    for (const page of cache.protection.shadowing(frame)) cache.drop(page);
    roots.reload();
    return true;
  }

  #emulateDevice(): void {
    this.#parts.vmm.world.describe('pf-mmio');
    this.counts.mmio++;
    this.#parts.vmm.emulate();
  }
}

/** A write that the guest's tables allow to a frame that is write-protected. */
const isTraced = (entry: number, errorCode: number): boolean =>
  (errorCode & PF_WRITE) !== 0 && (entry & SHADOW_TRACED) !== 0 && ((errorCode & PF_USER) === 0 || (entry & PTE_U) !== 0);

/** An access that the guest's tables allow to a page known to be a device's. */
const isDevice = (entry: number, errorCode: number): boolean =>
  (entry & SHADOW_MMIO) !== 0 && ((errorCode & PF_WRITE) === 0 || (entry & PTE_W) !== 0) && ((errorCode & PF_USER) === 0 || (entry & PTE_U) !== 0);

const accessOf = (errorCode: number): number => (errorCode & PF_WRITE ? ACCESS_WRITE : 0) | (errorCode & PF_USER ? ACCESS_USER : 0);
