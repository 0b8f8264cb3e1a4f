// The error status register: errors gather behind it and show when software has written to it. Intel SDM vol. 3A, 10.5.3 Error Handling.
import {at, type RegisterPage} from '../../x86/apic/register-page.ts';
import {ERROR_STATUS} from '../../x86/apic/registers.ts';

export class ApicErrors {
  page: RegisterPage;
  #gathered = 0;
  readonly #raise: () => void;

  /** @param raise the error entry of the local vector table */
  constructor(page: RegisterPage, raise: () => void) {
    this.page = page;
    this.#raise = raise;
  }

  report(bit: number): void {
    const known = (this.#gathered & bit) !== 0;
    this.#gathered |= bit;
    if (!known) this.#raise();
  }

  /** A write of any value shows what has gathered since the last. */
  show(): void {
    this.page[at(ERROR_STATUS)] = this.#gathered;
    this.#gathered = 0;
  }

  reset(): void {
    this.#gathered = 0;
    this.page[at(ERROR_STATUS)] = 0;
  }
}
