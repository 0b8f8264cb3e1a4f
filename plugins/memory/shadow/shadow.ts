// Shadow paging as a memory strategy: what the guest does to its control registers and to its TLB, and who sees to it.
import {
  CR0_CD, CR0_ET, CR0_NE, CR0_NW, CR0_PE, CR0_PG, CR0_WP, CR4_PAE, CR4_PGE, CR4_PSE, loadCr0, PF, PF_PRESENT, visibleCr0, visibleCr4,
} from 'worldswitch';
import type {ExecutionControls, ExitRecord, Gpa, MemoryStrategy, PagingRegisters, Vmm} from 'worldswitch';
import {ShadowCache} from './cache.ts';
import {Faults} from './faults.ts';
import {Leaves} from './leaves.ts';
import {OutOfSync} from './out-of-sync.ts';
import type {ShadowPage} from './page.ts';
import {PagingMode} from './paging-mode.ts';
import {Roots} from './roots.ts';
import type {Settings} from './settings.ts';
import {TableWrites} from './table-writes.ts';
import {Tables} from './tables.ts';

/** Bits of CR0 that stay the guest's own: everything else is the VMM's, so that paging and protection stay on. */
const CR0_OWNED = CR0_PE | CR0_PG | CR0_WP | CR0_NE | CR0_CD | CR0_NW;

export class Shadow implements MemoryStrategy {
  readonly #vmm: Vmm;
  readonly #settings: Settings;
  readonly #mode: PagingMode;
  readonly #cache: ShadowCache;
  readonly #leaves: Leaves;
  readonly #outOfSync: OutOfSync | null;
  readonly #roots: Roots;
  readonly #tables: Tables;
  readonly #faults: Faults;
  readonly #writes: TableWrites;
  readonly #exits = {cr3: 0, invlpg: 0};

  constructor(vmm: Vmm, settings: Settings) {
    this.#vmm = vmm;
    this.#settings = settings;
    vmm.guest.place(4096);
    const mode = this.#mode = new PagingMode(vmm);
    const cache = this.#cache = new ShadowCache(vmm, settings);
    const leaves = this.#leaves = new Leaves(vmm, cache, settings);
    const outOfSync = this.#outOfSync = settings.policy === 'unsync' ? new OutOfSync(vmm, cache, leaves) : null;
    const roots = this.#roots = new Roots({vmm, settings, cache, leaves, mode});
    const tables = this.#tables = new Tables({vmm, cache, leaves, roots});
    const parts = {vmm, settings, cache, leaves, roots, tables, mode, outOfSync};
    this.#faults = new Faults(parts);
    this.#writes = new TableWrites(parts);
    if (vmm.platform.host.features['tagged-tlb']) vmm.platform.tlb.setTag(1);
  }

  start(): void {
    const {cpu} = this.#vmm;
    this.#vmm.assigned?.onMoved.push(frames => this.#cache.forgetFrames(frames));
    this.#mode.kernelInRing3 = this.#vmm.kernelRing === 3;
    cpu.controls.cr0Shadow = cpu.cr0;
    cpu.controls.cr4Shadow = cpu.cr4;
    this.configure(cpu.controls);
    this.#roots.load();
    loadCr0(cpu, cpu.cr0 | CR0_PE | CR0_PG | CR0_WP | CR0_NE);
  }

  configure(controls: ExecutionControls): void {
    controls.exceptionBitmap |= 1 << PF;
    controls.cr3Load = true;
    controls.cr3Store = true;
    controls.invlpg = true;
    controls.cr0Mask = CR0_OWNED;
    controls.cr4Mask = CR4_PSE | CR4_PGE | CR4_PAE;
    this.#filterFaults(controls);
  }

  /** Limit: there are no shadows of PAE tables, so such a guest is interpreted. */
  runsPaging(): boolean {
    return !this.#mode.pae;
  }

  registers(): PagingRegisters {
    return this.#mode.registers();
  }

