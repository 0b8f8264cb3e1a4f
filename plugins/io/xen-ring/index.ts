// Xen's split drivers: the guest's front ends put requests into rings in memory that they grant, and notify by event channels; the back
// ends live in a driver domain that has the disk and the wire. Everything else of the PC is emulated.
// Fraser et al., "Safe Hardware Access with the Xen Virtual Machine Monitor", OASIS 2004; Xen, public/io.
import {defineIoStrategy, DeviceAccesses, oneOf, onOff, options} from 'worldswitch';
import type {IoStrategy, Vmm, XenServices} from 'worldswitch';
import {XenDriverDomain, type RingOptions} from './driver-domain.ts';
import {XenMachine} from './machine.ts';

type Width = 1 | 2 | 4;

class XenRing implements IoStrategy {
  readonly #vmm: Vmm;
  readonly #options: RingOptions;
  /** Whatever is no split driver's. */
  readonly #accesses: DeviceAccesses;
  #domain: XenDriverDomain | null = null;

  constructor(vmm: Vmm, chosen: RingOptions) {
    this.#vmm = vmm;
    this.#options = chosen;
    this.#accesses = new DeviceAccesses(vmm);
    vmm.visible = new XenMachine(vmm, services => this.attach(services));
  }

  /** A paravirtual domain has its services from the start, a hardware virtual machine when it has found Xen. */
  attach(services: XenServices): void {
    this.#domain = new XenDriverDomain(this.#vmm, services, this.#options);
  }

  readPort(port: number, width: Width): number {
    return this.#accesses.readPort(port, width);
  }
  writePort(port: number, width: Width, value: number): void {
    this.#accesses.writePort(port, width, value);
  }
  readMemory(address: number, width: Width): number {
    return this.#accesses.readMemory(address, width);
  }
  writeMemory(address: number, width: Width, value: number): void {
    this.#accesses.writeMemory(address, width, value);
  }

  statistics(): Readonly<Record<string, number>> {
    return {...this.#accesses.statistics(), ...this.#domain?.statistics()};
  }
}

export default defineIoStrategy({
  apiVersion: 1,
  kind: 'io',
  name: 'xen-ring',
  title: 'split driver over shared rings (Xen)',
  domains: true,
  controllers: 'xen',
  needs: {cpu: ['paravirtual', 'hardware-assisted'], memory: ['direct-paging', 'nested']},
  options: options({grants: oneOf(['map', 'copy']), persistent: onOff(false)}),
  refuses({grants, persistent}, {architecture}) {
    if (architecture && architecture.name !== 'hybrid') {
      return `needs the driver domain of hybrid: grants and event channels are between two domains, and ${architecture.name} has no second one`;
    }
    return grants === 'copy' && persistent === true ? 'keeps no mappings with grants=copy: there are none' : null;
  },
  create: (vmm, {grants, persistent}) => new XenRing(vmm, {copies: grants === 'copy', persistent: persistent === true}),
});
