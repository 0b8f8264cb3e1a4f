// INVLPG: the qualification is the linear address.
import type {ExitHome} from './home.ts';

export const invlpg: ExitHome = (vmm, exit) => {
  vmm.strategies.memory.invlpg(exit.qualification);
  vmm.retire(exit.instructionLength);
  return null;
};
