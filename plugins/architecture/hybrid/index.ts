// A hybrid: the hypervisor keeps processor and memory, a privileged domain has the devices. Emulated devices are a process of that domain, split
// drivers' back ends and the real drivers are its kernel. Every way there and back is a switch of domains.
// Barham et al., SOSP 2003, section 3; Fraser et al., "Safe Hardware Access with the Xen Virtual Machine Monitor", OASIS 2004.
import {defineArchitecture, options, RunQueue, WAKE_OPTIONS} from 'worldswitch';
import type {ArchitectureStrategy, Chip, Entity, EventSource, Step} from 'worldswitch';

const TO_DOMAIN: Step = {from: 'vmm', to: 'driver-kernel', there: 'call', back: 'return', reason: 'domain-switch', cost: 'domain_switch'};
const TO_PROCESS: Step = {from: 'driver-kernel', to: 'driver-user', there: 'return', back: 'call', reason: 'device-model', cost: 'host_user_switch'};

/** Whatever brings the domain onto the processor, it sees to the notifications that wait for it. */
const DRIVER_DOMAIN: Entity = {name: 'driver domain', way: [TO_DOMAIN], takesUp: 'back_end_request'};

class Hybrid implements ArchitectureStrategy {
  readonly #queue: RunQueue;

  constructor(queue: RunQueue) {
    this.#queue = queue;
  }

  /** Interrupt controllers and timer are the hypervisor's own. Xen, xen/arch/x86/hvm: vpic.c, i8254.c. */
  deviceModel<T>(detail: string, work: () => T, chip: Chip = 'other'): T {
    if (chip === 'pic' || chip === 'pit') return work();
    return this.#queue.call(DRIVER_DOMAIN, detail, () => this.#queue.go([TO_DOMAIN, TO_PROCESS], detail, work));
  }

  /** The hypervisor has the timer, the scheduler and what is assigned to the guest; disk and network interrupt the domain that drives them. */
  hostInterrupt(work: () => void, source: EventSource): void {
    if (source === 'disk' || source === 'network') this.#queue.call(DRIVER_DOMAIN, source, work);
    else work();
  }

  idleInterrupt(work: () => void, source: EventSource): void {
    this.hostInterrupt(work, source);
  }

  halt(sleep: () => void): void {
    this.#queue.halt([], sleep);
  }

  /** The notification has been charged by whoever sent it. */
  backEnd(detail: string, work: () => void): void {
    this.#queue.post(DRIVER_DOMAIN, detail, work);
  }

  statistics(): Readonly<Record<string, number>> {
    return this.#queue.statistics();
  }
}

export default defineArchitecture({
  apiVersion: 1,
  kind: 'architecture',
  name: 'hybrid',
  title: 'hybrid: hypervisor for processor and memory, a privileged domain for the devices',
  options: options(WAKE_OPTIONS),
  create: (vmm, {wake, slice}) => new Hybrid(new RunQueue(vmm, {wake, slice})),
});
