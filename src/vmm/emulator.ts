// The VMM's instruction emulator: a second processor that shares nothing with the hardware one but the guest's state,
// walks the guest's own tables in software, and executes exactly one instruction. The instructions are the same ones.
import {copyState} from '../cpu/copy-state.ts';
import {pageFault} from '../cpu/fault.ts';
import {DEVICE, type Mmu} from '../cpu/mmu.ts';
import {decode, INCOMPLETE, MAX_LENGTH} from '../cpu/decode/decoder.ts';
import type {Instruction} from '../cpu/decode/instruction.ts';
import {deliver, deliverFault} from '../cpu/deliver.ts';
import {EVENT_HARDWARE_EXCEPTION, type GuestEvent} from '../cpu/exit-record.ts';
import {step} from '../cpu/run.ts';
import {FAULT} from '../cpu/signal.ts';
import {Cpu, RUNNING} from '../cpu/state.ts';
import type {DeviceSpace, PortSpace} from '../cpu/bus.ts';
import {Transitions} from '../ledger/transitions.ts';
import type {Gpa} from '../memory/address.ts';
import {EMPTY_VIEW, EMULATOR_REGISTERS, PAGES_PER_VIEW} from '../memory/layout.ts';
import {SUPERVISOR_WRITE, USER_READ, USER_WRITE, type Translation} from '../memory/translation.ts';
import {TwoLevelWalker} from '../memory/two-level.ts';
import {ACCESS_FETCH, ACCESS_USER, ACCESS_WRITE, WALK_DONE, type PagingRegisters} from '../memory/walk.ts';
import {DB} from '../x86/exceptions.ts';
import {CS} from '../x86/registers.ts';
import type {Platform} from '../machine/platform.ts';
import type {GuestMemory} from './guest-memory.ts';

/** What the emulator asks of the VMM it belongs to. */
export interface EmulatorHost {
  readonly platform: Platform;
  readonly guest: GuestMemory;
  registers(): PagingRegisters;
  readonly ports: PortSpace;
  /** Guest-physical addresses without memory. */
  readonly deviceSpace: DeviceSpace;
  wrote(address: Gpa, width: number): void;
  /** INVLPG carried out by the emulator. */
  invlpg(linear: number): void;
  /** What was emulated changed the paging registers: those of `virtual` are the new ones, and whether CR3 was loaded. */
  pagingChanged(virtual: Cpu, before: PagingRegisters, loadedCr3: boolean): void;
}

/** How the guest's state lies in the hardware: as it is, or compressed into other rings. */
export interface StateMapping {
  /** From the hardware to what the guest believes. */
  lift(hardware: Cpu, virtual: Cpu): void;
  lower(virtual: Cpu, hardware: Cpu): void;
}

/** How an emulated instruction ended. */
export type Emulated = 'done' | 'yielded' | 'fault' | 'refused';

export class Emulator {
  /** The emulating processor; after a fault it holds vector, error code and address. */
  readonly cpu: Cpu;
  /** Identity unless a CPU strategy puts its own in. */
  mapping: StateMapping = {lift: copyState, lower: copyState};
  readonly #host: EmulatorHost;
  /** The marker that the last instruction was, or 0. */
  marker = 0;

  constructor(host: EmulatorHost) {
    this.#host = host;
    const {memory, blocks, prices, clock} = host.platform;
    const empty = new Int32Array(memory.memory.buffer, EMPTY_VIEW, PAGES_PER_VIEW);
    this.cpu = new Cpu({
      memory, blocks, prices, view: empty, fetchView: empty, registerFile: EMULATOR_REGISTERS, clockIsCycles: false, transitions: new Transitions(),
      mmu: new SoftwareMmu(host), ports: host.ports, devices: tracedSpace(host), interrupts: host.platform.devices.interrupts,
      events: {runDue: () => {}, next: () => Infinity},
      observer: {marker: n => { this.marker = n; }, interruptTaken: () => {}, delivered: event => host.platform.recorder.delivered(event)},
    });
    this.cpu.instructionsLeft = this.cpu.instructionLimit = Number.MAX_SAFE_INTEGER;
    this.cpu.deadline = clock.now();
  }

