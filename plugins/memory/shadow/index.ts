// Shadow page tables: the hardware walks tables that the VMM makes, the guest's own are only read. Policy `traced`: a guest
// table that is shadowed is write-protected; each write to it faults, is emulated, and its shadow entry is brought up to
// date (`write=update`) or torn out (`write=zap`). A fault is true (the guest's own, injected), hidden (the shadow lagged
// behind, filled), a trace, or MMIO. Accessed and dirty bits are kept by leaving out what the guest would have to notice.
// Adams and Agesen, ASPLOS 2006, 4.2; Linux, Documentation/virt/kvm/x86/mmu.rst.
import {
  ACCESS_USER, ACCESS_WRITE, CR0_CD, CR0_ET, CR0_NE, CR0_NW, CR0_PE, CR0_PG, CR0_WP, CR3_FRAME, CR4_PGE, CR4_PSE, defineMemoryStrategy, gpa,
  loadCr0, oneOf, options, PDE_PS, PF, PF_USER, PF_WRITE, PTE_A, PTE_D, PTE_P, PTE_U, PTE_W, TwoLevelWalker, visibleCr0, visibleCr4, WALK_DONE,
} from 'worldswitch';
import type {ExecutionControls, ExitRecord, Gpa, MemoryStrategy, PagingRegisters, Translation, Vmm} from 'worldswitch';
import {SHADOW_TRACED, ShadowCache} from './cache.ts';
import {shadowKey, type ShadowIdentity, type ShadowPage} from './page.ts';

/** Trapped writes to a table outside the running address space after which it is taken for ordinary memory. */
const IDLE_WRITES = 3;
const NO_GUEST_TABLE = -1;
/** Bits of CR0 that stay the guest's own: everything else is the VMM's, so that paging and protection stay on. */
const CR0_OWNED = CR0_PE | CR0_PG | CR0_WP | CR0_NE | CR0_CD | CR0_NW;

class Shadow implements MemoryStrategy {
  readonly #vmm: Vmm;
  readonly #zapOnWrite: boolean;
  readonly #cache: ShadowCache;
  readonly #walker: TwoLevelWalker;
  readonly #found: Translation = {page: 0, pageShift: 12, maps: 0};
  #cr3 = 0;
  /** The guest's kernel runs in ring 3 and is in force: its root opens the guest's supervisor pages to that ring. */
  #kernelInRing3 = false;
  readonly #faults = {true: 0, hidden: 0, trace: 0, mmio: 0};

  constructor(vmm: Vmm, zapOnWrite: boolean) {
    this.#vmm = vmm;
    this.#zapOnWrite = zapOnWrite;
    vmm.guest.place(4096);
    this.#cache = new ShadowCache(vmm);
    this.#walker = new TwoLevelWalker(vmm.guest.tables);
    if (vmm.platform.host.features['tagged-tlb']) vmm.platform.tlb.setTag(1);
  }

  start(): void {
    const {cpu} = this.#vmm;
    this.#kernelInRing3 = this.#vmm.kernelRing === 3;
    cpu.controls.cr0Shadow = cpu.cr0;
    cpu.controls.cr4Shadow = cpu.cr4;
    this.configure(cpu.controls);
    this.#loadRoot();
    loadCr0(cpu, cpu.cr0 | CR0_PG | CR0_WP | CR0_NE);
  }

  configure(controls: ExecutionControls): void {
    controls.exceptionBitmap |= 1 << PF;
    controls.cr3Load = true;
    controls.cr3Store = true;
    controls.invlpg = true;
    controls.cr0Mask = CR0_OWNED;
    controls.cr4Mask = CR4_PSE | CR4_PGE;
  }

