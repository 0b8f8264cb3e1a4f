// Nested paging: the hardware walks the guest's own tables and, for every guest-physical address on the way, the VMM's
// nested tables. The guest's page faults, CR3 loads and INVLPG are its own business; only a guest frame that has no nested
// entry yet leaves the guest, once. Intel SDM vol. 3C, 28.2.
import {
  CR0_ET, CR0_NE, CR0_PE, CR0_PG, CR4_PAE, CR4_PGE, CR4_PSE, defineMemoryStrategy, EPT_ALL, EPT_WRITE, hostTables, hpa, loadCr0, NestedWalker, oneOf,
  options, VIOLATION_WRITE, visibleCr0, visibleCr4, WalkCache, wholeNumber,
} from 'worldswitch';
import type {ExecutionControls, ExitRecord, Gpa, MemoryStrategy, PagingRegisters, Vmm} from 'worldswitch';
import {TranslationCaches} from './caches.ts';
import {DirtyLog} from './dirty-log.ts';
import {NestedTables} from './tables.ts';

const LARGE = 2 ** 21;
const FRAMES_OF_LARGE = LARGE / 4096;
/** Guest-physical page of the identity directory that unpaged code runs on: above any memory the guest has. */
const IDENTITY_DIRECTORY = 0xfffb_c000;
const PDE_IDENTITY = 0xe7;

interface NestedOptions {
  /** The guest's frames lie in chunks of 2 MiB. */
  readonly large: boolean;
  readonly log: string;
  /** Microseconds from one round of the dirty log to the next. */
  readonly period: number;
}

class Nested implements MemoryStrategy {
  readonly #vmm: Vmm;
  readonly #tables: NestedTables;
  readonly #caches: TranslationCaches;
  readonly #log: DirtyLog | null;
  /** Why not while writes are logged: a round that finds a dirty page should name 4 KiB of it. */
  readonly #large: boolean;
  /** The processor runs unpaged code in non-root operation: paging is the guest's own from the start. */
  readonly #unrestricted: boolean;
  /** The guest's CR3 while it runs unpaged; with paging on the processor holds it. */
  #cr3 = 0;
  #paged = false;
  #filled = 0;
  #filledLarge = 0;
  #mmio = 0;

  constructor(vmm: Vmm, {large, log, period}: NestedOptions) {
    this.#vmm = vmm;
    this.#large = large && log === 'off';
    this.#unrestricted = vmm.platform.host.features['unrestricted-guest'];
    vmm.guest.place(large ? LARGE : 4096);
    this.#tables = new NestedTables(vmm);
    const {platform} = vmm;
    const {host} = platform;
    if (log === 'flags' && !host.features['nested-accessed-dirty']) {
      throw new Error(`dirty-log=flags needs the host feature 'nested-accessed-dirty', which ${host.name} does not have; use dirty-log=on`);
    }
    const walker = new NestedWalker({
      host: hostTables(platform.memory), directories: WalkCache.forDirectories(host), tableFrames: WalkCache.forNested(host),
      accessedDirty: host.features['nested-accessed-dirty'],
    });
    walker.root = this.#tables.root;
    platform.mmu.walker = walker;
    this.#caches = new TranslationCaches(vmm);
    this.#log = log === 'off' ? null : new DirtyLog({vmm, tables: this.#tables, caches: this.#caches, byFlags: log === 'flags', period});
  }

  start(): void {
    this.#vmm.assigned?.onMoved.push(frames => this.#deviceMoved(frames));
    this.#mapIdentityDirectory();
    this.#enterUnpaged();
  }

