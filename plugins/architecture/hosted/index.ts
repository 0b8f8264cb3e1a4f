// A hosted VMM: a module beside a host operating system, with the device models in a process of that host. An access to a
// device goes vmm -> host-kernel -> host-user and all the way back; an interrupt of the host's hardware that arrives while
// the guest runs costs a pair of world switches, because its handler lives in the host kernel.
// Sugerman, Venkitachalam and Lim, USENIX ATC 2001, sections 2 and 3. With `pic=kernel` the interrupt controllers and the timer
// are models in the module itself, as in KVM (Linux, Documentation/virt/kvm/api.rst, KVM_CREATE_IRQCHIP and KVM_CREATE_PIT2).
import {defineArchitecture, oneOf, options} from 'worldswitch';
import type {ArchitectureStrategy, Chip, EventSource, Vmm} from 'worldswitch';
import {HostedProcess} from './process.ts';

/** What a process of the host asks its kernel for. */
const REQUESTS: ReadonlySet<string> = new Set(['disk-request', 'packet']);

/** Interrupt controllers and timer, and split drivers' back ends, may be in the module or the host's kernel. */
interface InKernel {
  readonly chips: boolean;
  readonly backEnds: boolean;
}

class Hosted implements ArchitectureStrategy {
  readonly #vmm: Vmm;
  readonly #world: Vmm['world'];
  readonly #kernel: InKernel;
  /** Where the host is while something of it runs. */
  #place: 'vmm' | 'host-kernel' | 'host-user' = 'vmm';

  constructor(vmm: Vmm, kernel: InKernel) {
    this.#vmm = vmm;
    this.#world = vmm.world;
    this.#kernel = kernel;
  }

  deviceModel<T>(detail: string, work: () => T, chip: Chip = 'other'): T {
    if (this.#kernel.chips && (chip === 'pic' || chip === 'pit')) return work();
    return this.#inHost(detail, () => this.#inProcess(detail, work));
  }

  /** The host's handler runs first; the process then learns that its timer or request is done, unless the kernel has the timer. */
  hostInterrupt(work: () => void, source: EventSource): void {
    this.#inHost('host-interrupt', () => this.idleInterrupt(work, source));
  }

  /** The host's kernel is running already. */
  idleInterrupt(work: () => void, source: EventSource): void {
    const {platform: {devices, clock}} = this.#vmm;
    const ofKernel = source === 'timer' ? this.#kernel.chips && devices.pit.nextEdge <= clock.now() : this.#kernel.backEnds;
    if (ofKernel) work();
    else this.#inProcess(source, work);
  }

  /** The back end is a thread of the host, in its kernel or in the process: it is woken, and on one processor runs at once. */
  backEnd(detail: string, work: () => void): void {
    const serve = (): void => {
      this.#vmm.charge('back_end_request');
      work();
    };
    if (this.#place !== 'vmm') return serve();
    this.#inHost(detail, () => (this.#kernel.backEnds ? serve() : this.#inProcess(detail, serve)));
  }

  /** A request for the host's disk or network is a system call of the process; the kernel's own back end makes none. */
  outside(what: string): void {
    if (!REQUESTS.has(what) || this.#place !== 'host-user') return;
    this.#world.hop({from: 'host-user', to: 'host-kernel', kind: 'call', reason: 'syscall', detail: what}, 'host_system_call');
    this.#world.hop({from: 'host-kernel', to: 'host-user', kind: 'return', reason: 'syscall', detail: what}, 'host_system_call');
  }

  halt(sleep: () => void): void {
    this.#inHost('halt', sleep);
  }

  #inHost<T>(detail: string, work: () => T): T {
    this.#world.hop({from: 'vmm', to: 'host-kernel', kind: 'call', reason: 'world-switch', detail}, 'world_switch');
    const result = this.#at('host-kernel', work);
    this.#world.hop({from: 'host-kernel', to: 'vmm', kind: 'return', reason: 'world-switch', detail}, 'world_switch');
    return result;
  }

  #inProcess<T>(detail: string, work: () => T): T {
    this.#world.hop({from: 'host-kernel', to: 'host-user', kind: 'return', reason: 'device-model', detail}, 'host_user_switch');
    const result = this.#at('host-user', work);
    this.#world.hop({from: 'host-user', to: 'host-kernel', kind: 'call', reason: 'device-model', detail}, 'host_user_switch');
    return result;
  }

  #at<T>(place: 'host-kernel' | 'host-user', work: () => T): T {
    const before = this.#place;
    this.#place = place;
    try {
      return work();
    } finally {
      this.#place = before;
    }
  }
}

export default defineArchitecture({
  apiVersion: 1,
  kind: 'architecture',
  name: 'hosted',
  title: 'hosted VMM, device models in a host process (type 2)',
  options: options({pic: oneOf(['user', 'kernel']), 'back-end': oneOf(['user', 'kernel'])}),
  create: (vmm, {pic, 'back-end': backEnd}) =>
    (vmm.world.home === 'host-user' ? new HostedProcess(vmm) : new Hosted(vmm, {chips: pic === 'kernel', backEnds: backEnd === 'kernel'})),
});
