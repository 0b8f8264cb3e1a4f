// EXTERNAL_INTERRUPT: the host's hardware interrupted while the guest ran. What is due on the guest's clock runs, and may
// raise an interrupt of the guest's own.
import type {ExitHome} from './home.ts';

export const externalInterrupt: ExitHome = vmm => {
  vmm.world.describe('timer');
  vmm.strategies.architecture.hostInterrupt(() => vmm.runDueEvents());
  return null;
};