  /** Executes the instruction at the hardware processor's EIP and carries the new state over unless it faulted at once. */
  emulate(): Emulated {
    const {cpu: hardware} = this.#host.platform;
    const {cpu} = this;
    const before = this.#lift();
    const {cr3Loads} = cpu;
    this.marker = 0;
    const now = hardware.now();
    cpu.deadline = now + QUANTUM;
    cpu.ticksLeft = QUANTUM;
    const {repIterations} = cpu;
    const {tscBase} = hardware;
    const ended = step(cpu);
    hardware.repIterations += cpu.repIterations - repIterations;
    // Why: a repeated instruction that faults has done some of its iterations, and they stay done.
    if (ended === 'done' || ended === 'yielded' || cpu.committed || cpu.repIterations !== repIterations) {
      this.mapping.lower(cpu, hardware);
      this.#keepCounter(tscBase);
      this.#followPaging(before, cpu.cr3Loads !== cr3Loads);
    }
    return ended;
  }

  /** Why here: whatever changes them, a task switch too, the memory strategy must hear of it. */
  #followPaging(before: PagingRegisters, loadedCr3: boolean): void {
    const {cpu} = this;
    if (loadedCr3 || cpu.cr0 !== before.cr0 || cpu.cr4 !== before.cr4) this.#host.pagingChanged(cpu, before, loadedCr3);
  }

  /** With an offset the guest's time-stamp counter is not the processor's: what the guest wrote to it changes the offset. */
  #keepCounter(tscBase: number): void {
    const {cpu: hardware} = this.#host.platform;
    if (hardware.controls.ringCompression) return;
    hardware.controls.tscOffset = tscBase - hardware.tscBase;
    hardware.tscBase = tscBase;
  }

  /** The instruction at the guest's EIP, or null when it cannot be read or is none. */
  instruction(): Instruction | null {
    const {cpu} = this;
    this.#lift();
    const start = (cpu.segBase[CS] + cpu.eip) | 0;
    const bytes = new Uint8Array(MAX_LENGTH);
    const here = this.#fetch(bytes, start, 0, Math.min(MAX_LENGTH, PAGE - (start & (PAGE - 1))));
    let decoded = decode(bytes, 0, here, {eip: cpu.eip, mode: cpu.mode});
    // Why only then: reading the next page sets its accessed bit, as the processor does only for an instruction that reaches into it.
    if (decoded === INCOMPLETE) decoded = decode(bytes, 0, this.#fetch(bytes, start, here, MAX_LENGTH), {eip: cpu.eip, mode: cpu.mode});
    return typeof decoded === 'string' ? null : decoded;
  }

  /** Reads instruction bytes `from` to `to`; how many there are in all when one cannot be read. */
  #fetch(bytes: Uint8Array, start: number, from: number, to: number): number {
    const {cpu} = this;
    for (let at = from; at < to; at++) {
      try {
        const offset = cpu.mmu.fetch(cpu, (start + at) | 0);
        if (offset < 0) return at;
        bytes[at] = cpu.u8[offset];
      } catch (signal) {
        if (signal !== FAULT) throw signal;
        return at;
      }
    }
    return to;
  }

  /** Delivers an event through the guest's IDT in software, or what goes wrong on the way. */
  deliver(event: GuestEvent): 'delivered' | 'faulted' | 'shut-down' {
    const {cpu} = this;
    const before = this.#lift();
    const {cr3Loads} = cpu;
    cpu.stop = RUNNING;
    cpu.committed = false;
    if (event.vector !== DB || event.type !== EVENT_HARDWARE_EXCEPTION) cpu.shadow = false;
    let delivered = true;
    try {
      deliver(cpu, event.vector, event.type, event.errorCode);
    } catch (signal) {
      if (signal !== FAULT) throw signal;
      delivered = false;
      if (event.type === EVENT_HARDWARE_EXCEPTION) deliverFault(cpu, event.vector);
      else deliverFault(cpu);
    }
    const {cpu: hardware} = this.#host.platform;
    const {tscBase} = hardware;
    this.mapping.lower(cpu, hardware);
    this.#keepCounter(tscBase);
    this.#followPaging(before, cpu.cr3Loads !== cr3Loads);
    if (cpu.stop !== RUNNING) return 'shut-down';
    return delivered ? 'delivered' : 'faulted';
  }

  /** The guest's state as it believes it to be, paging registers included. */
  #lift(): PagingRegisters {
    const {cpu} = this;
    const {cpu: hardware} = this.#host.platform;
    this.mapping.lift(hardware, cpu);
    cpu.tscBase -= hardware.controls.tscOffset;
    const registers = this.#host.registers();
    cpu.cr0 = registers.cr0;
    cpu.cr3 = registers.cr3;
    cpu.cr4 = registers.cr4;
    if (registers.pointers) cpu.pointers.set(registers.pointers);
    return registers;
  }
}

