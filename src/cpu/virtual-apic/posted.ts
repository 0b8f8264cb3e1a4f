// Posted interrupts: who has an interrupt for the guest notes its vector in a descriptor, and the processor that runs the guest takes it from
// there without an exit. Intel SDM vol. 3C, 29.6 Posted-Interrupt Processing.
//
// Simplification: one processor, so that a notification arrives at once, or the VMM looks itself before it enters the guest.
import {addVector, newPage, removeVector, highestVector, NO_VECTOR, type RegisterPage} from '../../x86/apic/register-page.ts';
import {REQUESTS} from '../../x86/apic/registers.ts';
import type {Cpu} from '../state.ts';
import {evaluate} from './page.ts';

/** The posted-interrupt requests of a descriptor, a bit for each vector; laid out as a set of the register page. */
export class PostedInterrupts {
  readonly #requests: RegisterPage = newPage();
  /** Vectors that reached the running guest without an exit. */
  delivered = 0;

  /** Notes a vector; a guest that runs with posted interrupts on takes it now. */
  post(c: Cpu, vector: number): void {
    addVector(this.#requests, 0, vector);
    if (!c.nonRoot || c.controls.posted !== this) return;
    this.delivered++;
    this.synchronize(c.controls.virtualApic as RegisterPage);
    evaluate(c);
  }

  /** Moves what was posted into the virtual local APIC. Whether there was anything. */
  synchronize(page: RegisterPage): boolean {
    let moved = false;
    for (let vector = highestVector(this.#requests, 0); vector !== NO_VECTOR; vector = highestVector(this.#requests, 0)) {
      removeVector(this.#requests, 0, vector);
      addVector(page, REQUESTS, vector);
      moved = true;
    }
    return moved;
  }
}
