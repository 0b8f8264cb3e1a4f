// What the hardware brings the guest back with: faults, system calls, host interrupts. What is the guest's own goes to it; what is
// the compression's doing is carried out on the virtual state.
import {
  BP, DB, EXCEPTION_NAMES, EXIT_REASONS, GP, MONITOR_BASE, nameOf, NP, OF, PF, SS_FAULT, takeHostInterrupt, TS,
} from 'worldswitch';
import type {Ending, Instruction} from 'worldswitch';
import type {Emulation, Parts} from './emulation.ts';
import type {Point} from './point.ts';

/** Exceptions whose instruction is tried again on the virtual state: the trap may be the compression's doing. */
const EMULATED: ReadonlySet<number> = new Set([GP, NP, SS_FAULT, TS, BP, OF]);

export class Traps {
  readonly #parts: Parts;
  readonly #emulation: Emulation;
  /** Traps and interrupts that came while translated code ran. */
  outOfCache = 0;
  limitFaults = 0;

  constructor(parts: Parts, emulation: Emulation) {
    this.#parts = parts;
    this.#emulation = emulation;
  }

  /** The hardware brought the guest here. */
  handle(left: Point | null): Ending | null {
    const {vmm} = this.#parts;
    const {exit} = vmm.cpu;
    vmm.charge('trap_capture');
    if (left !== null) {
      vmm.charge('fault_mapping');
      this.outOfCache++;
    }
    if (exit.reason === EXIT_REASONS.EXTERNAL_INTERRUPT) {
      vmm.charge('interrupt_delivery');
      vmm.world.leave('interrupt', 'EXTERNAL_INTERRUPT', 'timer');
      takeHostInterrupt(vmm);
      return null;
    }
    if (exit.software) return this.#systemCall(exit.vector);
    vmm.charge('exception_delivery');
    const emulated = vmm.platform.recorder.emulated;
    const ending = this.#fault();
    if (left !== null && vmm.platform.recorder.emulated !== emulated) this.#learn(left);
    return ending;
  }

  #systemCall(vector: number): Ending | null {
    const {vmm} = this.#parts;
    vmm.charge('interrupt_gate');
    vmm.charge('virtual_delivery');
    vmm.world.leave('call', 'syscall', `int-0x${vector.toString(16)}`);
    return this.#emulation.emulate();
  }

  #fault(): Ending | null {
    const {vmm} = this.#parts;
    const {exit} = vmm.cpu;
    if (exit.vector === PF) {
      vmm.world.leave('fault', 'EXCEPTION_NMI', 'pf');
      if (exit.qualification >>> 0 >= MONITOR_BASE) return this.#emulateBeyond(vmm.emulator.instruction());
      vmm.strategies.memory.pageFault(exit);
      return null;
    }
    if (EMULATED.has(exit.vector) || this.#isInt1(exit.vector)) return this.#emulateTrapped(exit.vector);
    vmm.world.leave('fault', 'EXCEPTION_NMI', EXCEPTION_NAMES[exit.vector] ?? `vector-${exit.vector}`);
    vmm.injectException(exit.vector, exit.errorCode);
    return null;
  }

  #emulateTrapped(vector: number): Ending | null {
    const {vmm} = this.#parts;
    const instruction = vmm.emulator.instruction();
    if ((vector === GP || vector === SS_FAULT) && instruction?.row.sensitivity === 'innocuous') {
      vmm.world.leave('fault', 'EXCEPTION_NMI', EXCEPTION_NAMES[vector]);
      return this.#emulateBeyond(instruction);
    }
    const {reason, detail} = nameOf(instruction, vmm.cpu);
    vmm.world.leave('fault', reason, detail);
    vmm.charge('trap_decode');
    const ending = this.#emulation.emulate(instruction);
    // Why: a load may have failed only because its page of the table had never been used.
    if (vector === GP || vector === NP) this.#parts.descriptors.loaded(0);
    return ending;
  }

  /** An access beyond what the guest may reach directly: within its own limit it is carried out on its memory, else it faults. */
  #emulateBeyond(instruction: Instruction | null): Ending | null {
    const {vmm} = this.#parts;
    const before = vmm.platform.recorder.emulated;
    vmm.charge('trap_decode');
    const ending = this.#emulation.emulate(instruction);
    if (vmm.platform.recorder.emulated === before) return ending;
    this.limitFaults++;
    vmm.world.describe('limit');
    return ending;
  }

  /** INT1 raises #DB as a trap and runs on the virtual state like INT3. A single-step trap comes between two instructions. */
  #isInt1(vector: number): boolean {
    return vector === DB && this.#parts.vmm.cpu.exit.instructionLength > 0;
  }

  /** An instruction of the cache trapped and the VMM did its work. */
  #learn({translation, eip}: Point): void {
    const {adaptation, code} = this.#parts;
    if (translation !== null && adaptation.trapped((translation.space.base + eip) | 0)) code.drop(translation);
  }
}
