// RDMSR and WRMSR: the time-stamp counter, the registers of SYSENTER and the place of the local APIC; any other raises #GP(0) as the processor
// does. The guest's counter is the processor's and an offset: a write changes the offset, never the processor's counter.
import {setPair, timeStamp} from '../../cpu/execute/system.ts';
import {modelRegister, MSR_TSC} from '../../cpu/model-registers.ts';
import {GP} from '../../x86/exceptions.ts';
import {EAX, ECX, EDX} from '../../x86/registers.ts';
import type {Vmm} from '../vmm.ts';
import type {ExitHome} from './home.ts';

/** Charges and names the access; false after the #GP of a register that does not exist. */
function exists(vmm: Vmm): boolean {
  const msr = vmm.cpu.r[ECX];
  vmm.charge('msr_emulation');
  vmm.world.describe(`msr-0x${(msr >>> 0).toString(16)}`);
  const known = msr === MSR_TSC || modelRegister(msr) !== null;
  if (!known) vmm.injectException(GP, 0);
  return known;
}

/** Carries out the write of a register that a hypervisor which shows itself has besides. */
function writesVisible(vmm: Vmm): boolean {
  const {cpu: {r}, visible} = vmm;
  if (!visible?.writeMsr(r[ECX] >>> 0, (r[EDX] >>> 0) * 2 ** 32 + (r[EAX] >>> 0))) return false;
  vmm.charge('msr_emulation');
  vmm.world.describe(`msr-0x${(r[ECX] >>> 0).toString(16)}`);
  return true;
}

export const rdmsr: ExitHome = (vmm, exit) => {
  if (!exists(vmm)) return null;
  const {cpu} = vmm;
  const register = modelRegister(cpu.r[ECX]);
  if (register === null) cpu.tscReads++;
  setPair(cpu, register === null ? timeStamp(cpu) : register.read(cpu) >>> 0);
  vmm.retire(exit.instructionLength);
  return null;
};

export const wrmsr: ExitHome = (vmm, exit) => {
  if (writesVisible(vmm)) {
    vmm.retire(exit.instructionLength);
    return null;
  }
  if (!exists(vmm)) return null;
  const {cpu} = vmm;
  const register = modelRegister(cpu.r[ECX]);
  const value = (cpu.r[EDX] >>> 0) * 2 ** 32 + (cpu.r[EAX] >>> 0);
  if (register === null) cpu.controls.tscOffset += value - timeStamp(cpu);
  if (register === null || register.write(cpu, cpu.r[EAX], cpu.r[EDX])) vmm.retire(exit.instructionLength);
  else vmm.injectException(GP, 0);
  return null;
};