  registers(): PagingRegisters {
    const {cpu} = this.#vmm;
    return {cr0: visibleCr0(cpu), cr3: this.#cr3, cr4: visibleCr4(cpu)};
  }

  writeCr0(value: number): void {
    const {cpu} = this.#vmm;
    const changed = visibleCr0(cpu) ^ value;
    cpu.controls.cr0Shadow = value | CR0_ET;
    loadCr0(cpu, (value & ~(CR0_CD | CR0_NW)) | CR0_PE | CR0_PG | CR0_WP | CR0_NE);
    // Why: entries made for a kernel that ignores write protection are wrong once it does not.
    if ((changed & CR0_WP) !== 0) this.#cache.dropAll();
    if ((changed & CR0_PG) !== 0) this.#loadRoot();
  }

  writeCr3(value: number): void {
    this.#cr3 = value;
    this.#loadRoot();
  }

  /** What CR4.PSE means for a directory is in the shadow; large and small pages are told apart again. */
  writeCr4(value: number): void {
    const {cpu} = this.#vmm;
    const changed = visibleCr4(cpu) ^ value;
    cpu.controls.cr4Shadow = value;
    cpu.cr4 = value & ~(CR4_PSE | CR4_PGE);
    if ((changed & CR4_PSE) !== 0) this.#cache.dropAll();
    cpu.mmu.flush(true);
  }

  /** Traced tables are never out of step, so only the hardware's TLB has something to forget. */
  invlpg(linear: number): void {
    this.#vmm.charge('invlpg');
    this.#vmm.platform.mmu.invalidate(linear);
  }

  /** Kernel and programs in one ring have one root each. */
  privilege(user: boolean): void {
    if (this.#kernelInRing3 === !user) return;
    this.#kernelInRing3 = !user;
    this.#loadRoot();
  }

  pageFault(exit: ExitRecord): void {
    const {world} = this.#vmm;
    const linear = exit.qualification;
    // Why: the processor's user may be the guest's supervisor.
    const errorCode = this.#kernelInRing3 ? exit.errorCode & ~PF_USER : exit.errorCode;
    if (this.#isTrace(linear, errorCode)) return this.#emulateTraced();
    this.#vmm.charge('shadow_classify');
    const outcome = this.#walker.walk(this.registers(), linear, accessOf(errorCode), this.#found);
    if (outcome !== WALK_DONE) {
      world.describe('pf-true');
      this.#faults.true++;
      return this.#vmm.injectPageFault(linear, this.#walker.record.errorCode);
    }
    const frame = (this.#found.page + (linear & ((1 << this.#found.pageShift) - 4096))) / 4096;
    if (this.#vmm.guest.hostFrame(frame) < 0) {
      world.describe('pf-mmio');
      this.#faults.mmio++;
      this.#vmm.emulate();
      return;
    }
    this.#fill(linear, errorCode, frame);
  }

  violation(): void {
    throw new Error('a nested-paging violation left the guest although shadow paging does not use nested paging');
  }

  wrote(address: Gpa, width: number): void {
    const frame = address >>> 12;
    const first = (address & 0xfff) >>> 2;
    const last = ((address & 0xfff) + width - 1) >>> 2;
    for (const page of this.#cache.shadowing(frame)) {
      if (this.#isIdle(page)) {
        this.#cache.drop(page);
        continue;
      }
      for (let index = first; index <= last; index++) this.#sync(page, index);
    }
  }

  trace(frame: number): void {
    this.#cache.keepTraced(frame);
  }

  statistics(): Readonly<Record<string, number>> {
    const {true: real, hidden, trace, mmio} = this.#faults;
    return {
      'true faults': real, 'hidden faults': hidden, 'trace faults': trace, 'mmio faults': mmio,
      'shadow pages': this.#cache.size, 'shadow pages zapped': this.#cache.zapped,
    };
  }

  /** A write that the guest's tables allow to a frame that is write-protected for tracing. */
  #isTrace(linear: number, errorCode: number): boolean {
    if ((errorCode & PF_WRITE) === 0) return false;
    const entry = this.#cache.leafEntry(linear);
    return (entry & SHADOW_TRACED) !== 0 && ((errorCode & PF_USER) === 0 || (entry & PTE_U) !== 0);
  }

  #emulateTraced(): void {
    this.#vmm.world.describe('pf-trace');
    this.#faults.trace++;
    this.#vmm.emulate();
  }

  /** The guest's tables translate, the shadow does not yet: fill one entry, and emulate if its frame is traced. */
  #fill(linear: number, errorCode: number, frame: number): void {
    const {guest} = this.#vmm;
    const page = this.#tableFor(linear);
    const index = (linear >>> 12) & 0x3ff;
    this.#setFromGuest(page, index, errorCode);
    if ((errorCode & PF_WRITE) !== 0 && guest.traced[frame] !== 0) return this.#emulateTraced();
    this.#vmm.world.describe('pf-hidden');
    this.#faults.hidden++;
    this.#vmm.charge('shadow_fill');
  }

  /** The shadow table behind a linear address, linked into the running root. */
  #tableFor(linear: number): ShadowPage {
    const root = this.#cache.root as ShadowPage;
    const index = linear >>> 22;
    const child = this.#cache.obtain(this.#identityBelow(root, index));
    this.#cache.link(root, index, child);
    return child;
  }

  #identityBelow(root: ShadowPage, index: number): ShadowIdentity {
    const {kernel} = root;
    if (root.guestFrame === NO_GUEST_TABLE) return {role: 'direct', guestFrame: index << 10, access: PTE_W | PTE_U | PTE_D, kernel};
    const directory = this.#vmm.guest.read32(gpa(root.guestFrame * 4096 + index * 4));
    const large = (directory & PDE_PS) !== 0 && (visibleCr4(this.#vmm.cpu) & CR4_PSE) !== 0;
    if (!large) return {role: 'table', guestFrame: directory >>> 12, access: directory & (PTE_W | PTE_U), kernel};
    return {role: 'direct', guestFrame: (directory >>> 22) << 10, access: directory & (PTE_W | PTE_U | PTE_D), kernel};
  }

  /** The guest's leaf entry as if it lay in a table; a direct page's come from the mapping above it. */
  #guestEntry(page: ShadowPage, index: number): number {
    if (page.role === 'direct') return ((page.guestFrame + index) << 12) | PTE_P | PTE_A | page.access;
    return this.#vmm.guest.read32(gpa(page.guestFrame * 4096 + index * 4));
  }

