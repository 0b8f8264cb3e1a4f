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
  return sleepGuest(vmm, () => vmm.wakes) ? null : deadlock(vmm.cpu, NOTHING_PENDING);
}

/** Puts a VCPU to sleep where the architecture has it sleep; false when nothing will ever wake it. */
export function sleepGuest(vmm: Vmm, pending: () => boolean): boolean {
  const {platform, strategies: {architecture}} = vmm;
  const {clock} = platform;
  const runDue = (work: () => void): void => {
    clock.runUnattended(clock.now());
    if (clock.isUnattended !== null && clock.next() > clock.now()) return;
    if (architecture.idleInterrupt) architecture.idleInterrupt(work, clock.nextSource());
    else work();
  };
  let woken = true;
  architecture.halt(() => {
    vmm.asleep = true;
    woken = sleepUntilInterrupt(platform, {pending, runDue});
    vmm.asleep = false;
  });
  return woken;
}
