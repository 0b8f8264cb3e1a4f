// A hosted VMM: a module beside a host operating system, with the device models in a process of that host. An access to a
// device goes vmm -> host-kernel -> host-user and all the way back; an interrupt of the host's hardware that arrives while
// the guest runs costs a pair of world switches, because its handler lives in the host kernel.
// Sugerman, Venkitachalam and Lim, USENIX ATC 2001, sections 2 and 3. With `pic=kernel` the interrupt controllers and the timer
// are models in the module itself, as in KVM (Linux, Documentation/virt/kvm/api.rst, KVM_CREATE_IRQCHIP and KVM_CREATE_PIT2).
import {defineArchitecture, oneOf, options, RunQueue, WAKE_OPTIONS} from 'worldswitch';
import type {ArchitectureStrategy, Chip, Entity, EventSource, OptionValue, Step, Vmm} from 'worldswitch';
import {HostedProcess} from './process.ts';

/** What a process of the host asks its kernel for. */
const REQUESTS: ReadonlySet<string> = new Set(['disk-request', 'packet']);

const TO_KERNEL: Step = {from: 'vmm', to: 'host-kernel', there: 'call', back: 'return', reason: 'world-switch', cost: 'world_switch'};
const TO_PROCESS: Step = {from: 'host-kernel', to: 'host-user', there: 'return', back: 'call', reason: 'device-model', cost: 'host_user_switch'};
const KERNEL = [TO_KERNEL], PROCESS = [TO_KERNEL, TO_PROCESS];

type HostedOptions = Readonly<Record<'pic' | 'back-end' | 'wake' | 'slice', OptionValue>>;

class Hosted implements ArchitectureStrategy {
  readonly #vmm: Vmm;
  readonly #queue: RunQueue;
  /** Interrupt controllers and timer may be in the module, and split drivers' back ends in the host's kernel. */
  readonly #kernelChips: boolean;
  readonly #kernelBackEnds: boolean;
  /** A thread of the host, in its kernel or in the process. */
  readonly #backEnd: Entity;

  constructor(vmm: Vmm, {pic, 'back-end': backEnd, wake, slice}: HostedOptions) {
    this.#vmm = vmm;
    this.#queue = new RunQueue(vmm, {wake, slice});
    this.#kernelChips = pic === 'kernel';
    this.#kernelBackEnds = backEnd === 'kernel';
    this.#backEnd = {name: 'back end', way: this.#kernelBackEnds ? KERNEL : PROCESS, takesUp: 'back_end_request'};
  }

  /** The model runs in the VCPU's own thread, which has left the module for it. */
  deviceModel<T>(detail: string, work: () => T, chip: Chip = 'other'): T {
    if (this.#kernelChips && chip !== 'other') return work();
    return this.#queue.go(PROCESS, detail, work);
  }

  /** The host's handler runs first; the process then learns that its timer or request is done, unless the kernel has the timer. */
  hostInterrupt(work: () => void, source: EventSource): void {
    this.#queue.go(KERNEL, 'host-interrupt', () => this.idleInterrupt(work, source));
  }

  /** The host's kernel is running already. */
  idleInterrupt(work: () => void, source: EventSource): void {
    if (this.#isOfKernel(source)) work();
    else this.#queue.go(PROCESS, source, work);
  }

  /** A slice that ends is the scheduler's; an assigned device's interrupt goes to whoever has the guest's interrupt controller. */
  #isOfKernel(source: EventSource): boolean {
    const {platform: {devices, clock}} = this.#vmm;
    if (source === 'timer') return this.#kernelChips && devices.timerChipDue(clock.now());
    if (source === 'assigned') return this.#kernelChips;
    return source === 'slice' || this.#kernelBackEnds;
  }

  backEnd(detail: string, work: () => void): void {
    this.#queue.post(this.#backEnd, detail, work);
  }

  /** A request for the host's disk or network is a system call of the process; the kernel's own back end makes none. */
  outside(what: string): void {
    if (!REQUESTS.has(what) || this.#queue.place !== 'host-user') return;
    const {world} = this.#vmm;
    world.hop({from: 'host-user', to: 'host-kernel', kind: 'call', reason: 'syscall', detail: what}, 'host_system_call');
    world.hop({from: 'host-kernel', to: 'host-user', kind: 'return', reason: 'syscall', detail: what}, 'host_system_call');
  }

  halt(sleep: () => void): void {
    this.#queue.halt(KERNEL, sleep);
  }

  statistics(): Readonly<Record<string, number>> {
    return this.#queue.statistics();
  }
}

/** Emulators that are a process of the host have no thread beside the one that runs the guest. */
const PROCESSES: ReadonlySet<string> = new Set(['interpretation', 'dynamic-translation']);

export default defineArchitecture({
  apiVersion: 1,
  kind: 'architecture',
  name: 'hosted',
  title: 'hosted VMM, device models in a host process (type 2)',
  options: options({pic: oneOf(['user', 'kernel']), 'back-end': oneOf(['user', 'kernel']), ...WAKE_OPTIONS}),
  refuses: ({wake}, {cpu}) => (wake === 'yield' && cpu && PROCESSES.has(cpu.name)
    ? `cannot let a back end wait (wake=yield) with ${cpu.name}: emulator and device models are one thread of one process` : null),
  create: (vmm, chosen) => (vmm.world.home === 'host-user' ? new HostedProcess(vmm) : new Hosted(vmm, chosen)),
});
