// A hosted VMM: a module beside a host operating system, with the device models in a process of that host. An access to a
// device goes vmm -> host-kernel -> host-user and all the way back; an interrupt of the host's hardware that arrives while
// the guest runs costs a pair of world switches, because its handler lives in the host kernel.
// Sugerman, Venkitachalam and Lim, USENIX ATC 2001, sections 2 and 3. With `pic=kernel` the interrupt controllers and the timer
// are models in the module itself, as in KVM (Linux, Documentation/virt/kvm/api.rst, KVM_CREATE_IRQCHIP and KVM_CREATE_PIT2).
import {defineArchitecture, oneOf, options} from 'worldswitch';
import type {ArchitectureStrategy, Chip, Vmm} from 'worldswitch';
import {HostedProcess} from './process.ts';

class Hosted implements ArchitectureStrategy {
  readonly #vmm: Vmm;
  readonly #world: Vmm['world'];
  readonly #inKernel: boolean;

  constructor(vmm: Vmm, inKernel: boolean) {
    this.#vmm = vmm;
    this.#world = vmm.world;
    this.#inKernel = inKernel;
  }

  deviceModel<T>(detail: string, work: () => T, chip: Chip = 'other'): T {
    if (this.#inKernel && chip !== 'other') return work();
    return this.#inHost(detail, () => this.#inProcess(detail, work));
  }

  /** The host's handler runs first; the device-model process then learns that its timer has expired, unless the kernel has the timer. */
  hostInterrupt(work: () => void): void {
    const {platform: {devices, clock}} = this.#vmm;
    const ofKernel = this.#inKernel && devices.pit.nextEdge <= clock.now();
    this.#inHost('host-interrupt', () => (ofKernel ? work() : this.#inProcess('timer', work)));
  }

  halt(sleep: () => void): void {
    this.#inHost('halt', sleep);
  }

  #inHost<T>(detail: string, work: () => T): T {
    this.#world.hop({from: 'vmm', to: 'host-kernel', kind: 'call', reason: 'world-switch', detail}, 'world_switch');
    const result = work();
    this.#world.hop({from: 'host-kernel', to: 'vmm', kind: 'return', reason: 'world-switch', detail}, 'world_switch');
    return result;
  }

  #inProcess<T>(detail: string, work: () => T): T {
    this.#world.hop({from: 'host-kernel', to: 'host-user', kind: 'return', reason: 'device-model', detail}, 'host_user_switch');
    const result = work();
    this.#world.hop({from: 'host-user', to: 'host-kernel', kind: 'call', reason: 'device-model', detail}, 'host_user_switch');
    return result;
  }
}

export default defineArchitecture({
  apiVersion: 1,
  kind: 'architecture',
  name: 'hosted',
  title: 'hosted VMM, device models in a host process (type 2)',
  options: options({pic: oneOf(['user', 'kernel'])}),
  create: (vmm, {pic}) => (vmm.world.home === 'host-user' ? new HostedProcess(vmm) : new Hosted(vmm, pic === 'kernel')),
});
