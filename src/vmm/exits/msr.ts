// RDMSR and WRMSR: the one MSR there is, the time-stamp counter; any other raises #GP(0) as the processor does.
import {MSR_TSC, setPair, timeStamp} from '../../cpu/execute/system.ts';
import {GP} from '../../x86/exceptions.ts';
import {EAX, ECX, EDX} from '../../x86/registers.ts';
import type {ExitHome} from './home.ts';

export const rdmsr: ExitHome = (vmm, exit) => {
  const {cpu} = vmm;
  vmm.charge('msr_emulation');
  vmm.world.describe(`msr-0x${(cpu.r[ECX] >>> 0).toString(16)}`);
  if (cpu.r[ECX] !== MSR_TSC) {
    vmm.injectException(GP, 0);
    return null;
  }
  cpu.tscReads++;
  setPair(cpu, timeStamp(cpu));
  vmm.retire(exit.instructionLength);
  return null;
};

export const wrmsr: ExitHome = (vmm, exit) => {
  const {cpu} = vmm;
  vmm.charge('msr_emulation');
  vmm.world.describe(`msr-0x${(cpu.r[ECX] >>> 0).toString(16)}`);
  if (cpu.r[ECX] !== MSR_TSC) {
    vmm.injectException(GP, 0);
    return null;
  }
  cpu.tscBase = cpu.now() - ((cpu.r[EDX] >>> 0) * 2 ** 32 + (cpu.r[EAX] >>> 0));
  vmm.retire(exit.instructionLength);
  return null;
};
