// The virtual machine monitor's core, the same for every technique: the guest's memory and devices, the instruction
// emulator, event injection, and the table of exit homes. Strategies decide how control leaves the guest; this decides
// nothing about that.
import type {Cpu} from '../cpu/state.ts';
import {STOP_BUDGET} from '../cpu/state.ts';
import type {PortSpace} from '../cpu/bus.ts';
import {EVENT_EXTERNAL, EVENT_HARDWARE_EXCEPTION, EVENT_NMI, isSoftwareEvent, type GuestEvent} from '../cpu/exit-record.ts';
import {fetchBreaks, reportDebug} from '../cpu/breakpoints.ts';
import {doubles} from '../cpu/deliver.ts';
import {visibleCr0} from '../cpu/execute/system.ts';
import {costNumber, type CostName} from '../host/costs.ts';
import type {Gpa} from '../memory/address.ts';
import type {PagingRegisters} from '../memory/walk.ts';
import type {Chip} from '../devices/pc.ts';
import type {Ending} from '../machine/outcome.ts';
import {endingOf, tripleFault} from '../machine/outcome.ts';
import type {Platform} from '../machine/platform.ts';
import {CR0_PE, CR0_PG} from '../x86/control.ts';
import {DR6_BS} from '../x86/debug.ts';
import {DB, DF, EXCEPTION_NAMES, NMI, NO_ERROR_CODE, PF} from '../x86/exceptions.ts';
import {EFLAGS_IF, EFLAGS_RF, EFLAGS_TF} from '../x86/flags.ts';
import {CS} from '../x86/registers.ts';
import type {Domain} from './paravirtual/domain.ts';
import {masteredBy, type AssignedDevices} from './assigned-devices.ts';
import {Emulator, type Emulated, type EmulatorHost} from './emulator.ts';
import {FramePool} from './frame-pool.ts';
import {guestBus} from './guest-bus.ts';
import {GuestMemory} from './guest-memory.ts';
import type {ArchitectureStrategy, IoStrategy, MemoryStrategy} from './strategy.ts';
import type {VisibleHypervisor} from './visible.ts';
import type {VirtualApic} from './virtual-apic.ts';
import {World, type Home} from './world.ts';

/** The strategies that serve a CPU strategy. */
export interface Strategies {
  memory: MemoryStrategy;
  io: IoStrategy;
  architecture: ArchitectureStrategy;
}

/** The VMM's share of every linear address space: one directory entry, mapped for supervisors only. */
export interface MonitorRegion {
  readonly directoryIndex: number;
  /** Host frame of the page table behind it. */
  readonly tableFrame: number;
}

/** Exits in a row that may pass without one guest instruction retiring; more is a strategy that does not get on. */
const MOST_FRUITLESS_EXITS = 1000;

export class Vmm implements EmulatorHost {
  readonly platform: Platform;
  readonly cpu: Cpu;
  readonly guest: GuestMemory;
  /** Host frames of the VMM's own. */
  readonly frames: FramePool;
  readonly world: World;
  readonly emulator: Emulator;
  /** Set once before the guest runs. */
  strategies!: Strategies;
  /** Hears of guest writes to traced frames besides the memory strategy: shadowed descriptor tables. */
  onTracedWrite: (address: Gpa, width: number) => void = () => {};
  /** Hears of INVLPG carried out by the emulator: what was translated from that page. */
  onInvalidate: (linear: number) => void = () => {};
  /** Hears that emulation changed paging registers, and whether translations may be others now. */
  onPagingChanged: (translations: boolean) => void = () => {};
  /** What preparing an event costs: with hardware assistance so many VMCS fields are written. */
  chargeInjection: (fields: number) => void = fields => {
    this.charge('event_injection');
    this.charge('vmcs_write', fields);
  };
  /** EFLAGS as the guest believes them to be. */
  guestFlags: () => number = () => this.cpu.eflags;
  /** Linear memory the VMM keeps for itself in every address space, where the technique needs it. */
  monitor: MonitorRegion | null = null;
  /** The guest as a paravirtual domain; null for an unmodified one. */
  domain: Domain | null = null;
  /** The hypervisor as it shows itself to a guest in a hardware virtual machine; null when it does not. */
  visible: VisibleHypervisor | null = null;
  /** Devices given to the guest whole, by an I/O strategy that does; set before `takeOver`. */
  assigned: AssignedDevices | null = null;
  /** Ring of the processor that the guest's kernel runs in; 3 where it shares its programs' and only the VMM tells them apart. */
  kernelRing: 0 | 1 | 3 = 0;
  /** Events go through the guest's IDT by `Emulator.deliver` alone. */
  deliversInSoftware = false;
  /** The guest's local APIC where the processor virtualizes it; null where every access leaves the guest. */
  virtualApic: VirtualApic | null = null;
  /** The VCPU sleeps in the VMM's or its host's hands. */
  asleep = false;
  /** Level of the virtual interrupt controller's INTR output. */
  interruptPending = false;
  /** The event to inject at the next entry. */
  readonly #event: GuestEvent = {valid: false, vector: 0, type: 0, errorCode: NO_ERROR_CODE};
  /** An exception arose while a double fault was being delivered: the processor would shut down. */
  #shutDown = false;
  #inDeviceModel = false;
  #fruitless = 0;
  #retiredAtLastExit = -1;
  readonly ports: PortSpace = {
    read: (port, width) => this.strategies.io.readPort(port, width),
    write: (port, width, value) => this.strategies.io.writePort(port, width, value),
  };
  readonly deviceSpace = {
    read: (address: number, width: 1 | 2 | 4): number => this.strategies.io.readMemory(address, width),
    write: (address: number, width: 1 | 2 | 4, value: number): void => this.strategies.io.writeMemory(address, width, value),
  };

