// A hosted VMM: a module beside a host operating system, with the device models in a process of that host. An access to a
// device goes vmm -> host-kernel -> host-user and all the way back; an interrupt of the host's hardware that arrives while
// the guest runs costs a pair of world switches, because its handler lives in the host kernel.
// Sugerman, Venkitachalam and Lim, USENIX ATC 2001, sections 2 and 3.
import {defineArchitecture} from 'worldswitch';
import type {ArchitectureStrategy, Vmm} from 'worldswitch';
import {HostedProcess} from './process.ts';

class Hosted implements ArchitectureStrategy {
  readonly #world: Vmm['world'];

  constructor(vmm: Vmm) {
    this.#world = vmm.world;
  }

  deviceModel<T>(detail: string, work: () => T): T {
    return this.#inHost(detail, () => this.#inProcess(detail, work));
  }

  /** The host's handler runs first; the device-model process then learns that its timer has expired. */
  hostInterrupt(work: () => void): void {
    this.#inHost('host-interrupt', () => this.#inProcess('timer', work));
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
  create: vmm => (vmm.world.home === 'host-user' ? new HostedProcess(vmm) : new Hosted(vmm)),
});
