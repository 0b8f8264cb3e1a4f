// The guest's paging registers as it believes them to be, and the mode that decides what its tables mean.
import {CR0_PG, CR0_WP, CR4_PAE, CR4_PSE, visibleCr0, visibleCr4} from 'worldswitch';
import type {PagingRegisters, Vmm} from 'worldswitch';

export const MODE_WP = 1, MODE_PSE = 2;
/** The guest's kernel runs in ring 3 and is in force: everything its tables map is open to that ring. */
export const MODE_KERNEL = 4;

export class PagingMode {
  readonly #vmm: Vmm;
  cr3 = 0;
  kernelInRing3 = false;
  /** Directory pointers of PAE paging: registers, read when CR3 is loaded or paging changes. */
  readonly #pointers = new Float64Array(4);

  constructor(vmm: Vmm) {
    this.#vmm = vmm;
  }

  registers(): PagingRegisters {
    const {cpu} = this.#vmm;
    return {cr0: visibleCr0(cpu), cr3: this.cr3, cr4: visibleCr4(cpu), pointers: this.#pointers};
  }

  loadPointers(): void {
    if (this.pae) this.#pointers.set(this.#vmm.guest.pointers(this.cr3));
  }

  get paged(): boolean {
    return (visibleCr0(this.#vmm.cpu) & CR0_PG) !== 0 && !this.pae;
  }

  /** PAE paging: nothing is shadowed, for the VMM interprets the guest. */
  get pae(): boolean {
    const {cpu} = this.#vmm;
    return (visibleCr0(cpu) & CR0_PG) !== 0 && (visibleCr4(cpu) & CR4_PAE) !== 0;
  }

  /** Part of a shadow page's identity: one made for another mode is another page. */
  get number(): number {
    const {cpu} = this.#vmm;
    return (visibleCr0(cpu) & CR0_WP ? MODE_WP : 0) | (visibleCr4(cpu) & CR4_PSE ? MODE_PSE : 0) | (this.kernelInRing3 ? MODE_KERNEL : 0);
  }
}
