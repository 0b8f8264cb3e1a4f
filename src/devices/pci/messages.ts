// Interrupts as messages: a function writes a doubleword where its driver told it to. What MSI and MSI-X have in common, and how a
// capability is put into configuration space. PCI Local Bus Specification 3.0, 6.7 and 6.8.
import type {BusMaster} from '../bus.ts';
import type {PciFunction} from './function.ts';
import {CAPABILITIES, STATUS, STATUS_CAPABILITIES} from './registers.ts';

/** Puts a capability at the head of the list. */
export function linkCapability(pci: PciFunction, offset: number, id: number): void {
  pci.config[offset] = id;
  pci.config[offset + 1] = pci.config[CAPABILITIES];
  pci.config[CAPABILITIES] = offset;
  pci.config[STATUS] |= STATUS_CAPABILITIES;
}

/** A message is a write like any other: it needs the function to be a bus master. */
export function writeMessage(pci: PciFunction, memory: BusMaster, {address, data}: {address: number; data: number}): void {
  if (pci.mayMaster) memory.write(address, Uint8Array.of(data & 0xff, (data >>> 8) & 0xff, (data >>> 16) & 0xff, data >>> 24));
}
