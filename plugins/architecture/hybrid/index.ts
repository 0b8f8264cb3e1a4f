// A hybrid: the hypervisor keeps processor and memory, a privileged domain has the devices. Emulated devices are a process of that domain, split
// drivers' back ends and the real drivers are its kernel. Every way there and back is a switch of domains.
// Barham et al., SOSP 2003, section 3; Fraser et al., "Safe Hardware Access with the Xen Virtual Machine Monitor", OASIS 2004.
import {defineArchitecture} from 'worldswitch';
import type {ArchitectureStrategy, Chip, EventSource, Vmm} from 'worldswitch';

class Hybrid implements ArchitectureStrategy {
  readonly #vmm: Vmm;
  #inDomain = false;

  constructor(vmm: Vmm) {
    this.#vmm = vmm;
  }

  /** Interrupt controllers and timer are the hypervisor's own. Xen, xen/arch/x86/hvm: vpic.c, i8254.c. */
  deviceModel<T>(detail: string, work: () => T, chip: Chip = 'other'): T {
    if (chip === 'pic' || chip === 'pit') return work();
    return this.#inDriverDomain(detail, () => this.#inProcess(detail, work));
  }

  /** The hypervisor has the timer; disk and network interrupt the domain that drives them. */
  hostInterrupt(work: () => void, source: EventSource): void {
    if (source === 'timer') work();
    else this.#inDriverDomain(source, work);
  }

  idleInterrupt(work: () => void, source: EventSource): void {
    this.hostInterrupt(work, source);
  }

  halt(sleep: () => void): void {
    sleep();
  }

  /** The notification has been charged by whoever sent it. */
  backEnd(detail: string, work: () => void): void {
    this.#inDriverDomain(detail, () => {
      this.#vmm.charge('back_end_request');
      work();
    });
  }

  /** Why: what a back end does on the way must not switch again. */
  #inDriverDomain<T>(detail: string, work: () => T): T {
    if (this.#inDomain) return work();
    const {world} = this.#vmm;
    world.hop({from: 'vmm', to: 'driver-kernel', kind: 'call', reason: 'domain-switch', detail}, 'domain_switch');
    this.#inDomain = true;
    try {
      return work();
    } finally {
      this.#inDomain = false;
      world.hop({from: 'driver-kernel', to: 'vmm', kind: 'return', reason: 'domain-switch', detail}, 'domain_switch');
    }
  }

  #inProcess<T>(detail: string, work: () => T): T {
    const {world} = this.#vmm;
    world.hop({from: 'driver-kernel', to: 'driver-user', kind: 'return', reason: 'device-model', detail}, 'host_user_switch');
    const result = work();
    world.hop({from: 'driver-user', to: 'driver-kernel', kind: 'call', reason: 'device-model', detail}, 'host_user_switch');
    return result;
  }
}

export default defineArchitecture({
  apiVersion: 1,
  kind: 'architecture',
  name: 'hybrid',
  title: 'hybrid: hypervisor for processor and memory, a privileged domain for the devices',
  create: vmm => new Hybrid(vmm),
});
