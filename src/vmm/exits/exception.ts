// EXCEPTION_NMI: an exception that the controls intercept. A page fault is the memory strategy's; anything else goes to the
// guest as it came. Intel SDM vol. 3C, 27.2.2 Information for VM Exits Due to Vectored Events.
import {isSoftwareEvent} from '../../cpu/exit-record.ts';
import {EXCEPTION_NAMES, PF} from '../../x86/exceptions.ts';
import type {ExitHome} from './home.ts';

export const exception: ExitHome = (vmm, exit) => {
  if (exit.vector === PF) {
    vmm.strategies.memory.pageFault(exit);
    return null;
  }
  vmm.world.describe(EXCEPTION_NAMES[exit.vector] ?? `vector-${exit.vector}`);
  if (isSoftwareEvent(exit.type)) vmm.injectSoftware(exit.vector, exit.type, exit.instructionLength);
  else vmm.injectException(exit.vector, exit.errorCode);
  return null;
};