/** Time the emulator believes it has: more than any instruction takes. */
const QUANTUM = 2 ** 30;
const PAGE = 4096;

/** Walks the guest's tables for every access, sets their accessed and dirty bits, and finds the host frame. */
class SoftwareMmu implements Mmu {
  readonly #host: EmulatorHost;
  readonly #walker: TwoLevelWalker;
  readonly #found: Translation = {page: 0, pageShift: 12, maps: 0};

  constructor(host: EmulatorHost) {
    this.#host = host;
    this.#walker = new TwoLevelWalker(host.guest.tables);
  }

  data(c: Cpu, linear: number, right: number): number {
    const write = right === SUPERVISOR_WRITE || right === USER_WRITE;
    const user = right === USER_READ || right === USER_WRITE;
    const address = this.#walk(c, linear, (write ? ACCESS_WRITE : 0) | (user ? ACCESS_USER : 0));
    const offset = this.#host.guest.offset(address);
    if (offset >= 0 && !(write && this.#host.guest.isTraced(address >>> 12))) return offset;
    c.deviceAddress = address;
    return DEVICE;
  }

  fetch(c: Cpu, linear: number): number {
    const offset = this.#host.guest.offset(this.#walk(c, linear, ACCESS_FETCH | (c.cpl === 3 ? ACCESS_USER : 0)));
    return offset >= 0 ? offset : DEVICE;
  }

  readTable(_c: Cpu, address: number): number {
    return this.#walker.readTable(address);
  }

  invalidate(linear: number): void {
    this.#host.invlpg(linear);
  }
  flush(): void {}
  setWriteProtect(): void {}

  #walk(c: Cpu, linear: number, access: number): Gpa {
    if (this.#walker.walk(c, linear, access, this.#found) !== WALK_DONE) pageFault(c, linear, this.#walker.record.errorCode);
    const {page, pageShift} = this.#found;
    return (page + (linear & ((1 << pageShift) - 1))) as Gpa;
  }
}

/** Writes to traced frames go to memory and are told; other addresses that come here have no memory. */
function tracedSpace(host: EmulatorHost): DeviceSpace {
  return {
    read: (address, width) => {
      const offset = host.guest.offset(address as Gpa);
      return offset < 0 ? host.deviceSpace.read(address, width) : readBytes(host, offset, width);
    },
    write: (address, width, value) => {
      const offset = host.guest.offset(address as Gpa);
      if (offset < 0) return host.deviceSpace.write(address, width, value);
      writeBytes(host, offset, width, value);
      host.wrote(address as Gpa, width);
    },
  };
}

function readBytes({platform}: EmulatorHost, offset: number, width: number): number {
  const {view} = platform.memory;
  return width === 4 ? view.getInt32(offset, true) : width === 2 ? view.getUint16(offset, true) : view.getUint8(offset);
}

function writeBytes({platform}: EmulatorHost, offset: number, width: number, value: number): void {
  const {memory} = platform;
  memory.aboutToWrite(offset, width);
  if (width === 4) memory.view.setInt32(offset, value, true);
  else if (width === 2) memory.view.setUint16(offset, value, true);
  else memory.view.setUint8(offset, value);
}
