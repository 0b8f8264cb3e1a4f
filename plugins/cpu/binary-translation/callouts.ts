// Callouts: translated code calls the VMM, to have an instruction carried out or to be told where it goes on. No hardware trap.
import {nameOf} from 'worldswitch';
import type {Ending} from 'worldswitch';
import type {Emulation, Parts} from './emulation.ts';
import type {Point} from './point.ts';

export class Callouts {
  readonly #parts: Parts;
  readonly #emulation: Emulation;
  made = 0;
  /** Of them, those for a target that the hash table did not hold. */
  misses = 0;

  constructor(parts: Parts, emulation: Emulation) {
    this.#parts = parts;
    this.#emulation = emulation;
  }

  /** Counts what the cache wanted and carries out an instruction; where the guest goes on is found when it is entered. */
  handle(left: Point): Ending | null {
    const {vmm} = this.#parts;
    this.made++;
    vmm.charge('callout_entry');
    if (left.callout !== 'emulate') {
      vmm.world.leave('call', 'translation', left.callout ?? 'retranslate');
      if (left.callout === 'miss') this.misses++;
      return null;
    }
    return this.#emulate(left);
  }

  #emulate({instruction, translation, eip}: Point): Ending | null {
    const {vmm, adaptation, code} = this.#parts;
    const linear = ((translation?.space.base ?? 0) + eip) | 0;
    const adapted = adaptation.isAdapted(linear);
    const {reason, detail} = nameOf(instruction, vmm.cpu);
    vmm.world.leave('call', adapted || reason === 'EXCEPTION_NMI' ? 'callout' : reason, adapted ? 'adapted-write' : detail);
    if (detail === 'iret') vmm.charge('virtual_return');
    else if (detail === 'int') vmm.charge('virtual_delivery');
    const before = this.#emulation.tracedWrites;
    const ending = this.#emulation.emulate(instruction);
    if (adapted && translation !== null && adaptation.called(linear, this.#emulation.tracedWrites !== before)) code.drop(translation);
    return ending;
  }
}
