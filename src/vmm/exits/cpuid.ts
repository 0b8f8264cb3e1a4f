// CPUID: always leaves non-root operation; the guest sees the machine that is modelled for it.
import {showsApic} from '../../cpu/execute/system.ts';
import {cpuidLeaf} from '../../x86/cpuid.ts';
import {EAX, EBX, ECX, EDX} from '../../x86/registers.ts';
import type {ExitHome} from './home.ts';

export const cpuid: ExitHome = (vmm, exit) => {
  const {r} = vmm.cpu;
  const leaf = vmm.visible?.cpuid(r[EAX] >>> 0) ?? cpuidLeaf(r[EAX], showsApic(vmm.cpu));
  r[EAX] = leaf.eax;
  r[EBX] = leaf.ebx;
  r[ECX] = leaf.ecx;
  r[EDX] = leaf.edx;
  vmm.charge('cpuid_emulation');
  vmm.retire(exit.instructionLength);
  return null;
};
