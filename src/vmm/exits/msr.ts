// RDMSR and WRMSR: the time-stamp counter, the place of the local APIC and the registers of SYSENTER; any other raises #GP(0) as the
// processor does. The guest's counter is the processor's and an offset: a write changes the offset, never the processor's counter. The
// local APIC is the guest's own.
import {readApicBase, setPair, timeStamp, writeApicBase} from '../../cpu/execute/system.ts';
import {modelRegister, MSR_APIC_BASE, MSR_TSC} from '../../cpu/model-registers.ts';
import type {Cpu} from '../../cpu/state.ts';
import {GP} from '../../x86/exceptions.ts';
import {EAX, ECX, EDX} from '../../x86/registers.ts';
import type {Vmm} from '../vmm.ts';
import type {ExitHome} from './home.ts';

/** Carries out an access to the register in ECX; false where it does not exist or does not take the value. */
type Access = (cpu: Cpu) => boolean;

/** Charges and names the access, carries it out, or injects the #GP(0) it raises. */
const exitHome = (access: Access): ExitHome => (vmm: Vmm, exit) => {
  const {cpu} = vmm;
  vmm.charge('msr_emulation');
  vmm.world.describe(`msr-0x${(cpu.r[ECX] >>> 0).toString(16)}`);
  if (access(cpu)) vmm.retire(exit.instructionLength);
  else vmm.injectException(GP, 0);
  return null;
};

export const rdmsr = exitHome(cpu => {
  const number = cpu.r[ECX];
  if (number === MSR_APIC_BASE) return readApicBase(cpu);
  const register = modelRegister(number);
  if (register === null && number !== MSR_TSC) return false;
  if (register === null) cpu.tscReads++;
  setPair(cpu, register === null ? timeStamp(cpu) : register.read(cpu) >>> 0);
  return true;
});

export const wrmsr = exitHome(cpu => {
  const number = cpu.r[ECX];
  if (number === MSR_APIC_BASE) return writeApicBase(cpu);
  const register = modelRegister(number);
  if (register === null && number !== MSR_TSC) return false;
  if (register === null) cpu.controls.tscOffset += (cpu.r[EDX] >>> 0) * 2 ** 32 + (cpu.r[EAX] >>> 0) - timeStamp(cpu);
  else register.write(cpu, cpu.r[EAX]);
  return true;
});