  constructor(platform: Platform, home: Home = 'vmm') {
    this.platform = platform;
    this.cpu = platform.cpu;
    this.guest = new GuestMemory(platform.memory, platform.guestMemory);
    this.frames = new FramePool(platform.memory, platform.guestMemory >>> 12);
    const {features} = platform.host;
    const flush = (): void => {
      platform.tlb.flushAll();
      platform.mmu.walker.forget(null);
      platform.mmu.walker.forgetNested?.();
    };
    this.world = new World(this.cpu, {tagged: features['tagged-tlb'], flush, home});
    this.emulator = new Emulator(this);
  }

  /** Puts the VMM between the guest and the machine: the interrupt controller is a virtual one from here on. */
  takeOver(strategies: Strategies): void {
    this.strategies = strategies;
    this.interruptPending = this.cpu.intr;
    this.cpu.intr = false;
    // Why both: a device may raise it while the emulator executes, whose state is then carried over.
    this.platform.onNmi = () => { this.cpu.nmi = this.emulator.cpu.nmi = true; };
    this.platform.onInterrupt = level => { this.interruptPending = level; };
    const models = guestBus(this);
    const {assigned, platform: {clock}} = this;
    this.platform.busMaster = assigned ? masteredBy(assigned, models) : models;
    clock.isUnattended = assigned && (source => assigned.owns(source));
    this.#payForTransfers();
    this.platform.onOutside = what => strategies.architecture.outside?.(what);
  }

  /** Host frame of a guest frame: memory, or a page of an assigned device; -1 where neither is. */
  hostFrame(guestFrame: number): number {
    const frame = this.guest.hostFrame(guestFrame);
    return frame >= 0 || this.assigned === null ? frame : this.assigned.hostFrame(guestFrame);
  }

