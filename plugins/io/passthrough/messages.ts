// Messages of an assigned function. The guest's address and data stay in its own view of the function; the function itself is given an entry of
// the remapping table, and what the entry becomes is told to the guest's controllers as the message that the guest wrote.
// PCI Local Bus Specification 3.0, 6.8.1; Linux, drivers/iommu/intel/irq_remapping.c.
import {CAPABILITIES, messageAddressOf} from 'worldswitch';
import type {AssignableFunction, PciFunction} from 'worldswitch';

const MSI = 0x05;
const ADDRESS = 4, ADDRESS_HIGH = 8, DATA = 12, END = 14;

export interface GuestMessage {
  readonly address: number;
  readonly data: number;
}

/** Where the capability lies in a function's configuration space, 0 when it has none. */
export function messageCapability({config}: PciFunction): number {
  for (let at = config[CAPABILITIES], left = 48; at !== 0 && left > 0; at = config[at + 1], left--) if (config[at] === MSI) return at;
  return 0;
}

/** Whether a byte of configuration space says where messages go. */
export const isMessageRegister = (capability: number, offset: number): boolean =>
  capability !== 0 && offset >= capability + ADDRESS && offset < capability + END;

/** Has a function send its messages to an entry of the remapping table. */
export function aimAtEntry({pci}: AssignableFunction, index: number): void {
  const at = messageCapability(pci);
  if (at === 0) return;
  pci.writeConfig(at + ADDRESS, 4, messageAddressOf(index));
  pci.writeConfig(at + ADDRESS_HIGH, 4, 0);
  pci.writeConfig(at + DATA, 2, 0);
}

/** The message as the guest wrote it; null for one beyond 4 GiB, where nobody listens. */
export function guestMessage(guest: PciFunction): GuestMessage | null {
  const at = messageCapability(guest);
  return guest.readConfig(at + ADDRESS_HIGH, 4) === 0 ? {address: guest.readConfig(at + ADDRESS, 4), data: guest.readConfig(at + DATA, 2)} : null;
}
