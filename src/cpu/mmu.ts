// How linear addresses become memory offsets on a view miss. The processor owns the contract; hardware-mmu.ts is the TLB
// with its walker, the VMM's instruction emulator brings one that walks the guest's tables in software.
import type {Cpu} from './state.ts';

/** The address belongs to no memory: `cpu.deviceAddress` says which one it is. */
export const DEVICE = -2;
/** The translation faulted and the fault is recorded in the processor. Why: where nothing has been done yet, returning costs a tenth of throwing. */
export const FAULTED = -1;

export interface Mmu {
  /** Offset for a data access with one of the `*_READ`, `*_WRITE` rights, DEVICE, or FAULTED; may also throw FAULT or EXIT. */
  data(c: Cpu, linear: number, right: number): number;
  /** Offset for an instruction fetch at the present privilege, or DEVICE. */
  fetch(c: Cpu, linear: number): number;
  /** A word of the physical space that paging structures lie in, for the directory pointers of PAE paging; may throw EXIT. */
  readTable(c: Cpu, address: number): number;
  /** INVLPG. */
  invalidate(linear: number): void;
  /** CR3 loads (`globals` false) and changes of CR0.PG, CR4.PGE or CR4.PSE (`globals` true). */
  flush(globals: boolean): void;
  setWriteProtect(on: boolean): void;
}
