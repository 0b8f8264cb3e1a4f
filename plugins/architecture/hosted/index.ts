// A hosted VMM: a module beside a host operating system, with the device models in a process of that host. An access to a
// device goes vmm -> host-kernel -> host-user and all the way back; an interrupt of the host's hardware that arrives while
// the guest runs costs a pair of world switches, because its handler lives in the host kernel.
// Sugerman, Venkitachalam and Lim, USENIX ATC 2001, sections 2 and 3. With `pic=kernel` the interrupt controllers and the timer
// are models in the module itself, as in KVM (Linux, Documentation/virt/kvm/api.rst, KVM_CREATE_IRQCHIP and KVM_CREATE_PIT2). With `ports=vmm`
// all models are, and only what they ask of the host leaves it (section 3.3).
import {defineArchitecture, oneOf, options, RunQueue, WAKE_OPTIONS, wholeNumber} from 'worldswitch';
import type {ArchitectureStrategy, Chip, Entity, EventSource, OptionValue, Step, Vmm} from 'worldswitch';
import {HostedProcess} from './process.ts';
import {WaitingFrames} from './waiting-frames.ts';

/** What a process of the host asks its kernel for. */
const REQUESTS: ReadonlySet<string> = new Set(['disk-request', 'packet']);
/** What a device model in the module cannot do without the host. */
const NEEDS_HOST: ReadonlySet<string> = new Set([...REQUESTS, 'console-write']);

const TO_KERNEL: Step = {from: 'vmm', to: 'host-kernel', there: 'call', back: 'return', reason: 'world-switch', cost: 'world_switch'};
const TO_PROCESS: Step = {from: 'host-kernel', to: 'host-user', there: 'return', back: 'call', reason: 'device-model', cost: 'host_user_switch'};
const KERNEL = [TO_KERNEL], PROCESS = [TO_KERNEL, TO_PROCESS];

type HostedOptions = Readonly<Record<'pic' | 'back-end' | 'ports' | 'irq-notification' | 'send-combining' | 'tick' | 'wake' | 'slice', OptionValue>>;

class Hosted implements ArchitectureStrategy {
  readonly #vmm: Vmm;
  readonly #queue: RunQueue;
  readonly #options: HostedOptions;
  /** Split drivers' back ends may be in the host's kernel. */
  readonly #kernelBackEnds: boolean;
  /** A thread of the host, in its kernel or in the process. */
  readonly #backEnd: Entity;
  readonly #frames: WaitingFrames;

  constructor(vmm: Vmm, options: HostedOptions) {
    this.#vmm = vmm;
    this.#options = options;
    this.#queue = new RunQueue(vmm, {wake: options.wake, slice: options.slice});
    this.#kernelBackEnds = options['back-end'] === 'kernel';
    this.#backEnd = {name: 'back end', way: this.#kernelBackEnds ? KERNEL : PROCESS, takesUp: 'back_end_request'};
    this.#frames = new WaitingFrames(vmm, {threshold: Number(options['send-combining']), ticks: Number(options.tick)});
    if (options.tick !== 0) startHostTick(vmm, Number(options.tick));
  }

  /** The model is in the module, or in the process: then it runs in the VCPU's own thread, which has left the module for it. */
  deviceModel<T>(detail: string, work: () => T, chip: Chip = 'other'): T {
    return this.#isInModule(chip) ? work() : this.#inProcess(detail, work);
  }