  /** With paging on nothing of the guest's memory management exits; before, CR3 and the paging bits are the VMM's. */
  configure(controls: ExecutionControls): void {
    Object.assign(controls, {nestedPaging: true, nestedRoot: this.#tables.root, unrestrictedGuest: this.#unrestricted});
    controls.cr3Load = !this.#paged;
    controls.cr3Store = !this.#paged;
    controls.cr0Mask = this.#unrestricted ? CR0_NE : CR0_PE | CR0_PG | CR0_NE;
    controls.cr4Mask = this.#paged ? 0 : CR4_PSE | CR4_PGE | CR4_PAE;
  }

  registers(): PagingRegisters {
    const {cpu} = this.#vmm;
    return {cr0: visibleCr0(cpu), cr3: this.#paged ? cpu.cr3 : this.#cr3, cr4: visibleCr4(cpu), pointers: cpu.pointers};
  }

  writeCr0(value: number): void {
    const {cpu} = this.#vmm;
    const paged = this.#unrestricted || (value & CR0_PG) !== 0;
    cpu.controls.cr0Shadow = value | CR0_ET;
    if (paged !== this.#paged) this.#setPaged(paged);
    loadCr0(cpu, value | CR0_NE | (this.#unrestricted ? 0 : CR0_PE | CR0_PG));
    this.#loadPointers();
  }

  /** With paging on only a CPU strategy that asks for it sees CR3 loads; the value is then the processor's own. */
  writeCr3(value: number): void {
    this.#cr3 = value;
    if (!this.#paged) return;
    const {cpu} = this.#vmm;
    cpu.cr3 = value;
    this.#loadPointers();
    cpu.mmu.flush(false);
  }

  writeCr4(value: number): void {
    const {cpu} = this.#vmm;
    cpu.controls.cr4Shadow = value;
    this.#loadCr4(value);
  }

  /** The identity directory is one of 32-bit paging. Why the pointers first: a processor's own load of them may not fail here. */
  #loadCr4(value: number): void {
    const {cpu} = this.#vmm;
    const next = this.#paged ? value : (value & ~CR4_PAE) | CR4_PSE;
    const changed = cpu.cr4 ^ next;
    cpu.cr4 = next;
    this.#loadPointers();
    if ((changed & (CR4_PSE | CR4_PAE | CR4_PGE)) !== 0) cpu.mmu.flush(true);
  }

  /** With PAE paging the guest's directory pointers are registers that the VMM loads along with CR3. */
  #loadPointers(): void {
    const {cpu, guest} = this.#vmm;
    if (!this.#paged || (cpu.cr4 & CR4_PAE) === 0) return;
    cpu.pointers.set(guest.pointers(cpu.cr3));
  }

  invlpg(linear: number): void {
    this.#caches.forgetAddress(linear);
  }

  /** Every page fault is the guest's own; only a CPU strategy that asks for it sees one. */
  pageFault({qualification, errorCode}: ExitRecord): void {
    this.#vmm.world.describe('pf-true');
    this.#vmm.injectPageFault(qualification, errorCode);
  }

  violation({guestPhysical, qualification}: ExitRecord): void {
    const {guest, world} = this.#vmm;
    const frame = Math.floor(guestPhysical / 4096);
    if (guest.hostFrame(frame) < 0) {
      const device = this.#vmm.hostFrame(frame);
      if (device >= 0) return this.#fillDevice(frame, device);
      this.#mmio++;
      world.describe('mmio');
      this.#vmm.emulate();
      return;
    }
    const entry = this.#tables.leaf(guestPhysical);
    if ((entry & EPT_ALL) === 0) return this.#fill(guestPhysical, (qualification & VIOLATION_WRITE) !== 0);
    // Why: what allowed less may still have been cached; the processor has forgotten it by now, and the access is tried again.
    if ((entry & EPT_WRITE) !== 0) return world.describe('stale');
    world.describe('dirty-log');
    this.#log?.violation(frame);
  }

  /** A page of an assigned device: from now on the guest reaches it without leaving. */
  #fillDevice(frame: number, device: number): void {
    this.#vmm.world.describe('assigned-device');
    this.#vmm.charge('nested_fill');
    this.#filled++;
    this.#tables.map(frame * 4096, device * 4096, {level: 1, rights: EPT_ALL});
  }

  /** The guest moved an assigned device: its pages are another's, or nobody's. */
  #deviceMoved(frames: readonly number[]): void {
    for (const frame of frames) this.#tables.change(frame * 4096, {clear: -1});
    this.#caches.forgetNested();
  }

  #fill(guestPhysical: number, write: boolean): void {
    const {guest, world} = this.#vmm;
    const frame = Math.floor(guestPhysical / 4096);
    world.describe('first-touch');
    this.#vmm.charge('nested_fill');
    const first = frame - (frame % FRAMES_OF_LARGE);
    if (this.#large && guest.isWhole(first, FRAMES_OF_LARGE)) {
      this.#filledLarge++;
      return this.#tables.map(first * 4096, guest.hostFrame(first) * 4096, {level: 2, rights: EPT_ALL});
    }
    this.#filled++;
    const rights = this.#log === null || frame >= guest.frames || this.#log.admits(frame, write) ? EPT_ALL : EPT_ALL & ~EPT_WRITE;
    this.#tables.map(frame * 4096, guest.hostFrame(frame) * 4096, {level: 1, rights});
  }

  /** What was mapped there goes, a large page whole; the next touch finds the new frame. */
  remapped(guestFrame: number): void {
    this.#tables.change(guestFrame * 4096, {clear: ~0});
    this.#caches.forgetNested();
  }

  /** Frames are traced only while writes to them are logged. */
  wrote(address: Gpa, width: number): void {
    for (let frame = address >>> 12; frame <= (address + width - 1) >>> 12; frame++) this.#log?.wrote(frame);
  }

  statistics(): Readonly<Record<string, number>> {
    return {
      'nested entries filled': this.#filled, ...(this.#filledLarge > 0 ? {'nested 2 MiB entries filled': this.#filledLarge} : {}),
      'nested tables': this.#tables.tables, 'mmio faults': this.#mmio, ...this.#caches.statistics(), ...this.#log?.statistics(),
    };
  }

  /** Without unrestricted guest the processor cannot run unpaged, so it runs on 4 MiB identity pages of the VMM's. */
  #enterUnpaged(): void {
    const {cpu} = this.#vmm;
    cpu.controls.cr0Shadow = cpu.cr0;
    cpu.controls.cr4Shadow = cpu.cr4;
    if (this.#unrestricted) {
      this.#paged = true;
      loadCr0(cpu, cpu.cr0 | CR0_NE);
      return;
    }
    this.#setPaged(false);
    loadCr0(cpu, cpu.cr0 | CR0_PE | CR0_PG | CR0_NE);
  }

  #setPaged(paged: boolean): void {
    const {cpu} = this.#vmm;
    const cr4 = visibleCr4(cpu);
    if (!paged && this.#paged) this.#cr3 = cpu.cr3;
    this.#paged = paged;
    cpu.cr3 = paged ? this.#cr3 : IDENTITY_DIRECTORY | 0;
    this.configure(cpu.controls);
    cpu.controls.cr4Shadow = cr4;
    this.#loadCr4(cr4);
    this.#caches.forgetGuest();
  }

  #mapIdentityDirectory(): void {
    const {frames, platform} = this.#vmm;
    const frame = frames.take();
    for (let directory = 0; directory < 1024; directory++) {
      platform.memory.write32(hpa(frame * 4096 + directory * 4), (directory << 22) | PDE_IDENTITY);
    }
    this.#tables.map(IDENTITY_DIRECTORY, frame * 4096, {level: 1, rights: EPT_ALL});
  }
}

export default defineMemoryStrategy({
  apiVersion: 1,
  kind: 'memory',
  name: 'nested',
  title: 'nested paging (EPT, NPT)',
  needs: {features: ['hardware-assistance', 'nested-paging'], cpu: ['hardware-assisted']},
  options: options({backing: oneOf(['4k', '2m']), 'dirty-log': oneOf(['off', 'on', 'flags']), 'dirty-round': wholeNumber(10, 10_000_000, 10_000)}),
  create: (vmm, {backing, 'dirty-log': log, 'dirty-round': period}) => new Nested(vmm, {large: backing === '2m', log: String(log), period: Number(period)}),
});
