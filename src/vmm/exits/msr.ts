// RDMSR and WRMSR: the time-stamp counter, the place of the local APIC, the registers of SYSENTER; any other raises #GP(0) as the processor does. The guest's
// counter is the processor's and an offset: a write changes the offset, never the processor's counter. The local APIC is the guest's own.
import {MSR_APIC_BASE, readApicBase, setPair, timeStamp, writeApicBase} from '../../cpu/execute/system.ts';
import {modelRegister, MSR_TSC} from '../../cpu/model-registers.ts';
import {GP} from '../../x86/exceptions.ts';
import {EAX, ECX, EDX} from '../../x86/registers.ts';
import type {Vmm} from '../vmm.ts';
import type {ExitHome} from './home.ts';

/** Carries out an access, or says that it raises #GP(0): the register does not exist, or may not be written so. */
type Access = (vmm: Vmm, msr: number) => boolean;

/** Charges and names the access, carries it out, and injects what it raises. */
const access = (carryOut: Access): ExitHome => (vmm, exit) => {
  const msr = vmm.cpu.r[ECX];
  vmm.charge('msr_emulation');
  vmm.world.describe(`msr-0x${(msr >>> 0).toString(16)}`);
  if (carryOut(vmm, msr)) vmm.retire(exit.instructionLength);
  else vmm.injectException(GP, 0);
  return null;
};

export const rdmsr = access(({cpu}, msr) => {
  if (msr === MSR_APIC_BASE) return readApicBase(cpu);
  const register = modelRegister(msr);
  if (register === null && msr !== MSR_TSC) return false;
  if (register === null) cpu.tscReads++;
  setPair(cpu, register === null ? timeStamp(cpu) : register.read(cpu) >>> 0);
  return true;
});

export const wrmsr = access(({cpu}, msr) => {
  if (msr === MSR_APIC_BASE) return writeApicBase(cpu);
  const register = modelRegister(msr);
  if (register === null && msr !== MSR_TSC) return false;
  if (register !== null) register.write(cpu, cpu.r[EAX]);
  else cpu.controls.tscOffset += (cpu.r[EDX] >>> 0) * 2 ** 32 + (cpu.r[EAX] >>> 0) - timeStamp(cpu);
  return true;
});
