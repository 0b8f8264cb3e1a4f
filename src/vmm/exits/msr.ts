// RDMSR and WRMSR: the one MSR there is, the time-stamp counter; any other raises #GP(0) as the processor does. The guest's
// counter is the processor's and an offset: a write changes the offset, never the processor's counter.
import {MSR_TSC, setPair, timeStamp} from '../../cpu/execute/system.ts';
import {GP} from '../../x86/exceptions.ts';
import {EAX, ECX, EDX} from '../../x86/registers.ts';
import type {Vmm} from '../vmm.ts';
import type {ExitHome} from './home.ts';

/** Charges and names the access; false after the #GP of a register that does not exist. */
function exists(vmm: Vmm): boolean {
  const msr = vmm.cpu.r[ECX];
  vmm.charge('msr_emulation');
  vmm.world.describe(`msr-0x${(msr >>> 0).toString(16)}`);
  if (msr !== MSR_TSC) vmm.injectException(GP, 0);
  return msr === MSR_TSC;
}

export const rdmsr: ExitHome = (vmm, exit) => {
  if (!exists(vmm)) return null;
  const {cpu} = vmm;
  cpu.tscReads++;
  setPair(cpu, timeStamp(cpu));
  vmm.retire(exit.instructionLength);
  return null;
};

export const wrmsr: ExitHome = (vmm, exit) => {
  const {cpu} = vmm;
  const value = (cpu.r[EDX] >>> 0) * 2 ** 32 + (cpu.r[EAX] >>> 0);
  if (vmm.visible?.writeMsr(cpu.r[ECX] >>> 0, value)) {
    vmm.charge('msr_emulation');
    vmm.world.describe(`msr-0x${(cpu.r[ECX] >>> 0).toString(16)}`);
    vmm.retire(exit.instructionLength);
    return null;
  }
  if (!exists(vmm)) return null;
  cpu.controls.tscOffset += value - timeStamp(cpu);
  vmm.retire(exit.instructionLength);
  return null;
};
