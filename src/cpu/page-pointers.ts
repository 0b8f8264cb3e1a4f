// Loading CR3, and with PAE paging the four page-directory pointers that lie where it points: they are registers, read when CR3 is
// loaded or paging changes, and checked then. Intel SDM vol. 3A, 4.4.1 PDPTE Registers.
import {CR0_PG, CR4_PAE} from '../x86/control.ts';
import {PAE_HIGH_RESERVED, PDPTE_RESERVED, POINTER_TABLE, PTE_P} from '../x86/paging.ts';
import {generalProtection} from './fault.ts';
import type {Cpu} from './state.ts';

const POINTERS = 4;

export const usesPointers = (cr0: number, cr4: number): boolean => (cr0 & CR0_PG) !== 0 && (cr4 & CR4_PAE) !== 0;

/** MOV to CR3 and task switches; #GP(0) with nothing loaded when a pointer has a reserved bit. */
export function loadCr3(c: Cpu, value: number): void {
  if (usesPointers(c.cr0, c.cr4)) loadPointers(c, value);
  c.cr3 = value;
  c.cr3Loads++;
  c.mmu.flush(false);
}

/** Reads the pointers for a value of CR3. */
export function loadPointers(c: Cpu, cr3: number): void {
  const table = (cr3 & POINTER_TABLE) >>> 0;
  const read: number[] = [];
  for (let at = 0; at < POINTERS; at++) {
    const [low, high] = [c.mmu.readTable(c, table + 8 * at), c.mmu.readTable(c, table + 8 * at + 4)];
    if ((low & PTE_P) !== 0 && ((low & PDPTE_RESERVED) !== 0 || (high & PAE_HIGH_RESERVED) !== 0)) generalProtection(c);
    read.push((low >>> 0) + (high & ~PAE_HIGH_RESERVED) * 2 ** 32);
  }
  c.pointers.set(read);
}