  /**
   * Shadows one leaf. Not present until the guest's accessed bit is set and not writable until its dirty bit is, so that the
   * first access still comes here. `errorCode` is the fault being resolved, 0 for a write to the guest's table.
   */
  #setFromGuest(page: ShadowPage, index: number, errorCode: number): void {
    const {guest, cpu} = this.#vmm;
    const entry = this.#guestEntry(page, index);
    const frame = entry >>> 12;
    const hostFrame = guest.hostFrame(frame);
    if ((entry & (PTE_P | PTE_A)) !== (PTE_P | PTE_A) || hostFrame < 0) return this.#cache.setLeaf(page, index, 0, 0);
    const rights = entry & page.access & (PTE_W | PTE_U);
    const supervisorWrite = (errorCode & (PF_WRITE | PF_USER)) === PF_WRITE;
    // Why: with CR0.WP clear the guest's kernel may write read-only pages; the hardware's WP is always set, so such a page is
    // given to the kernel alone until a user access takes it back.
    const override = supervisorWrite && (rights & PTE_W) === 0 && (visibleCr0(cpu) & CR0_WP) === 0;
    const granted = page.kernel ? this.#kernelRights(rights) : override ? PTE_W : rights;
    const writable = (granted & PTE_W) !== 0 && (entry & PTE_D) !== 0;
    const traced = guest.traced[frame] !== 0;
    const write = writable ? (traced ? SHADOW_TRACED : PTE_W) : 0;
    this.#cache.setLeaf(page, index, (hostFrame << 12) | PTE_P | PTE_A | PTE_D | (granted & PTE_U) | write, frame);
  }

  /** What a kernel in ring 3 may do where its tables say so much: all of them are its own, and CR0.WP decides about writes. */
  #kernelRights(rights: number): number {
    return PTE_U | ((visibleCr0(this.#vmm.cpu) & CR0_WP) === 0 ? PTE_W : rights & PTE_W);
  }

  /** Brings one shadow entry up to date after the guest wrote its own. */
  #sync(page: ShadowPage, index: number): void {
    this.#vmm.charge('shadow_sync');
    if (page.role === 'directory') this.#syncDirectory(page, index);
    else if (this.#zapOnWrite) this.#cache.setLeaf(page, index, 0, 0);
    else this.#setFromGuest(page, index, 0);
  }

  /** A directory entry that still names the same table with the same rights keeps its shadow. */
  #syncDirectory(directory: ShadowPage, index: number): void {
    const child = directory.children[index];
    if (!child) return;
    const entry = this.#vmm.guest.read32(gpa(directory.guestFrame * 4096 + index * 4));
    const usable = (entry & (PTE_P | PTE_A)) === (PTE_P | PTE_A);
    if (!usable || shadowKey(this.#identityBelow(directory, index)) !== child.key) this.#cache.unlink(directory, index);
  }

  /** Whether a table outside the running address space has been written so often that it is no table any more. */
  #isIdle(page: ShadowPage): boolean {
    const {root} = this.#cache;
    const above = page.role === 'directory' ? [page] : [...page.parents.keys()];
    const running = above.some(({guestFrame}) => guestFrame === root?.guestFrame);
    page.idleWrites = running ? 0 : page.idleWrites + 1;
    return page.idleWrites >= IDLE_WRITES;
  }

  /** Puts the processor on the shadow of the directory in CR3, or on the identity directory while paging is off. */
  #loadRoot(): void {
    const {cpu} = this.#vmm;
    const paged = (visibleCr0(cpu) & CR0_PG) !== 0;
    const guestFrame = paged ? (this.#cr3 & CR3_FRAME) >>> 12 : NO_GUEST_TABLE;
    this.#vmm.charge('shadow_root');
    const root = this.#cache.obtain({role: 'directory', guestFrame, access: PTE_W | PTE_U, kernel: this.#kernelInRing3});
    root.idleWrites = 0;
    this.#cache.root = root;
    cpu.cr3 = root.frame << 12;
    cpu.mmu.flush(true);
  }
}

function accessOf(errorCode: number): number {
  return (errorCode & PF_WRITE ? ACCESS_WRITE : 0) | (errorCode & PF_USER ? ACCESS_USER : 0);
}

export default defineMemoryStrategy({
  apiVersion: 1,
  kind: 'memory',
  name: 'shadow',
  title: 'shadow page tables',
  needs: {cpu: ['binary-translation', 'hardware-assisted', 'trap-and-emulate']},
  options: options({policy: oneOf(['traced']), write: oneOf(['update', 'zap'])}),
  create: (vmm, {write}) => new Shadow(vmm, write === 'zap'),
});
