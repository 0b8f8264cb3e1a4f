// One guest instruction carried out by the VMM on what the guest believes its processor to be, whatever led to it.
import {haltGuest, RUNNING, STOP_HALT} from 'worldswitch';
import type {Ending, Instruction, ShadowDescriptors, VirtualState, Vmm} from 'worldswitch';
import type {Adaptation} from './adaptation.ts';
import {follow} from './follow.ts';
import type {GuestCode} from './guest-code.ts';

/** What the parts of the strategy share. */
export interface Parts {
  readonly vmm: Vmm;
  readonly state: VirtualState;
  readonly descriptors: ShadowDescriptors;
  readonly code: GuestCode;
  readonly adaptation: Adaptation;
}

export class Emulation {
  readonly #parts: Parts;
  /** Instructions of the guest's kernel that the VMM carried out. */
  inKernel = 0;
  /** Writes to traced frames that the VMM carried out. */
  tracedWrites = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
    const {vmm} = parts;
    const shadowed = vmm.onTracedWrite;
    vmm.onTracedWrite = (address, width) => {
      this.tracedWrites++;
      shadowed(address, width);
    };
  }

  emulate(instruction: Instruction | null = this.#parts.vmm.emulator.instruction()): Ending | null {
    const {vmm, descriptors} = this.#parts;
    const {cpu: virtual} = vmm.emulator;
    virtual.stop = RUNNING;
    if (vmm.cpu.cpl !== 3) this.inKernel++;
    const ended = vmm.emulate('callout_emulate');
    if (ended === 'refused') return {outcome: 'error', reason: vmm.cpu.refusal};
    if (ended === 'fault') return null;
    if (instruction) follow(instruction, {vmm, descriptors});
    return virtual.stop === STOP_HALT ? haltGuest(vmm) : null;
  }
}
