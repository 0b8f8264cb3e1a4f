// Message signalled interrupts with one message and a 64-bit address. PCI Local Bus Specification 3.0, 6.8.1 MSI Capability Structure.
//
// Simplification: addresses beyond 4 GiB are memory that is not there, so such a message is lost.
import type {BusMaster} from '../bus.ts';
import type {Messages, PciFunction} from './function.ts';
import {linkCapability, writeMessage} from './messages.ts';

const CAPABILITY_ID = 0x05;
const CONTROL = 2, ADDRESS = 4, ADDRESS_HIGH = 8, DATA = 12;
const CONTROL_ENABLE = 1 << 0, CONTROL_64_BIT = 1 << 7;

export class Msi implements Messages {
  readonly #pci: PciFunction;
  readonly #offset: number;
  readonly #memory: BusMaster;

  constructor(pci: PciFunction, offset: number, memory: BusMaster) {
    this.#pci = pci;
    this.#offset = offset;
    this.#memory = memory;
    linkCapability(pci, offset, CAPABILITY_ID);
    pci.config[offset + CONTROL] = CONTROL_64_BIT;
    pci.allowWrites(offset + CONTROL, [CONTROL_ENABLE]);
    pci.allowWrites(offset + ADDRESS, [0xfc, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
  }

  get enabled(): boolean {
    return (this.#pci.config[this.#offset + CONTROL] & CONTROL_ENABLE) !== 0;
  }

  send(): void {
    const read = (at: number, width: number): number => this.#pci.readConfig(this.#offset + at, width);
    if (read(ADDRESS_HIGH, 4) === 0) writeMessage(this.#pci, this.#memory, {address: read(ADDRESS, 4), data: read(DATA, 2)});
  }
}
