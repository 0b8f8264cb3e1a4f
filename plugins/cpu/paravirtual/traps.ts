// What made the guest leave, and what becomes of it: a hypercall, a fault of Xen's own doing, an instruction to carry out, or an
// exception for the guest's handler. Xen 3, arch/x86/traps.c.
import {
  BP, cpuidLeaf, CR0_TS, DB, EAX, EBX, ECX, EDX, EFLAGS_RF, EFLAGS_TF, ERROR_IDT, EXCEPTION_NAMES, EXIT_REASONS, GP, HYPERCALL_VECTOR, HYPERCALLS, isFault, NM,
  NO_ERROR_CODE, OF, PF, takeHostInterrupt, UD,
} from 'worldswitch';
import type {Vmm} from 'worldswitch';
import {hypercall} from './hypercalls.ts';
import type {Parts} from './parts.ts';
import {DIRECT_VECTOR} from './trap-table.ts';

export class Traps {
  readonly #vmm: Vmm;
  readonly #parts: Parts;
  /** Whether INT 0x80 has a handler of Xen's for it alone. */
  readonly #ownHandler: boolean;
  readonly hypercalls = new Map<string, number>();
  bounces = 0;

  constructor(parts: Parts, ownHandler: boolean) {
    this.#vmm = parts.domain.vmm;
    this.#parts = parts;
    this.#ownHandler = ownHandler;
    parts.domain.pageFault = (linear, errorCode) => this.#bouncePageFault(linear, errorCode);
  }

  /** Sees to the trap that the processor has recorded. */
  handle(): void {
    const vmm = this.#vmm;
    const {exit} = vmm.cpu;
    if (exit.vector !== PF || exit.software) this.#parts.domain.paging.settle();
    if (exit.reason === EXIT_REASONS.EXTERNAL_INTERRUPT) {
      vmm.charge('interrupt_delivery');
      vmm.world.leave('interrupt', 'EXTERNAL_INTERRUPT', 'timer');
      takeHostInterrupt(vmm);
    } else if (exit.reason === EXIT_REASONS.INTERRUPT_WINDOW) {
      vmm.charge('interrupt_delivery');
      vmm.world.leave('interrupt', 'INTERRUPT_WINDOW', 'interrupt-window');
    } else if (exit.software && exit.vector === HYPERCALL_VECTOR && vmm.cpu.cpl === 1) this.#hypercall();
    else {
      vmm.charge(this.#ownHandler && exit.software && exit.vector === DIRECT_VECTOR ? 'interrupt_gate' : 'exception_delivery');
      vmm.charge('fault_dispatch');
      if (exit.software) this.#softwareInterrupt(exit.vector);
      else this.#exception(exit.vector, exit.errorCode);
    }
  }

  #hypercall(): void {
    const vmm = this.#vmm;
    const name = HYPERCALLS[vmm.cpu.r[EAX] >>> 0] ?? 'unknown';
    vmm.charge('interrupt_gate');
    vmm.charge('hypercall_dispatch');
    vmm.world.leave('hypercall', name, name.replaceAll('_', '-'));
    this.hypercalls.set(name, (this.hypercalls.get(name) ?? 0) + 1);
    vmm.passed(vmm.cpu.exit.instructionLength);
    hypercall(this.#parts);
  }

  /** INT n met a gate that is not for its ring; the guest's own table says whether it may. */
  #softwareInterrupt(vector: number): void {
    const vmm = this.#vmm;
    vmm.world.leave('fault', vmm.cpu.cpl === 3 ? 'syscall' : 'EXCEPTION_NMI', `int-0x${vector.toString(16)}`);
    const {dpl, eip} = this.#parts.traps.get(vector);
    if (dpl < vmm.cpu.cpl || eip === 0) return this.#bounce(GP, vector * 8 + ERROR_IDT);
    vmm.passed(vmm.cpu.exit.instructionLength);
    this.#bounce(vector, NO_ERROR_CODE);
  }

  #exception(vector: number, errorCode: number): void {
    const vmm = this.#vmm;
    const {exit} = vmm.cpu;
    vmm.world.leave('fault', 'EXCEPTION_NMI', EXCEPTION_NAMES[vector] ?? `vector-${vector}`);
    if (vector === PF) {
      vmm.charge('cr_access');
      return this.#pageFault();
    }
    if (vector === GP && errorCode === 0 && this.#emulated()) return;
    if (vector === UD && this.#forcedCpuid()) return;
    if (vector === NM && (vmm.cpu.cr0 & CR0_TS) !== 0) this.#parts.privileged.taskSwitched(false);
    if ((vector === BP || vector === OF || vector === DB) && exit.instructionLength > 0) vmm.passed(exit.instructionLength);
    this.#bounce(vector, errorCode);
  }

  #pageFault(): void {
    const vmm = this.#vmm;
    const {exit} = vmm.cpu;
    const {hole, tables, domain} = this.#parts;
    const offset = hole.ldtOffset(exit.qualification);
    if (offset < 0) return vmm.strategies.memory.pageFault(exit);
    vmm.world.describe('pf-ldt');
    if (!tables.fillLdt(offset)) domain.pageFault((tables.ldtBase + offset) | 0, exit.errorCode);
  }

  #emulated(): boolean {
    const vmm = this.#vmm;
    const length = this.#parts.privileged.emulate();
    if (length === 0) return false;
    vmm.charge('trap_decode');
    vmm.charge('trap_emulate');
    this.#carriedOut(length);
    return true;
  }

  /** An instruction that Xen carried out has retired; single-stepping notices. */
  #carriedOut(length: number): void {
    const {cpu, platform} = this.#vmm;
    this.#vmm.passed(length);
    platform.recorder.emulated++;
    if ((cpu.eflags & EFLAGS_TF) !== 0) this.#bounce(DB, NO_ERROR_CODE);
  }

  #forcedCpuid(): boolean {
    const length = this.#parts.privileged.forcedCpuid();
    if (length === 0) return false;
    const {r} = this.#vmm.cpu;
    const {eax, ebx, ecx, edx} = cpuidLeaf(r[EAX], false);
    r[EAX] = eax;
    r[EBX] = ebx;
    r[ECX] = ecx;
    r[EDX] = edx;
    this.#vmm.charge('cpuid_emulation');
    this.#carriedOut(length);
    return true;
  }

  #bouncePageFault(linear: number, errorCode: number): void {
    this.#parts.domain.faultAddress = linear;
    this.#bounce(PF, errorCode);
  }

  #bounce(vector: number, errorCode: number): void {
    this.bounces++;
    this.#vmm.charge('exception_bounce');
    const handler = this.#parts.traps.get(vector);
    const flags = isFault(vector) ? EFLAGS_RF : 0;
    if (handler.eip === 0) {
      const at = `0x${(this.#vmm.cpu.eip >>> 0).toString(16)}`;
      return this.#parts.domain.crash(`no handler for ${EXCEPTION_NAMES[vector] ?? 'vector'} (${vector}) at eip ${at}`);
    }
    this.#parts.frames.enter(handler, errorCode === NO_ERROR_CODE ? {flags} : {flags, errorCode});
  }
}
