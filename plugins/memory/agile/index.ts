// Agile paging: a process begins in nested mode, where nothing of its memory management leaves the guest; the parts of its address space
// that miss the TLB often and change seldom move to shadow mode, where a walk is short; what the guest then writes often moves back.
// Gandhi, Hill and Swift, "Agile Paging: Exceeding the Best of Nested and Shadow Paging", ISCA 2016.
import {
  ACCESS_WRITE, CR0_ET, CR0_NE, CR3_FRAME, CR4_PAE, CR4_PSE, defineMemoryStrategy, gpa, hostTables, loadCr0, loadCr4, options, PDE_PS, PTE_P, TwoLevelWalker, visibleCr0,
  visibleCr4, WALK_DONE, WalkCache, wholeNumber,
} from 'worldswitch';
import type {ExecutionControls, ExitRecord, Gpa, MemoryStrategy, PagingRegisters, Translation, Vmm} from 'worldswitch';
import {NestedTables} from './nested-tables.ts';
import {ShadowTables} from './shadow-tables.ts';
import {AgileWalker} from './walker.ts';

/** Fruitless samples double the distance to the next, up to this many times the first. */
const MOST_PATIENCE = 64;

class Agile implements MemoryStrategy {
  readonly #vmm: Vmm;
  readonly #nested: NestedTables;
  readonly #walker: AgileWalker;
  readonly #shadow: ShadowTables;
  readonly #software: TwoLevelWalker;
  readonly #found: Translation = {page: 0, pageShift: 12, maps: 0};
  readonly #sampleWalks: number;
  readonly #tolerated: number;
  #patience = 1;
  readonly #exits = {sample: 0, true: 0, hidden: 0, trace: 0, mmio: 0};

