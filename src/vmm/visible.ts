// A hypervisor that shows itself to a guest in a hardware virtual machine: what CPUID, model-specific registers and VMCALL have to say of it,
// and events that need no interrupt controller. A guest that never looks sees a bare machine.
import type {CpuidLeaf} from '../x86/cpuid.ts';

export interface VisibleHypervisor {
  /** The guest has looked: from here on it is a program that knows. */
  readonly found: boolean;
  /** Null for a leaf that is the processor's. */
  cpuid(leaf: number): CpuidLeaf | null;
  /** False when there is no such register. */
  writeMsr(index: number, value: number): boolean;
  /** Names and carries out the call in the guest's registers. */
  call(): void;
  /** Vector of an event that waits for the guest, whatever the interrupt controllers say, or -1. */
  vector(): number;
  /** Interrupt lines follow what the guest has done to its events. */
  settle(): void;
}