  /** The host's own drivers move what the guest's devices ask for; on bare metal the hardware does. */
  #payForTransfers(): void {
    const {disk, devices: {wire}} = this.platform;
    const pay = (what: 'disk-request' | 'packet', cost: CostName) => (bytes: number, direct = false): void => {
      this.charge(cost);
      if (!direct) this.charge('copy_kib', Math.ceil(bytes / 1024));
      this.strategies.architecture.outside?.(what);
    };
    if (disk && !this.assigned?.owns('disk')) disk.onRequest = pay('disk-request', 'disk_request');
    if (!wire || this.assigned?.owns('network')) return;
    wire.onTransfer = pay('packet', 'packet');
    wire.onSend = (depart, bytes) => this.#send(depart, () => wire.onTransfer(bytes, wire.direct));
  }

  /**
   * A frame leaves by the host's network. Why at once under the instruction clock, if the architecture has it wait: there a device's time is
   * the guest's instructions alone, so that every technique has the same devices; what the host does is counted when it does it.
   */
  #send(depart: () => void, pay: () => void): void {
    const {architecture} = this.strategies;
    const hand = (): void => {
      pay();
      if (this.cpu.clockIsCycles) depart();
    };
    if (!this.cpu.clockIsCycles) depart();
    if (architecture.transmit) architecture.transmit(hand);
    else hand();
  }

  charge(cost: CostName, n = 1): void {
    this.cpu.spend(costNumber[cost], n);
  }

  registers(): PagingRegisters {
    return this.strategies.memory.registers();
  }

  wrote(address: Gpa, width: number): void {
    this.strategies.memory.wrote(address, width);
    this.onTracedWrite(address, width);
  }

  invlpg(linear: number): void {
    this.strategies.memory.invlpg(linear);
    this.onInvalidate(linear);
  }

  /** Told to the memory strategy, CR3 last but for a mode that its load belongs to. */
  pagingChanged(virtual: Cpu, before: PagingRegisters, loadedCr3: boolean): void {
    const {memory} = this.strategies;
    const {cr0, cr3, cr4} = virtual;
    if (cr4 !== before.cr4) memory.writeCr4(cr4);
    if (loadedCr3) memory.writeCr3(cr3);
    if (cr0 !== before.cr0) memory.writeCr0(cr0);
    this.onPagingChanged(loadedCr3 || cr4 !== before.cr4 || ((cr0 ^ before.cr0) & CR0_PG) !== 0);
  }

  /**
   * The guest's mode is none that the technique lets run: real mode, or paging that the memory strategy has no tables for. Then the VMM
   * carries out one instruction after another.
   */
  get mustInterpret(): boolean {
    return (visibleCr0(this.cpu) & CR0_PE) === 0 || this.strategies.memory.runsPaging?.() === false;
  }

  /** What the guest clock has due runs before the guest's next instruction, where the VMM carries that out. */
  runLateEvents(): void {
    const {cpu} = this;
    if (cpu.ticksLeft > 0) return;
    if (cpu.events.next() <= cpu.now()) this.strategies.architecture.hostInterrupt(() => this.runDueEvents(), this.platform.clock.nextSource());
    cpu.rearm();
  }

  /** Before the VMM carries out an instruction on its own account: how the guest ended, if its budget is spent. */
  beforeInterpreting(): Ending | null {
    const {cpu, platform} = this;
    this.runLateEvents();
    const ended = this.ended();
    if (ended || cpu.instructionsLeft > 0 || platform.recorder.exhausted()) return ended;
    cpu.stop = STOP_BUDGET;
    return this.endingWithoutExit();
  }

  /** Queues an exception for the guest; together with one whose delivery was cut short it may become a double fault. */
  injectException(vector: number, errorCode = NO_ERROR_CODE): void {
    const {vectoring} = this.cpu.exit;
    const nested = vectoring.valid && vectoring.type === EVENT_HARDWARE_EXCEPTION;
    const double = nested && doubles(vectoring.vector, vector);
    vectoring.valid = false;
    // Why not for a single-step trap: blocking by STI outlasts it, unless the hardware injects it (26.7.1).
    if (vector !== DB || !this.deliversInSoftware) this.cpu.shadow = false;
    if (nested && vectoring.vector === DF) this.#shutDown = true;
    this.chargeInjection(2);
    Object.assign(this.#event, {
      valid: true, vector: double ? DF : vector, type: EVENT_HARDWARE_EXCEPTION, errorCode: this.#errorCode(double ? 0 : errorCode),
    });
  }

  /** In real mode no exception carries one. */
  #errorCode(errorCode: number): number {
    return (visibleCr0(this.cpu) & CR0_PE) === 0 ? NO_ERROR_CODE : errorCode;
  }

  /** An interrupt of the virtual controller's, or an event of the hypervisor's own, waits for the guest. */
  get interruptWaiting(): boolean {
    return this.interruptPending || (this.visible?.vector() ?? -1) >= 0;
  }

  /** An event waits to be delivered. */
  get eventQueued(): boolean {
    return this.#event.valid;
  }

  /** Queues INT1, INT3 or INTO as the instruction that it was: the handler returns `length` bytes on. */
  injectSoftware(vector: number, type: number, length: number): void {
    this.cpu.shadow = false;
    this.cpu.controls.entryInstructionLength = length;
    this.chargeInjection(2);
    Object.assign(this.#event, {valid: true, vector, type, errorCode: NO_ERROR_CODE});
  }

  injectPageFault(linear: number, errorCode: number): void {
    this.cpu.cr2 = linear;
    this.injectException(PF, errorCode);
  }

  /**
   * The event for the next entry, or null: one that was cut short, an exception, else an external interrupt if the guest can
   * take it. Why not while the clock has something due: it comes first, as on the processor, and the entry leaves at once for it.
   */
  nextEvent(): GuestEvent | null {
    const {exit, controls, shadow} = this.cpu;
    this.virtualApic?.beforeEntry();
    if (exit.vectoring.valid) {
      Object.assign(this.#event, exit.vectoring);
      exit.vectoring.valid = false;
      if (isSoftwareEvent(this.#event.type)) controls.entryInstructionLength = exit.instructionLength;
    }
    if (this.cpu.nmi && !this.cpu.nmiBlocked && !this.#event.valid && !(shadow && this.cpu.stackShadow)) this.#queueNmi();
    const {clock} = this.platform;
    this.visible?.settle();
    const waiting = this.interruptWaiting;
    const due = waiting && clock.next() <= clock.now();
    const interruptible = (this.guestFlags() & EFLAGS_IF) !== 0 && !shadow && !this.#event.valid && !due;
    if (waiting && interruptible) {
      this.chargeInjection(1);
      Object.assign(this.#event, {valid: true, vector: this.#interruptVector(), type: EVENT_EXTERNAL, errorCode: NO_ERROR_CODE});
    }
    controls.interruptWindow = this.interruptWaiting;
    if (!this.#event.valid) return null;
    this.#event.valid = false;
    return {...this.#event, valid: true};
  }

  /** Events of the hypervisor's own come before any interrupt. Xen, arch/x86/hvm/irq.c, hvm_vcpu_has_pending_irq. */
  #interruptVector(): number {
    const vector = this.visible?.vector() ?? -1;
    return vector >= 0 ? vector : this.platform.devices.interrupts.acknowledge();
  }

  #queueNmi(): void {
    this.cpu.nmi = false;
    this.chargeInjection(1);
    Object.assign(this.#event, {valid: true, vector: NMI, type: EVENT_NMI, errorCode: NO_ERROR_CODE});
  }

  /** Something waits that ends HLT. */
  get wakes(): boolean {
    return this.interruptWaiting || (this.cpu.nmi && !this.cpu.nmiBlocked) || (this.virtualApic?.wakes ?? false);
  }

  /** The VMM carried out the instruction at EIP: it has retired, and single-stepping notices. */
  retire(length: number): void {
    const {cpu} = this;
    cpu.eip = (cpu.eip + length) | 0;
    cpu.shadow = false;
    cpu.eflags &= ~EFLAGS_RF;
    this.#retired((cpu.eflags & EFLAGS_TF) !== 0);
  }

  /** An instruction that did nothing but leave the guest has retired: the processor executed it. */
  passed(length: number): void {
    const {cpu} = this;
    cpu.eip = (cpu.eip + length) | 0;
    cpu.shadow = false;
    cpu.instructionsLeft--;
    if (!cpu.clockIsCycles) cpu.ticksLeft--;
  }

  /** @param traps TF was set when the instruction began, and it is none that holds the trap off */
  #retired(traps: boolean): void {
    const {cpu, recorder} = this.platform;
    recorder.emulated++;
    cpu.instructionsLeft--;
    if (!cpu.clockIsCycles) cpu.ticksLeft--;
    this.#stepped(traps);
  }

  #stepped(traps: boolean): void {
    const {cpu} = this;
    const met = cpu.debugTraps | (traps ? DR6_BS : 0);
    if (met === 0 || (cpu.shadow && cpu.stackShadow)) return;
    cpu.debugTraps = 0;
    reportDebug(cpu, met);
    this.injectException(DB);
  }

  /** An instruction breakpoint of the guest's stands where the VMM is about to carry out an instruction. */
  #breaksHere(): boolean {
    const {cpu} = this;
    if (!cpu.breaksAtFetch || (cpu.eflags & EFLAGS_RF) !== 0) return false;
    const met = fetchBreaks(cpu, (cpu.segBase[CS] + cpu.eip) | 0);
    if (met === 0) return false;
    reportDebug(cpu, met);
    this.injectException(DB);
    return true;
  }

  /** Has the emulator execute the guest's present instruction; its faults go to the guest. */
  emulate(cost: CostName = 'instruction_emulation'): Emulated {
    this.charge(cost);
    const {vectoring} = this.cpu.exit;
    if (vectoring.valid && !isSoftwareEvent(vectoring.type)) return this.#deliverInSoftware(vectoring);
    vectoring.valid = false;
    if (this.#breaksHere()) return 'fault';
    this.platform.recorder.witness?.emulates();
    const held = this.cpu.debugTraps;
    const ended = this.emulator.emulate();
    const {cpu: c} = this.emulator;
    if (ended === 'done') this.cpu.debugTraps |= held;
    if (ended === 'done') this.#retired(c.singleStep);
    else if (ended === 'yielded') this.#stepped(c.singleStep);
    else if (c.committed) this.#retired(false);
    if (this.emulator.marker > 0) this.platform.recorder.marker(this.emulator.marker);
    if (ended === 'done' || ended === 'yielded') return ended;
    if (c.faultVector === DB) this.cpu.dr6 = c.dr6;
    if (ended === 'refused') this.cpu.refusal = c.refusal;
    else if (c.faultVector === PF) this.injectPageFault(c.faultLinear, c.faultError);
    else this.injectException(c.faultVector, c.faultError);
    return ended;
  }

  /**
   * The access that left the guest was no instruction's but part of the delivery of an event, which is therefore what must be
   * emulated. A software event needs no such care: its instruction is emulated whole.
   */
  #deliverInSoftware(vectoring: GuestEvent): Emulated {
    const event = {...vectoring};
    vectoring.valid = false;
    const ended = this.emulator.deliver(event);
    if (ended === 'shut-down') this.#shutDown = true;
    if (ended === 'delivered' && event.type === EVENT_EXTERNAL) {
      this.cpu.interruptsTaken++;
      this.platform.recorder.interruptTaken(event.vector);
    }
    return ended === 'delivered' ? 'done' : 'fault';
  }

  /** Has device-model work done where the architecture keeps the model; from within such work, at once. */
  deviceModel<T>(detail: string, work: () => T, chip?: Chip): T {
    if (this.#inDeviceModel) return work();
    return this.strategies.architecture.deviceModel(detail, () => {
      this.#inDeviceModel = true;
      try {
        return work();
      } finally {
        this.#inDeviceModel = false;
      }
    }, chip);
  }

  /** Runs what is due on the guest clock, as the host's interrupt handler does; a slice or an assigned device's interrupt is no device model's. */
  runDueEvents(): void {
    const source = this.platform.clock.nextSource();
    if (source !== 'slice' && source !== 'assigned') this.charge('device_timer');
    this.platform.clock.runDue(this.platform.clock.now());
    this.cpu.rearm();
  }

  /** Null while the guest may go on; else how it ended. */
  ended(): Ending | null {
    const {platform} = this;
    if (platform.exitCode !== null) return {outcome: 'completed', reason: ''};
    if (platform.resetPulled) return {outcome: 'completed', reason: 'the guest pulled the reset line'};
    if (this.#shutDown) return tripleFault(this.cpu);
    if (this.cpu.refusal !== '') return {outcome: 'error', reason: this.cpu.refusal};
    return this.#stuck();
  }

  #stuck(): Ending | null {
    if (this.cpu.halted) return null;
    const retired = this.platform.recorder.retired();
    this.#fruitless = retired === this.#retiredAtLastExit ? this.#fruitless + 1 : 0;
    this.#retiredAtLastExit = retired;
    if (this.#fruitless < MOST_FRUITLESS_EXITS) return null;
    const {exit, eip} = this.cpu;
    const what = EXCEPTION_NAMES[exit.vector] ?? `exit reason ${exit.reason}`;
    return {outcome: 'error', reason: `${MOST_FRUITLESS_EXITS} exits in a row (${what}) without progress at eip 0x${(eip >>> 0).toString(16)}: the technique does not resolve them`};
  }

  /** The processor stopped for something that is no exit. */
  endingWithoutExit(): Ending {
    return endingOf(this.platform);
  }
}
