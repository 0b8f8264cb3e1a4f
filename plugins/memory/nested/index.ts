// Nested paging: the hardware walks the guest's own tables and, for every guest-physical address on the way, the VMM's
// nested tables. The guest's page faults, CR3 loads and INVLPG are its own business; only a guest frame that has no nested
// entry yet leaves the guest, once. Intel SDM vol. 3C, 28.2.
import {
  CR0_ET, CR0_NE, CR0_PE, CR0_PG, CR4_PGE, CR4_PSE, defineMemoryStrategy, hostTables, hpa, loadCr0, loadCr4, NestedWalker, oneOf, options,
  visibleCr0, visibleCr4, WalkCache,
} from 'worldswitch';
import type {ExecutionControls, ExitRecord, MemoryStrategy, PagingRegisters, Vmm} from 'worldswitch';
import {NestedTables} from './tables.ts';

const LARGE = 2 ** 21;
/** Guest-physical page of the identity directory that unpaged code runs on: above any memory the guest has. */
const IDENTITY_DIRECTORY = 0xfffb_c000;
const PDE_IDENTITY = 0xe7;

class Nested implements MemoryStrategy {
  readonly #vmm: Vmm;
  readonly #tables: NestedTables;
  readonly #large: boolean;
  /** The processor runs unpaged code in non-root operation: paging is the guest's own from the start. */
  readonly #unrestricted: boolean;
  /** The guest's CR3 while it runs unpaged; with paging on the processor holds it. */
  #cr3 = 0;
  #paged = false;
  #filled = 0;
  #mmio = 0;

  constructor(vmm: Vmm, large: boolean) {
    this.#vmm = vmm;
    this.#large = large;
    this.#unrestricted = vmm.platform.host.features['unrestricted-guest'];
    vmm.guest.place(large ? LARGE : 4096);
    this.#tables = new NestedTables(vmm);
    const {platform} = vmm;
    const {host} = platform;
    const walker = new NestedWalker(hostTables(platform.memory), WalkCache.forDirectories(host), WalkCache.forNested(host));
    walker.root = this.#tables.root;
    platform.mmu.walker = walker;
    if (host.features['tagged-tlb']) platform.tlb.setTag(1);
  }

  start(): void {
    this.#mapIdentityDirectory();
    this.#enterUnpaged();
  }

  /** With paging on nothing of the guest's memory management exits; before, CR3 and the paging bits are the VMM's. */
  configure(controls: ExecutionControls): void {
    Object.assign(controls, {nestedPaging: true, nestedRoot: this.#tables.root, unrestrictedGuest: this.#unrestricted});
    controls.cr3Load = !this.#paged;
    controls.cr3Store = !this.#paged;
    controls.cr0Mask = this.#unrestricted ? CR0_NE : CR0_PE | CR0_PG | CR0_NE;
    controls.cr4Mask = this.#paged ? 0 : CR4_PSE | CR4_PGE;
  }

  registers(): PagingRegisters {
    const {cpu} = this.#vmm;
    return {cr0: visibleCr0(cpu), cr3: this.#paged ? cpu.cr3 : this.#cr3, cr4: visibleCr4(cpu)};
  }

  writeCr0(value: number): void {
    const {cpu} = this.#vmm;
    const paged = this.#unrestricted || (value & CR0_PG) !== 0;
    cpu.controls.cr0Shadow = value | CR0_ET;
    if (paged !== this.#paged) this.#setPaged(paged);
    loadCr0(cpu, value | CR0_NE | (this.#unrestricted ? 0 : CR0_PE | CR0_PG));
  }

  /** With paging on only a CPU strategy that asks for it sees CR3 loads; the value is then the processor's own. */
  writeCr3(value: number): void {
    this.#cr3 = value;
    if (!this.#paged) return;
    const {cpu} = this.#vmm;
    cpu.cr3 = value;
    cpu.mmu.flush(false);
  }

  writeCr4(value: number): void {
    const {cpu} = this.#vmm;
    cpu.controls.cr4Shadow = value;
    loadCr4(cpu, this.#paged ? value : value | CR4_PSE);
  }

  invlpg(linear: number): void {
    this.#vmm.platform.mmu.invalidate(linear);
  }

  /** Every page fault is the guest's own; only a CPU strategy that asks for it sees one. */
  pageFault({qualification, errorCode}: ExitRecord): void {
    this.#vmm.world.describe('pf-true');
    this.#vmm.injectPageFault(qualification, errorCode);
  }

  violation({guestPhysical}: ExitRecord): void {
    const {guest, world} = this.#vmm;
    const hostFrame = guest.hostFrame(Math.floor(guestPhysical / 4096));
    if (hostFrame < 0) {
      this.#mmio++;
      world.describe('mmio');
      this.#vmm.emulate();
      return;
    }
    world.describe('first-touch');
    this.#filled++;
    this.#vmm.charge('nested_fill');
    if (this.#large) {
      const first = guestPhysical - (guestPhysical % LARGE);
      const whole = guest.hostFrame(first / 4096 + 511) >= 0;
      if (whole) return this.#tables.map(first, guest.hostFrame(first / 4096) * 4096, 2);
    }
    this.#tables.map(guestPhysical, hostFrame * 4096, 1);
  }

  wrote(): void {}

  statistics(): Readonly<Record<string, number>> {
    return {'nested entries filled': this.#filled, 'nested tables': this.#tables.tables, 'mmio faults': this.#mmio};
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
    loadCr0(cpu, cpu.cr0 | CR0_PG | CR0_NE);
  }

  #setPaged(paged: boolean): void {
    const {cpu} = this.#vmm;
    const cr4 = visibleCr4(cpu);
    if (!paged && this.#paged) this.#cr3 = cpu.cr3;
    this.#paged = paged;
    cpu.cr3 = paged ? this.#cr3 : IDENTITY_DIRECTORY | 0;
    this.configure(cpu.controls);
    cpu.controls.cr4Shadow = cr4;
    loadCr4(cpu, paged ? cr4 : cr4 | CR4_PSE);
    cpu.mmu.flush(true);
  }

  #mapIdentityDirectory(): void {
    const {frames, platform} = this.#vmm;
    const frame = frames.take();
    for (let directory = 0; directory < 1024; directory++) {
      platform.memory.write32(hpa(frame * 4096 + directory * 4), (directory << 22) | PDE_IDENTITY);
    }
    this.#tables.map(IDENTITY_DIRECTORY, frame * 4096, 1);
  }
}

export default defineMemoryStrategy({
  apiVersion: 1,
  kind: 'memory',
  name: 'nested',
  title: 'nested paging (EPT, NPT)',
  needs: {features: ['hardware-assistance', 'nested-paging'], cpu: ['hardware-assisted']},
  options: options({backing: oneOf(['4k', '2m'])}),
  create: (vmm, {backing}) => new Nested(vmm, backing === '2m'),
});
