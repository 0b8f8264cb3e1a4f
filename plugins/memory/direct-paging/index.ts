// Direct paging, the paravirtual MMU: the guest's page tables are the ones the processor walks. They hold machine frames, the
// guest maps them read-only, and every change is asked of Xen, which checks it against what each frame is used as.
// Barham et al., SOSP 2003, 3.3.3.
import {CR0_ET, CR0_NE, CR0_PE, CR0_PG, CR0_WP, defineMemoryStrategy, EINVAL, ENOSYS, loadCr0, oneOf, options} from 'worldswitch';
import type {DirectPaging, Domain, ExitRecord, MemoryStrategy, PagingRegisters, Vmm} from 'worldswitch';
import {DESCRIPTORS, FrameTable, L2_TABLE, WRITABLE} from './frame-table.ts';
import {PageTableHypercalls} from './hypercalls.ts';
import {MemoryReservation} from './reservation.ts';
import {TableValidation} from './validation.ts';
import {WritableTables} from './writable-tables.ts';

/** vm_assist: commands, and the one type that means something here. */
const ENABLE = 0, DISABLE = 1, WRITABLE_TABLES = 2, LAST_ASSIST = 3;

const REAL_CR0 = CR0_PE | CR0_PG | CR0_WP | CR0_NE | CR0_ET;

class ParavirtualMmu implements MemoryStrategy, DirectPaging {
  readonly #vmm: Vmm;
  #domain!: Domain;
  #frames!: FrameTable;
  #tables!: TableValidation;
  #calls!: PageTableHypercalls;
  #reservation!: MemoryReservation;
  #writable!: WritableTables;
  /** Writable page tables: when the guest asks for them, from the beginning, or not at all. */
  readonly #policy: string;

  constructor(vmm: Vmm, policy: string) {
    this.#vmm = vmm;
    this.#policy = policy;
    vmm.guest.place(4096);
  }

  configure(): void {}

  /** Everything of the guest's gets its type from the bootstrap tables, which are held to the same rules as any other. */
  start(): void {
    const {cpu, guest, domain} = this.#vmm;
    if (domain === null) throw new Error('direct paging needs a paravirtual domain');
    this.#domain = domain;
    this.#frames = new FrameTable(this.#vmm);
    this.#tables = new TableValidation(domain, this.#frames);
    this.#calls = new PageTableHypercalls(domain, this.#frames, this.#tables);
    this.#reservation = new MemoryReservation(domain, this.#frames);
    this.#writable = new WritableTables(domain, this.#frames, this.#tables);
    this.#writable.enabled = this.#policy === 'on';
    this.#tables.onFreed = frame => this.#reservation.freed(frame);
    for (let frame = 0; frame < guest.frames; frame++) this.#frames.allocate(guest.hostFrame(frame));
    this.#frames.share(domain.sharedInfo);
    const {directory} = domain.start;
    // Why twice: pinned, as every bootstrap directory is, and running.
    const held = this.#frames.holdAs(directory, L2_TABLE) && this.#frames.holdAs(directory, L2_TABLE);
    if (!held) throw new Error('the bootstrap page tables are not valid');
    this.#frames.pin(directory);
    Object.assign(this.#tables, {charges: true, checked: 0, promoted: 0});
    loadCr0(cpu, REAL_CR0);
    cpu.cr4 = 0;
    cpu.mmu.flush(true);
  }

  registers(): PagingRegisters {
    const {cr0, cr3, cr4} = this.#vmm.cpu;
    return {cr0, cr3, cr4};
  }

  directPaging(): DirectPaging {
    return this;
  }

  /** What the guest's tables do not allow is the guest's to handle. */
  pageFault(exit: ExitRecord): void {
    this.#vmm.world.describe('pf');
    if (this.#writable.mend(exit.qualification, exit.errorCode)) return;
    this.#domain.pageFault(exit.qualification, exit.errorCode);
  }

  mmuUpdate(requests: number, count: number, done: number, foreign: number): number {
    return this.#calls.mmuUpdate(requests, count, done, foreign);
  }
  mmuextOp(operations: number, count: number, done: number, foreign: number): number {
    return this.#calls.mmuextOp(operations, count, done, foreign);
  }
  updateVaMapping(linear: number, entry: number, flags: number): number {
    return this.#calls.updateVaMapping(linear, entry, flags);
  }
  updateDescriptor(address: number, low: number, high: number): number {
    return this.#calls.updateDescriptor(address, low, high);
  }
  memoryOp(command: number, argument: number): number {
    return this.#reservation.operate(command, argument);
  }
  vmAssist(command: number, type: number): number {
    if (command !== ENABLE && command !== DISABLE) return -ENOSYS;
    if (type >>> 0 > LAST_ASSIST || (type === WRITABLE_TABLES && this.#policy === 'off')) return -EINVAL;
    if (type === WRITABLE_TABLES) this.#writable.enabled = command === ENABLE || this.#policy === 'on';
    return 0;
  }
  loadDirectory(frame: number): number {
    return this.#calls.newBase(frame);
  }
  settle(): void {
    this.#writable.settle();
  }
  holdGranted(frame: number, write: boolean): boolean {
    this.settle();
    return write ? this.#frames.holdAs(frame, WRITABLE) : this.#frames.hold(frame);
  }
  releaseGranted(frame: number, write: boolean): void {
    if (write) this.#frames.releaseAs(frame);
    else this.#frames.release(frame);
  }
  share(frame: number): void {
    this.#frames.share(frame);
  }
  holdDescriptors(frame: number): boolean {
    return this.#frames.holdAs(frame, DESCRIPTORS);
  }
  releaseDescriptors(frame: number): void {
    this.#frames.releaseAs(frame);
  }

  writeCr0(): void {
    throw new Error('a control register was written past the hypercalls');
  }
  writeCr3(): void {
    this.writeCr0();
  }
  writeCr4(): void {
    this.writeCr0();
  }
  invlpg(linear: number): void {
    this.#vmm.cpu.mmu.invalidate(linear);
  }
  violation(): void {
    throw new Error('a nested-paging violation left the guest although direct paging does not use nested paging');
  }
  wrote(): void {}

  /** What is wrong with the books of frames and references, or null. For tests. */
  audit(): string | null {
    this.settle();
    return this.#tables.audit([this.#vmm.cpu.cr3 >>> 12]);
  }

  statistics(): Readonly<Record<string, number>> {
    const {checked, rejected, promoted} = this.#tables;
    const {updates, largest} = this.#calls.batches;
    return {
      'page-table updates': updates, 'largest batch': largest, 'entries validated': checked, 'updates rejected': rejected, 'frames promoted': promoted,
      'tables detached': this.#writable.detachments, 'stores to tables emulated': this.#writable.emulated,
      'tables pinned': this.#frames.pinned, 'flushes for a change of type': this.#frames.typeFlushes,
    };
  }
}

export default defineMemoryStrategy({
  apiVersion: 1,
  kind: 'memory',
  name: 'direct-paging',
  title: 'direct paging (paravirtual MMU)',
  needs: {cpu: ['paravirtual'], guest: 'paravirtual'},
  options: options({writable: oneOf(['assist', 'on', 'off'])}),
  create: (vmm, {writable}) => new ParavirtualMmu(vmm, writable as string),
});
