// HLT: the VCPU sleeps until its interrupt controller asks for it.
import {NOTHING_PENDING, sleepUntilInterrupt} from '../../machine/bare-metal.ts';
import {deadlock, type Ending} from '../../machine/outcome.ts';
import {EFLAGS_IF} from '../../x86/flags.ts';
import type {Vmm} from '../vmm.ts';
import type {ExitHome} from './home.ts';

export const halt: ExitHome = (vmm, exit) => {
  vmm.retire(exit.instructionLength);
  return haltGuest(vmm);
};

/** Puts a VCPU whose HLT has retired to sleep; how the guest ended if nothing can wake it. */
export function haltGuest(vmm: Vmm): Ending | null {
  vmm.charge('halt_emulation');
  if ((vmm.guestFlags() & EFLAGS_IF) === 0) return deadlock(vmm.cpu, 'with interrupts disabled: nothing can wake the processor');
  let woken = true;
  vmm.strategies.architecture.halt(() => {
    woken = sleepUntilInterrupt(vmm.platform, () => vmm.interruptPending);
  });
  return woken ? null : deadlock(vmm.cpu, NOTHING_PENDING);
}
