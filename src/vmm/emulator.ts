// The VMM's instruction emulator: a second processor that shares nothing with the hardware one but the guest's state,
// walks the guest's own tables in software, and executes exactly one instruction. The instructions are the same ones.
import {copyState} from '../cpu/copy-state.ts';
import {pageFault} from '../cpu/fault.ts';
import {DEVICE, type Mmu} from '../cpu/mmu.ts';
import {step} from '../cpu/run.ts';
import {Cpu} from '../cpu/state.ts';
import type {DeviceSpace, PortSpace} from '../cpu/bus.ts';
import {Transitions} from '../ledger/transitions.ts';
import type {Gpa} from '../memory/address.ts';
import {EMPTY_VIEW, EMULATOR_REGISTERS, PAGES_PER_VIEW} from '../memory/layout.ts';
import {SUPERVISOR_WRITE, USER_READ, USER_WRITE, type Translation} from '../memory/translation.ts';
import {TwoLevelWalker} from '../memory/two-level.ts';
import {ACCESS_FETCH, ACCESS_USER, ACCESS_WRITE, WALK_DONE, type PagingRegisters} from '../memory/walk.ts';
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
}

/** How an emulated instruction ended. */
export type Emulated = 'done' | 'fault' | 'refused';

export class Emulator {
  /** The emulating processor; after a fault it holds vector, error code and address. */
  readonly cpu: Cpu;
  readonly #host: EmulatorHost;

  constructor(host: EmulatorHost) {
    this.#host = host;
    const {memory, blocks, prices, clock} = host.platform;
    const empty = new Int32Array(memory.memory.buffer, EMPTY_VIEW, PAGES_PER_VIEW);
    this.cpu = new Cpu({
      memory, blocks, prices, view: empty, fetchView: empty, registerFile: EMULATOR_REGISTERS, clockIsCycles: false, transitions: new Transitions(),
      mmu: new SoftwareMmu(host), ports: host.ports, devices: tracedSpace(host), interrupts: {acknowledge: () => 0},
      events: {runDue: () => {}, next: () => Infinity}, observer: {marker: () => {}, interruptTaken: () => {}},
    });
    this.cpu.instructionsLeft = this.cpu.instructionLimit = Number.MAX_SAFE_INTEGER;
    this.cpu.deadline = clock.now();
  }

  /** Executes the instruction at the hardware processor's EIP and carries the new state over unless it faulted. */
  emulate(): Emulated {
    const {cpu: hardware} = this.#host.platform;
    const {cpu} = this;
    copyState(hardware, cpu);
    const {cr0, cr3, cr4} = this.#host.registers();
    cpu.cr0 = cr0;
    cpu.cr3 = cr3;
    cpu.cr4 = cr4;
    const now = hardware.now();
    cpu.deadline = now + QUANTUM;
    cpu.ticksLeft = QUANTUM;
    const {repIterations} = cpu;
    const ended = step(cpu);
    hardware.repIterations += cpu.repIterations - repIterations;
    if (ended === 'done') copyState(cpu, hardware);
    return ended;
  }
}

/** Time the emulator believes it has: more than any instruction takes. */
const QUANTUM = 2 ** 30;

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
    if (offset >= 0 && !(write && this.#host.guest.traced[address >>> 12] !== 0)) return offset;
    c.deviceAddress = address;
    return DEVICE;
  }

  fetch(c: Cpu, linear: number): number {
    const offset = this.#host.guest.offset(this.#walk(c, linear, ACCESS_FETCH | (c.cpl === 3 ? ACCESS_USER : 0)));
    return offset >= 0 ? offset : DEVICE;
  }

  invalidate(): void {}
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