  writeCr0(value: number): void {
    const {cpu} = this.#vmm;
    const changed = visibleCr0(cpu) ^ value;
    cpu.controls.cr0Shadow = value | CR0_ET;
    loadCr0(cpu, (value & ~(CR0_CD | CR0_NW)) | CR0_PE | CR0_PG | CR0_WP | CR0_NE);
    if ((changed & (CR0_WP | CR0_PG)) !== 0) this.#loadRoot();
  }

  writeCr3(value: number): void {
    this.#exits.cr3++;
    this.#mode.cr3 = value;
    this.#loadRoot();
  }

  /** What CR4.PSE means for a directory is in its shadow, so another mode has other shadows; a change of CR4.PGE only flushes. */
  writeCr4(value: number): void {
    const {cpu} = this.#vmm;
    const changed = visibleCr4(cpu) ^ value;
    cpu.controls.cr4Shadow = value;
    cpu.cr4 = value & ~(CR4_PSE | CR4_PGE | CR4_PAE);
    if ((changed & (CR4_PSE | CR4_PGE | CR4_PAE)) !== 0) this.#loadRoot();
  }

  /** Traced tables are never out of step, so then only the hardware's TLB has something to forget. */
  invlpg(linear: number): void {
    this.#exits.invlpg++;
    this.#vmm.charge('invlpg');
    const {format} = this.#cache;
    for (const directory of this.#roots.serving(linear)) {
      const table = directory.children[format.directoryIndex(linear)];
      if (table && this.#settings.policy === 'virtual-tlb') this.#forget(directory, table, linear);
      else if (table) this.#outOfSync?.invalidate(table, format.tableIndex(linear));
    }
    this.#vmm.platform.mmu.invalidate(linear);
  }

  /** Kernel and programs in one ring have one root each. */
  privilege(user: boolean): void {
    if (this.#mode.kernelInRing3 === !user) return;
    this.#mode.kernelInRing3 = !user;
    this.#roots.load(false);
  }

  pageFault(exit: ExitRecord): void {
    this.#faults.handle(exit);
  }

  violation(): void {
    throw new Error('a nested-paging violation left the guest although shadow paging does not use nested paging');
  }

  wrote(address: Gpa, width: number): void {
    this.#writes.wrote(address, width);
  }

  trace(frame: number): void {
    this.#cache.protection.keep(frame);
  }

  statistics(): Readonly<Record<string, number>> {
    const {counts} = this.#faults;
    return {
      'true faults': counts.true, 'hidden faults': counts.hidden, 'trace faults': counts.trace, 'mmio faults': counts.mmio, 'unsync faults': counts.unsync,
      'CR3 exits': this.#exits.cr3, 'INVLPG exits': this.#exits.invlpg,
      'shadow pages': this.#cache.size, 'shadow pages at most': this.#cache.most, 'shadow pages zapped': this.#cache.zapped,
      'shadow pages evicted': this.#cache.evicted, 'unsync pages': this.#outOfSync?.released ?? 0,
      'entries synced': this.#writes.synced + (this.#outOfSync?.resynced ?? 0), 'entries prefetched': this.#leaves.prefetched, floods: this.#writes.floods,
    };
  }

  /** Bypass: of the page faults only those with P set leave. Under ring compression every fault does, whatever the filter says. */
  #filterFaults(controls: ExecutionControls): void {
    if (!this.#settings.bypass || this.#vmm.monitor !== null) return;
    controls.pageFaultMask = PF_PRESENT;
    controls.pageFaultMatch = PF_PRESENT;
  }

  /** A virtual TLB forgets one page; a 4 MiB page whole, and a table whose directory entry has changed, as INVLPG does. */
  #forget(directory: ShadowPage, table: ShadowPage, linear: number): void {
    const {format} = this.#cache;
    const index = format.directoryIndex(linear);
    if (table.role === 'table' && this.#tables.isCurrent(directory, index)) return this.#cache.clearLeaf(table, format.tableIndex(linear));
    const first = index - format.half(index);
    for (let at = first; at < first + format.halves; at++) this.#cache.unlink(directory, at);
  }

  /** A flush of the TLB or another address space: what is out of step below it is read again. */
  #loadRoot(): void {
    this.#mode.loadPointers();
    this.#roots.load();
    this.#outOfSync?.syncBelow(this.#roots.all());
  }
}
