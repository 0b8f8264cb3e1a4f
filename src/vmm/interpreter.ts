// A guest in a mode that its technique cannot let run, as real mode is where the processor enters guests in protected mode only: the VMM
// carries out one instruction after another, and delivers events in between. Intel SDM vol. 3C, 26.3.1.2 says what cannot be entered.
import {EVENT_EXTERNAL, type GuestEvent} from '../cpu/exit-record.ts';
import {RUNNING, STOP_HALT} from '../cpu/state.ts';
import {tripleFault, type Ending} from '../machine/outcome.ts';
import {haltGuest} from './exits/halt.ts';
import type {Vmm} from './vmm.ts';

/** One event or one instruction; how the guest ended, or null to go on. */
export function interpretOne(vmm: Vmm): Ending | null {
  const before = vmm.beforeInterpreting();
  if (before) return before;
  const event = vmm.nextEvent();
  vmm.cpu.controls.interruptWindow = false;
  return (event === null ? emulate(vmm) : deliverVirtually(vmm, event)) ?? vmm.ended();
}

/** Delivers an event through the guest's own table in software. */
export function deliverVirtually(vmm: Vmm, event: GuestEvent): Ending | null {
  const delivered = vmm.emulator.deliver(event);
  if (delivered === 'shut-down') return tripleFault(vmm.cpu);
  if (delivered !== 'delivered' || event.type !== EVENT_EXTERNAL) return null;
  vmm.cpu.interruptsTaken++;
  vmm.platform.recorder.interruptTaken(event.vector);
  return null;
}

function emulate(vmm: Vmm): Ending | null {
  const {cpu: virtual} = vmm.emulator;
  virtual.stop = RUNNING;
  const ended = vmm.emulate();
  if (ended === 'refused') return {outcome: 'error', reason: vmm.cpu.refusal};
  return ended !== 'fault' && virtual.stop === STOP_HALT ? haltGuest(vmm) : null;
}
