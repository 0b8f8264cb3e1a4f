// VMCALL: the guest calls its hypervisor. Where none shows itself the instruction is not there. Intel SDM vol. 3C, 25.1.2.
import {UD} from '../../x86/exceptions.ts';
import type {ExitHome} from './home.ts';

export const vmcall: ExitHome = (vmm, exit) => {
  if (vmm.visible === null) {
    vmm.injectException(UD);
    return null;
  }
  vmm.retire(exit.instructionLength);
  vmm.charge('hypercall_dispatch');
  vmm.visible.call();
  return null;
};
