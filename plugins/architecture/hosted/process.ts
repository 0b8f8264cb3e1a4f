// A hosted VMM that is no more than a process: an emulator with its device models in it. A device access is a function call;
// what reaches beyond the process is a system call of the host, and a host timer that expires is a signal to it.
import type {ArchitectureStrategy, Vmm} from 'worldswitch';

export class HostedProcess implements ArchitectureStrategy {
  readonly #world: Vmm['world'];

  constructor(vmm: Vmm) {
    this.#world = vmm.world;
  }

  deviceModel<T>(_detail: string, work: () => T): T {
    return work();
  }

  /** The only interrupt that concerns the process: its timer. The host's handler runs, then the process's. */
  hostInterrupt(work: () => void): void {
    this.#world.hop({from: 'host-user', to: 'host-kernel', kind: 'interrupt', reason: 'signal', detail: 'timer'}, 'host_system_call');
    this.#world.hop({from: 'host-kernel', to: 'host-user', kind: 'return', reason: 'signal', detail: 'timer'}, 'host_system_call');
    work();
  }

  halt(sleep: () => void): void {
    this.#systemCall('idle', sleep);
  }

  outside(what: string): void {
    this.#systemCall(what, () => {});
  }

  #systemCall(detail: string, work: () => void): void {
    this.#world.hop({from: 'host-user', to: 'host-kernel', kind: 'call', reason: 'syscall', detail}, 'host_system_call');
    work();
    this.#world.hop({from: 'host-kernel', to: 'host-user', kind: 'return', reason: 'syscall', detail}, 'host_system_call');
  }
}