  #isInModule(chip: Chip): boolean {
    const {ports, pic} = this.#options;
    return ports === 'vmm' || (ports === 'address' && chip === 'selector') || (pic === 'kernel' && (chip === 'pic' || chip === 'pit'));
  }

  /** Whatever brings the process onto the processor, it sends the frames that wait. */
  #inProcess<T>(detail: string, work: () => T): T {
    return this.#queue.go(PROCESS, detail, () => {
      this.#frames.leave();
      return work();
    });
  }

  /** The host's handler runs first; the process then learns that its timer or request is done, unless that is not its business. */
  hostInterrupt(work: () => void, source: EventSource): void {
    this.#queue.go(KERNEL, 'host-interrupt', () => this.idleInterrupt(work, source));
  }

  /** The host's kernel is running already. */
  idleInterrupt(work: () => void, source: EventSource): void {
    if (this.#isOfKernel(source)) {
      if (this.#frames.any) this.#inProcess('send', () => {});
      work();
    } else this.#inProcess(source, work);
  }

  /**
   * A slice that ends is the scheduler's; an assigned device's interrupt goes to whoever has the guest's interrupt controller. A process that
   * waits in select() is returned to by every interrupt that may be a completion; where the host's driver tells by a bit in memory which one
   * is, only by those.
   */
  #isOfKernel(source: EventSource): boolean {
    const {platform: {devices, clock}} = this.#vmm, {pic, ports} = this.#options;
    const asked = this.#options['irq-notification'] === 'select';
    if (source === 'slice') return true;
    if (source === 'host-tick') return !asked;
    if (source === 'assigned') return pic === 'kernel';
    if (source === 'timer') return (pic === 'kernel' || (ports === 'vmm' && !asked)) && (ports === 'vmm' || devices.timerChipDue(clock.now()));
    return this.#kernelBackEnds || (source === 'network' && ports === 'vmm' && !asked && devices.wire?.arrivalDue(clock.now()) === false);
  }

  backEnd(detail: string, work: () => void): void {
    this.#queue.post(this.#backEnd, detail, work);
  }

  /** A request for the host's disk or network is a system call of the process; the kernel's own back end makes none. A model in the module asks the process. */
  outside(what: string): void {
    const {place} = this.#queue, inModule = this.#options.ports === 'vmm';
    if (place === 'host-user') {
      if (REQUESTS.has(what)) this.#systemCall(what);
    } else if (inModule && NEEDS_HOST.has(what) && !(place === 'host-kernel' && this.#kernelBackEnds)) this.#inProcess(what, () => this.#systemCall(what));
  }

  #systemCall(what: string): void {
    const {world} = this.#vmm;
    world.hop({from: 'host-user', to: 'host-kernel', kind: 'call', reason: 'syscall', detail: what}, 'host_system_call');
    world.hop({from: 'host-kernel', to: 'host-user', kind: 'return', reason: 'syscall', detail: what}, 'host_system_call');
  }

  /** In the module a frame may wait for others, or for a switch that is made for another reason. */
  transmit(hand: () => void): void {
    if (this.#options['send-combining'] === 0) return hand();
    if (this.#queue.place !== 'vmm') {
      this.#frames.leave();
      return hand();
    }
    if (this.#frames.add(hand)) this.#queue.go(PROCESS, 'send', () => this.#frames.leaveForced());
  }

  halt(sleep: () => void): void {
    this.#queue.halt(KERNEL, () => {
      if (this.#frames.any) this.#inProcess('send', () => {});
      sleep();
    });
  }

  statistics(): Readonly<Record<string, number>> {
    return {...this.#queue.statistics(), ...this.#frames.statistics()};
  }
}

/** The host's own timer: each tick interrupts whoever runs. */
function startHostTick({platform: {clock}}: Vmm, ticksPerSecond: number): void {
  const period = clock.hertz / ticksPerSecond;
  const tick = (number: number): void => {
    clock.schedule(Math.ceil(number * period), () => tick(number + 1), 'host-tick');
  };
  tick(1);
}

/** Emulators that are a process of the host have no thread beside the one that runs the guest. */
const PROCESSES: ReadonlySet<string> = new Set(['interpretation', 'dynamic-translation']);

export default defineArchitecture({
  apiVersion: 1,
  kind: 'architecture',
  name: 'hosted',
  title: 'hosted VMM, device models in a host process (type 2)',
  options: options({
    pic: oneOf(['user', 'kernel']), 'back-end': oneOf(['user', 'kernel']), ports: oneOf(['user', 'address', 'vmm']), 'irq-notification': oneOf(['select', 'shared']),
    'send-combining': wholeNumber(0, 64, 0), tick: wholeNumber(0, 10_000, 0), ...WAKE_OPTIONS,
  }),
  refuses(chosen, {cpu}) {
    if (chosen['send-combining'] !== 0 && chosen.ports !== 'vmm') return 'combines frames (send-combining) only where the card is in the module, with ports=vmm';
    return chosen.wake === 'yield' && cpu && PROCESSES.has(cpu.name)
      ? `cannot let a back end wait (wake=yield) with ${cpu.name}: emulator and device models are one thread of one process` : null;
  },
  create: (vmm, chosen) => (vmm.world.home === 'host-user' ? new HostedProcess(vmm) : new Hosted(vmm, chosen)),
});
