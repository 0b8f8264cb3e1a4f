// INVALID_GUEST_STATE: the processor did not enter the guest, because its state breaks a rule. A mistake of the VMM's: the guest
// ends here. Intel SDM vol. 3C, 26.8 VM-Entry Failures During or After Loading Guest State.
import type {ExitHome} from './home.ts';

export const entryFailure: ExitHome = (_vmm, exit) =>
  ({outcome: 'error', reason: `VM entry failed with exit reason 33 (invalid guest state): it must hold that ${exit.entryFailure}`});
