// The host's hardware put together: memory, processor with TLB and walker, guest clock, recorder. On bare metal the guest
// owns all of it; under a VMM the VMM does. The legacy chips are one set, whoever drives them.
import {BlockCache} from '../cpu/block.ts';
import type {DeviceSpace, InterruptSource, PortSpace} from '../cpu/bus.ts';
import type {ChargeScheme, Charges} from '../cpu/charges.ts';
import {HardwareMmu} from '../cpu/hardware-mmu.ts';
import {Cpu, STOP_REQUESTED} from '../cpu/state.ts';
import type {BusMaster} from '../devices/bus.ts';
import type {DiskUnit} from '../devices/disk/disk.ts';
import type {Peripherals} from '../devices/peripherals.ts';
import {createPcDevices, programAsFirmware, type PcDevices} from '../devices/pc.ts';
import type {HostProfile} from '../host/profile.ts';
import {NO_COST, type PriceList} from '../ledger/meter.ts';
import {costNumber} from '../host/costs.ts';
import {price} from '../host/price.ts';
import {Transitions} from '../ledger/transitions.ts';
import {hpa} from '../memory/address.ts';
import {DATA_VIEW, FETCH_VIEW, HOST_BASE, PAGES_PER_VIEW} from '../memory/layout.ts';
import {PhysicalMemory} from '../memory/physical.ts';
import {Tlb} from '../memory/tlb.ts';
import {TwoLevelWalker, type TablePort} from '../memory/two-level.ts';
import {WalkCache} from '../memory/walk-cache.ts';
import {GuestClock, INSTRUCTIONS_PER_SECOND} from './guest-clock.ts';
import {Recorder} from './recorder.ts';

export interface PlatformOptions {
  readonly host: HostProfile;
  readonly clock: 'cycles' | 'instructions';
  /** Guest memory in bytes. */
  readonly guestMemory: number;
  /** Host memory in bytes: guest memory alone on bare metal, more under a VMM. */
  readonly hostMemory: number;
  /** Budget in guest instructions. */
  readonly maxInstructions: number;
  /** Longest decoded block; changes no count. */
  readonly maxBlock?: number;
  /** Guest instructions that make a second of the instruction clock; INSTRUCTIONS_PER_SECOND unless given. */
  readonly instructionsPerSecond?: number;
  /** Memory of an earlier machine, cleared: see PhysicalMemory. */
  readonly allocated?: WebAssembly.Memory;
  readonly peripherals?: Peripherals;
}

export class Platform {
  readonly host: HostProfile;
  readonly prices: PriceList;
  readonly guestMemory: number;
  readonly memory: PhysicalMemory;
  readonly tlb: Tlb;
  readonly mmu: HardwareMmu;
  readonly clock: GuestClock;
  readonly transitions = new Transitions();
  readonly recorder = new Recorder();
  readonly blocks: BlockCache;
  readonly cpu: Cpu;
  readonly devices: PcDevices;
  readonly disk: DiskUnit | null;
  /** Bytes printed to COM1 and port 0xE9. */
  readonly console: number[] = [];
  /** Set when the guest ended itself. */
  exitCode: number | null = null;
  resetPulled = false;
  /** Where the interrupt controller's INTR output goes; the VMM puts itself in its place. */
  onInterrupt: (level: boolean) => void;

  /** A non-maskable interrupt; likewise. */
  onNmi = (): void => {
    this.cpu.nmi = true;
    this.cpu.lookUp();
  };

  /** What the machine's bus masters see of memory; a VMM puts the guest's memory in its place. */
  busMaster: BusMaster;

  /** Something reaches beyond the machine: a byte for the console, another deadline for the timer behind the clock. */
  onOutside: (what: string) => void = () => {};

  constructor(options: PlatformOptions) {
    const {host} = options;
    this.host = host;
    this.prices = price(host);
    this.guestMemory = options.guestMemory;
    this.memory = new PhysicalMemory(options.hostMemory, options.allocated);
    this.tlb = new Tlb(this.memory, host.tlb);
    this.mmu = new HardwareMmu(this.tlb, new TwoLevelWalker(hostTables(this.memory), WalkCache.forDirectories(host)));
    const {units} = this.prices;
    const ticksOf = options.clock === 'cycles' ? (charges: Charges) => cyclesOf(charges, units) : (_charges: Charges, guest: number) => guest;
    this.blocks = new BlockCache(this.memory, options.maxBlock ?? DEFAULT_BLOCK, ticksOf);
    this.blocks.onCode = frame => this.tlb.protectCode(frame);
    const cyclesPerSecond = Math.round(host.clock.value * 1e6);
    this.clock = new GuestClock(options.clock === 'cycles' ? cyclesPerSecond : options.instructionsPerSecond ?? INSTRUCTIONS_PER_SECOND);
    this.clock.onArmed = () => this.onOutside('timer-set');
    this.cpu = this.#processor(options);
    this.onInterrupt = level => {
      this.cpu.intr = level;
      this.cpu.lookUp();
    };
    this.disk = options.peripherals?.disk ?? null;
    this.busMaster = directMemory(this.memory, options.guestMemory);
    this.devices = createPcDevices({
      clock: this.clock, memorySize: options.guestMemory, console: byte => this.#print(byte),
      memory: {read: (at, into, who) => this.busMaster.read(at, into, who), write: (at, from, who) => this.busMaster.write(at, from, who)}, ...(options.peripherals ? {peripherals: options.peripherals} : {}),
      interrupt: level => this.onInterrupt(level), nmi: () => this.onNmi(), exit: code => this.#end(code), reset: () => this.#reset(),
    });
    programAsFirmware(this.devices);
    this.cpu.ports = this.devices.ports;
    this.cpu.interrupts = this.devices.interrupts;
    this.cpu.devices = this.#deviceSpace();
  }

