// INVD, WBINVD and PAUSE: the modelled machine has no cache and no second processor, so there is nothing to do.
import type {ExitHome} from './home.ts';

export const skipped: ExitHome = (vmm, exit) => {
  vmm.charge('instruction_emulation');
  vmm.retire(exit.instructionLength);
  return null;
};
