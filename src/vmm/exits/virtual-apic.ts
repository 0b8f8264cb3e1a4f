// APIC_ACCESS, APIC_WRITE, VIRTUALIZED_EOI and TPR_BELOW_THRESHOLD: what a processor that virtualizes the local APIC leaves to the VMM. The
// first comes in place of the instruction, which is emulated; the others behind it. Intel SDM vol. 3C, 29.4.3.3 and table 27-6.
import {APIC_WRITE} from '../../cpu/virtual-apic/accesses.ts';
import {at} from '../../x86/apic/register-page.ts';
import type {ExitHome} from './home.ts';

export const apicAccess: ExitHome = (vmm, {qualification}) => {
  vmm.world.describe(named((qualification >>> 12) === APIC_WRITE ? 'write' : 'read', qualification & 0xfff));
  vmm.emulate();
  return null;
};

/** The value is in the page; what follows from it is the model's business. */
export const apicWrite: ExitHome = (vmm, {qualification: register}) => {
  const {apic} = vmm.platform.devices.interrupts;
  vmm.world.describe(named('write', register));
  vmm.deviceModel('apic-write', () => {
    vmm.charge('mmio_emulation');
    apic.writeMemory(register, 4, apic.page[at(register)]);
  }, 'pic');
  return null;
};

/** The processor has ended the service; I/O APICs hear of a level-triggered one. */
export const virtualizedEoi: ExitHome = (vmm, {qualification: vector}) => {
  vmm.deviceModel('virtualized-eoi', () => {
    vmm.charge('mmio_emulation');
    vmm.platform.devices.interrupts.apic.serviceEnded(vector);
  }, 'pic');
  return null;
};

/** What was held back is looked at again before the next entry, as always. */
export const tprBelowThreshold: ExitHome = () => null;

const named = (access: string, register: number): string => `${access}-0x${register.toString(16)}`;