  #processor(options: PlatformOptions): Cpu {
    const {memory, blocks, transitions, prices, mmu, clock, recorder} = this;
    const view = (at: number): Int32Array => new Int32Array(memory.memory.buffer, at, PAGES_PER_VIEW);
    const cpu = new Cpu({
      memory, blocks, transitions, prices, mmu, clockIsCycles: options.clock === 'cycles', view: view(DATA_VIEW), fetchView: view(FETCH_VIEW),
      ports: NO_PORTS, devices: UNASSIGNED, interrupts: NO_INTERRUPTS, events: clock, observer: recorder,
    });
    cpu.instructionLimit = options.maxInstructions;
    cpu.instructionsLeft = options.maxInstructions;
    blocks.users.push(cpu);
    clock.attach(cpu);
    recorder.attach(cpu);
    cpu.rearm();
    return cpu;
  }

  /** On bare metal an access beyond memory goes out on the bus. */
  #deviceSpace(): DeviceSpace {
    const {memory, interrupts: {apic}} = this.devices;
    const pay = (address: number): void => this.cpu.spend(memory.deviceAt(address) === apic ? costNumber.apic_access : costNumber.mmio);
    return {
      read: (address, width) => {
        pay(address);
        return memory.read(address, width);
      },
      write: (address, width, value) => {
        pay(address);
        memory.write(address, width, value);
      },
    };
  }

  /** Charges instructions as the engine that executes them does. To be called before the guest runs. */
  chargeBy(scheme: ChargeScheme): void {
    this.blocks.scheme = scheme;
    this.cpu.chargeBy(scheme);
  }

  #print(byte: number): void {
    this.console.push(byte);
    this.onOutside('console-write');
  }

  #end(code: number): void {
    this.exitCode = code;
    this.requestStop();
  }

  #reset(): void {
    this.resetPulled = true;
    this.requestStop();
  }

  /** Stops the processor at the next instruction boundary. */
  requestStop(): void {
    this.cpu.stop = STOP_REQUESTED;
    this.cpu.lookUp();
  }
}

const DEFAULT_BLOCK = 64;

function cyclesOf(charges: Charges, units: Int32Array): number {
  let sum = 0;
  for (let at = 0; at < charges.length; at += 2) if (charges[at] !== NO_COST) sum += charges[at + 1] * units[charges[at]];
  return sum;
}

const onesOf = (width: number): number => (width === 4 ? 0xffff_ffff : width === 2 ? 0xffff : 0xff);

/** Physical addresses nobody answers: reads give ones, writes vanish. */
export const UNASSIGNED: DeviceSpace = {read: (_address, width) => onesOf(width), write: () => {}};
const NO_PORTS: PortSpace = {read: (_port, width) => onesOf(width), write: () => {}};
const NO_INTERRUPTS: InterruptSource = {acknowledge: () => 0};

/** Memory as bus masters see it on bare metal. */
function directMemory(memory: PhysicalMemory, size: number): BusMaster {
  const within = (address: number, length: number): boolean => address >= 0 && address + length <= size;
  return {
    read(address, into) {
      if (!within(address, into.length)) return false;
      into.set(memory.u8.subarray(HOST_BASE + address, HOST_BASE + address + into.length));
      return true;
    },
    write(address, from) {
      if (!within(address, from.length)) return false;
      memory.writeBytes(hpa(address), from);
      return true;
    },
  };
}

/** Paging structures in host-physical memory; beyond it they read as ones. */
export const hostTables = (memory: PhysicalMemory): TablePort => ({
  read32: address => (address + 4 <= memory.size ? memory.read32(hpa(address)) : -1),
  write32: (address, value) => { if (address + 4 <= memory.size) memory.write32(hpa(address), value); },
});
