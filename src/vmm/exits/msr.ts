// RDMSR and WRMSR: the time-stamp counter and the place of the local APIC; any other raises #GP(0) as the processor does. The guest's
// counter is the processor's and an offset: a write changes the offset, never the processor's counter. The local APIC is the guest's own.
import {MSR_APIC_BASE, MSR_TSC, readApicBase, setPair, timeStamp, writeApicBase} from '../../cpu/execute/system.ts';
import {GP} from '../../x86/exceptions.ts';
import {EAX, ECX, EDX} from '../../x86/registers.ts';
import type {Vmm} from '../vmm.ts';
import type {ExitHome} from './home.ts';

/** Charges and names the access, carries it out, and injects the #GP of what does not exist or may not be written. */
const access = (registers: ReadonlyMap<number, (vmm: Vmm) => boolean>): ExitHome => (vmm, exit) => {
  const msr = vmm.cpu.r[ECX];
  vmm.charge('msr_emulation');
  vmm.world.describe(`msr-0x${(msr >>> 0).toString(16)}`);
  if (registers.get(msr)?.(vmm)) vmm.retire(exit.instructionLength);
  else vmm.injectException(GP, 0);
  return null;
};

export const rdmsr = access(new Map([
  [MSR_TSC, ({cpu}: Vmm) => {
    cpu.tscReads++;
    setPair(cpu, timeStamp(cpu));
    return true;
  }],
  [MSR_APIC_BASE, ({cpu}: Vmm) => readApicBase(cpu)],
]));

export const wrmsr = access(new Map([
  [MSR_TSC, ({cpu}: Vmm) => {
    cpu.controls.tscOffset += (cpu.r[EDX] >>> 0) * 2 ** 32 + (cpu.r[EAX] >>> 0) - timeStamp(cpu);
    return true;
  }],
  [MSR_APIC_BASE, ({cpu}: Vmm) => writeApicBase(cpu)],
]));
