// EXTERNAL_INTERRUPT: the host's hardware interrupted while the guest ran. What is due on the guest's clock runs, and may
// raise an interrupt of the guest's own.
import type {Vmm} from '../vmm.ts';
import type {ExitHome} from './home.ts';

export const externalInterrupt: ExitHome = vmm => {
  takeHostInterrupt(vmm);
  return null;
};

/** Names the interrupt by whose event is due first, and has the architecture take it. */
export function takeHostInterrupt(vmm: Vmm): void {
  const source = vmm.platform.clock.nextSource();
  vmm.world.describe(source);
  vmm.strategies.architecture.hostInterrupt(() => vmm.runDueEvents(), source);
}