  constructor(vmm: Vmm, sampleWalks: number, tolerated: number) {
    this.#vmm = vmm;
    this.#sampleWalks = sampleWalks;
    this.#tolerated = tolerated;
    vmm.guest.place(4096);
    const {platform} = vmm;
    const {host, memory} = platform;
    this.#nested = new NestedTables(vmm);
    this.#walker = new AgileWalker({
      host: hostTables(memory), nestedRoot: this.#nested.root, directories: WalkCache.forDirectories(host), tableFrames: WalkCache.forNested(host),
    });
    this.#walker.untilSample = sampleWalks;
    this.#shadow = new ShadowTables(vmm, this.#walker, this.#nested);
    this.#software = new TwoLevelWalker(vmm.guest.tables);
    platform.mmu.walker = this.#walker;
    if (host.features['tagged-tlb']) platform.tlb.setTag(1);
  }

  /** The imagined processor's walker translates unpaged code as well: it has unrestricted guest, whatever the host. */
  start(): void {
    const {cpu} = this.#vmm;
    cpu.controls.cr0Shadow = cpu.cr0;
    cpu.controls.cr4Shadow = cpu.cr4;
    loadCr0(cpu, cpu.cr0 | CR0_NE);
  }

  /** CR3 loads and INVLPG stay inside: the walker looks shadow roots up by the guest's CR3, and shadow tables are never out of step. */
  configure(controls: ExecutionControls): void {
    Object.assign(controls, {nestedPaging: true, nestedRoot: this.#nested.root, unrestrictedGuest: true});
    controls.cr0Mask = CR0_NE;
    controls.cr4Mask = CR4_PSE | CR4_PAE;
  }

  /** Limit: there are no shadows of PAE tables, so such a guest is interpreted. */
  runsPaging(): boolean {
    return (visibleCr4(this.#vmm.cpu) & CR4_PAE) === 0;
  }

  registers(): PagingRegisters {
    const {cpu} = this.#vmm;
    return {cr0: visibleCr0(cpu), cr3: cpu.cr3, cr4: visibleCr4(cpu)};
  }

  writeCr0(value: number): void {
    const {cpu} = this.#vmm;
    cpu.controls.cr0Shadow = value | CR0_ET;
    loadCr0(cpu, value | CR0_NE);
  }

  writeCr3(value: number): void {
    const {cpu} = this.#vmm;
    cpu.cr3 = value;
    cpu.mmu.flush(false);
  }

  /** What CR4.PSE means for a directory is in the shadow. */
  writeCr4(value: number): void {
    const {cpu} = this.#vmm;
    if (((visibleCr4(cpu) ^ value) & CR4_PSE) !== 0) this.#shadow.releaseAll();
    cpu.controls.cr4Shadow = value;
    loadCr4(cpu, value & ~CR4_PAE);
  }

  invlpg(linear: number): void {
    this.#vmm.platform.mmu.invalidate(linear);
  }

  /** Agile paging intercepts none; those that a CPU strategy's options intercept are the guest's own. */
  pageFault({qualification, errorCode}: ExitRecord): void {
    this.#vmm.world.describe('pf-true');
    this.#vmm.injectPageFault(qualification, errorCode);
  }

  violation(exit: ExitRecord): void {
    const {cause} = this.#walker;
    if (cause === 'sample') this.#sample(exit.guestLinear);
    else if (cause === 'shadow') this.#shadowMiss(exit.guestLinear);
    else this.#nestedMiss(exit.guestPhysical);
  }

  wrote(address: Gpa, width: number): void {
    const frame = address >>> 12;
    const first = (address & 0xfff) >>> 2;
    const last = ((address & 0xfff) + width - 1) >>> 2;
    for (let index = first; index <= last; index++) this.#shadow.sync(frame, index);
  }

  statistics(): Readonly<Record<string, number>> {
    const [shadow, switched, nested] = this.#walker.walks;
    return {
      'walks in shadow mode': shadow, 'walks switched below the directory': switched, 'walks nested from the root': nested,
      'tables moved to shadow mode': this.#shadow.made, 'tables moved back': this.#shadow.released, 'shadow tables': this.#shadow.live,
      'nested entries filled': this.#nested.filled, samples: this.#exits.sample, 'true faults': this.#exits.true, 'hidden faults': this.#exits.hidden,
      'trace faults': this.#exits.trace, 'mmio faults': this.#exits.mmio,
    };
  }

  /** Nested mode had no translation, or the frame is traced. */
  #nestedMiss(guestPhysical: number): void {
    const {guest, world} = this.#vmm;
    const frame = Math.floor(guestPhysical / 4096);
    const hostFrame = guest.hostFrame(frame);
    if (hostFrame < 0) return this.#mmio();
    const traced = guest.traced[frame] !== 0;
    if (traced && (this.#walker.access & ACCESS_WRITE) !== 0 && !this.#walker.record.duringGuestWalk) return this.#trapped(frame);
    world.describe('first-touch');
    this.#vmm.charge('nested_fill');
    this.#nested.map(frame, hostFrame, !traced);
  }

  /** Shadow mode had no entry or not the rights: the guest's tables tell whether the fault is its own. */
  #shadowMiss(linear: number): void {
    const {guest, world} = this.#vmm;
    const {access} = this.#walker;
    const registers = this.registers();
    this.#vmm.charge('shadow_classify');
    if (this.#software.walk(registers, linear, access, this.#found) !== WALK_DONE) {
      world.describe('pf-true');
      this.#exits.true++;
      return this.#vmm.injectPageFault(linear, this.#software.record.errorCode);
    }
    const frame = (this.#found.page + (linear & ((1 << this.#found.pageShift) - 4096))) / 4096;
    if (guest.hostFrame(frame) < 0) return this.#mmio();
    this.#shadow.fill((registers.cr3 & CR3_FRAME) >>> 12, linear);
    if ((access & ACCESS_WRITE) !== 0 && guest.traced[frame] !== 0) return this.#trapped(frame);
    world.describe('pf-hidden');
    this.#exits.hidden++;
  }

  /** A write to a traced table is carried out here, until there are so many that the table is better off nested. */
  #trapped(frame: number): void {
    this.#exits.trace++;
    this.#vmm.world.describe('pf-trace');
    // Why: a write that delivers an event belongs to no instruction that could be emulated.
    const delivering = this.#vmm.cpu.exit.vectoring.valid;
    if (delivering || this.#shadow.countWrite(frame) > this.#tolerated) this.#shadow.release(frame);
    else this.#vmm.emulate();
  }

  #mmio(): void {
    this.#exits.mmio++;
    this.#vmm.world.describe('pf-mmio');
    this.#vmm.emulate();
  }

  /** The counter of nested walks ran over: the table of the walk that is under way moves to shadow mode if it has been quiet. */
  #sample(linear: number): void {
    this.#exits.sample++;
    this.#vmm.world.describe('walk-sample');
    this.#shadow.forgetWrites();
    this.#patience = this.#promote(linear) ? 1 : Math.min(MOST_PATIENCE, this.#patience * 2);
    this.#walker.untilSample = this.#sampleWalks * this.#patience;
  }

  #promote(linear: number): boolean {
    const {guest} = this.#vmm;
    const {cr3, cr4} = this.registers();
    const directoryFrame = (cr3 & CR3_FRAME) >>> 12;
    if (guest.hostFrame(directoryFrame) < 0) return false;
    const directory = guest.read32(gpa(directoryFrame * 4096 + (linear >>> 22) * 4));
    const rooted = this.#shadow.hasDirectory(directoryFrame) || (this.#isQuiet(directoryFrame) && this.#shadow.makeDirectory(directoryFrame));
    const large = (directory & PDE_PS) !== 0 && (cr4 & CR4_PSE) !== 0;
    const tableFrame = directory >>> 12;
    if (!rooted || large || (directory & PTE_P) === 0 || guest.hostFrame(tableFrame) < 0 || this.#shadow.hasLeaves(tableFrame)) return rooted;
    return this.#isQuiet(tableFrame) && this.#shadow.makeLeaves(tableFrame);
  }

  /** Not written since it was looked at last. */
  #isQuiet(frame: number): boolean {
    const written = this.#nested.takeDirty(frame);
    if (written) this.#vmm.platform.mmu.flush(true);
    return !written;
  }
}

export default defineMemoryStrategy({
  apiVersion: 1,
  kind: 'memory',
  name: 'agile',
  title: 'agile paging: shadow tables above, nested tables where the guest changes them',
  hypothetical: 'a walker that switches from shadow to nested mode within one walk (Gandhi, Hill and Swift 2016)',
  needs: {features: ['hardware-assistance', 'nested-paging'], cpu: ['hardware-assisted']},
  options: options({sample: wholeNumber(1, 1_000_000, 256), writes: wholeNumber(0, 1000, 2)}),
  create: (vmm, {sample, writes}) => new Agile(vmm, Number(sample), Number(writes)),
});
