// A software MMU: the memory management of an emulator. Nothing of the guest's paging reaches the hardware; the emulator looks
// every address up in a table of its own and walks the guest's tables when the table has no answer.
import {costNumber, CR0_WP, defineMemoryStrategy, loadCr0, loadCr4, options, powerOfTwo} from 'worldswitch';
import type {MemoryStrategy, PagingRegisters, Vmm} from 'worldswitch';
import {SoftwareMmu} from './mmu.ts';

class SoftwareMemory implements MemoryStrategy {
  readonly #vmm: Vmm;
  readonly #mmu: SoftwareMmu;

  constructor(vmm: Vmm, entries: number) {
    this.#vmm = vmm;
    this.#mmu = new SoftwareMmu(vmm, entries);
  }

  /** The emulated processor translates by this and nothing else. */
  start(): void {
    const {cpu, platform} = this.#vmm;
    cpu.mmu = this.#mmu;
    this.#mmu.setWriteProtect((cpu.cr0 & CR0_WP) !== 0);
    platform.blocks.onCode = frame => this.#mmu.protectCode(frame);
  }

  /** There are no controls: nothing leaves the guest. */
  configure(): void {}

  registers(): PagingRegisters {
    return this.#vmm.cpu;
  }

  writeCr0(value: number): void {
    loadCr0(this.#vmm.cpu, value);
  }

  writeCr3(value: number): void {
    this.#vmm.cpu.cr3 = value;
    this.#mmu.flush(false);
  }

  writeCr4(value: number): void {
    loadCr4(this.#vmm.cpu, value);
  }

  invlpg(linear: number): void {
    this.#mmu.invalidate(linear);
  }

  pageFault(): void {
    throw new Error('a page fault left the guest although an emulator delivers it itself');
  }

  violation(): void {
    throw new Error('a nested violation under a software MMU');
  }

  wrote(): void {}

  statistics(): Readonly<Record<string, number>> {
    const probes = this.#vmm.cpu.meter.counts[costNumber.soft_tlb_probe];
    const {misses, flushes, invalidations, pieces} = this.#mmu;
    return {
      'software TLB probes': probes, 'software TLB misses': misses, 'software TLB flushes': flushes, 'software TLB invalidations': invalidations,
      'pieces of large pages': pieces,
    };
  }
}

export default defineMemoryStrategy({
  apiVersion: 1,
  kind: 'memory',
  name: 'software-mmu',
  title: 'software MMU (of an emulator)',
  needs: {cpu: ['interpretation', 'dynamic-translation']},
  options: options({entries: powerOfTwo(16, 65536, 256)}),
  create: (vmm, {entries}) => new SoftwareMemory(vmm, entries as number),
});
