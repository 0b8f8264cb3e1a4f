// One machine that plays histories: bare metal, or a memory strategy under the CPU strategy it needs, stepped instruction by
// instruction from outside. Made once and reset for each history, because a machine takes milliseconds to make.
import {enterNonRoot} from '../../../cpu/enter.ts';
import {run} from '../../../cpu/run.ts';
import {STOP_BUDGET, STOP_EXIT} from '../../../cpu/state.ts';
import {findHost} from '../../../host/catalogue.ts';
import {hpa} from '../../../memory/address.ts';
import {HOST_BASE} from '../../../memory/layout.ts';
import {Platform, UNASSIGNED} from '../../../machine/platform.ts';
import {handleExit} from '../../../vmm/exits/index.ts';
import type {MemoryDefinition} from '../../../vmm/strategy.ts';
import {Vmm} from '../../../vmm/vmm.ts';
import {ExecutionControls} from '../../../cpu/controls.ts';
import {CR0_ET, CR0_PE} from '../../../x86/control.ts';
import {DESCRIPTOR_CODE, DESCRIPTOR_PRESENT, TYPE_TSS_BUSY} from '../../../x86/descriptors.ts';
import {PF} from '../../../x86/exceptions.ts';
import {EAX, EBX, ECX, CS, DS, EDI, ES, ESP, SS, TR} from '../../../x86/registers.ts';
import {parseTechnique} from '../../technique.ts';
import {catalogue} from '../real-cells.ts';
import {addressOf, CHANGING, EXECUTED_AT, FLAT, FRAMES, GDT, HANDLERS, IDT, image, RING_3, STACK_TOP, TSS, TSS_LIMIT, type InstructionName} from './layout.ts';

const GUEST = FRAMES * 4096;
const VMM_MEMORY = 512 * 1024;
const IMAGE = image();

/** One instruction of the guest. */
export interface Step {
  readonly name: InstructionName;
  readonly address: number;
  readonly value: number;
  readonly user: boolean;
}

export class Rig {
  readonly technique: string;
  readonly #platform: Platform;
  readonly #memory: {readonly definition: MemoryDefinition; readonly options: never} | null;
  /** Whether an emulator executes the guest, so that nothing leaves it. */
  readonly #emulated: boolean;
  #vmm: Vmm | null = null;
  #loaded = false;

  constructor(technique: string, host: string) {
    this.technique = technique;
    const {cpu, memory} = parseTechnique(technique, catalogue.plugins);
    this.#emulated = cpu.name !== 'hardware-assisted';
    this.#memory = memory && {definition: catalogue.plugins.get('memory', memory.name)?.definition as MemoryDefinition, options: memory.options as never};
    this.#platform = new Platform({
      host: findHost(host), clock: 'instructions', guestMemory: GUEST, hostMemory: memory ? GUEST + VMM_MEMORY : GUEST, maxInstructions: 0,
    });
  }

  get registers(): {readonly cr0: number; readonly cr3: number; readonly cr4: number} {
    return this.#vmm?.registers() ?? this.#platform.cpu;
  }

  /** The guest as it was loaded, under a strategy that has seen nothing of it. */
  reset(): void {
    const {cpu, tlb, mmu} = this.#platform;
    cpu.mmu.flush(true);
    tlb.flushAll();
    mmu.walker.forget(null);
    cpu.controls = new ExecutionControls();
    cpu.cr0 = CR0_PE | CR0_ET;
    cpu.cr3 = cpu.cr4 = 0;
    cpu.mmu.setWriteProtect(false);
    Object.assign(cpu, {gdtBase: GDT, gdtLimit: 0x2f, idtBase: IDT, idtLimit: 15 * 8 - 1});
    cpu.setSegment(TR, 0x28, TSS, TSS_LIMIT, DESCRIPTOR_PRESENT | (TYPE_TSS_BUSY << 8));
    const vmm = this.#memory ? this.#newVmm(this.#memory.definition, this.#memory.options) : null;
    this.#load(this.#loaded ? CHANGING : Array.from({length: FRAMES}, (_, frame) => frame), vmm);
    this.#loaded = true;
    this.#vmm = vmm;
    this.#enterRing(0);
    vmm?.strategies.memory.start();
    if (vmm && !this.#emulated) vmm.strategies.memory.configure(cpu.controls);
  }

  /** Executes one instruction; what the guest can see of it, as one string. */
  perform({name, address, value, user}: Step): string {
    const {cpu} = this.#platform;
    this.#enterRing(user ? 3 : 0);
    cpu.r[EAX] = value;
    cpu.r[EBX] = cpu.r[EDI] = address;
    cpu.r[ECX] = 2;
    cpu.r[ESP] = STACK_TOP;
    cpu.eip = name === 'execute' ? ((address & -4096) | EXECUTED_AT) : addressOf(name);
    cpu.eflags = 2;
    cpu.instructionLimit++;
    cpu.instructionsLeft = 1;
    this.#run();
    for (const [vector, handler] of Object.entries(HANDLERS)) if (cpu.eip - handler >>> 0 < 8) return this.#fault(Number(vector));
    return `${cpu.r[EAX] >>> 0} ${cpu.r[ECX]} ${cpu.r[EDI] >>> 0}`;
  }

  /** A doubleword of guest-physical memory. */
  word(frame: number, index: number): number {
    return this.#platform.memory.read32(hpa(this.#hostFrame(frame) * 4096 + index * 4));
  }

  /** The first word in which memory differs from another machine's, or null. */
  difference(other: Rig): string | null {
    for (const frame of CHANGING) {
      if (Buffer.compare(this.#bytes(frame), other.#bytes(frame)) === 0) continue;
      const index = Array.from({length: 1024}, (_, at) => at).findIndex(at => this.word(frame, at) !== other.word(frame, at));
      return `frame ${frame} entry ${index} is ${hex(this.word(frame, index))} and not ${hex(other.word(frame, index))}`;
    }
    return null;
  }

  #newVmm(definition: MemoryDefinition, options: never): Vmm {
    const vmm = new Vmm(this.#platform);
    const memory = definition.create(vmm, options);
    vmm.guest.place(4096);
    vmm.takeOver({
      memory,
      io: {readPort: () => 0xff, writePort: () => {}, readMemory: (at, width) => UNASSIGNED.read(at, width), writeMemory: () => {}},
      architecture: {deviceModel: (_detail, work) => work(), hostInterrupt: work => work(), halt: () => {}},
    });
    return vmm;
  }

  #load(frames: readonly number[], vmm: Vmm | null): void {
    const {memory} = this.#platform;
    for (const frame of frames) {
      const at = HOST_BASE + (vmm ? vmm.guest.hostFrame(frame) : frame) * 4096;
      memory.u8.set(IMAGE.subarray(frame * 4096, frame * 4096 + 4096), at);
    }
  }

  #enterRing(ring: 0 | 3): void {
    const {cpu} = this.#platform;
    const level = ring === 3 ? RING_3 : 0;
    cpu.setCpl(ring);
    cpu.setSegment(CS, (ring === 3 ? 0x18 : 0x08) | ring, 0, -1, FLAT | DESCRIPTOR_CODE | level);
    for (const segment of [DS, ES, SS]) cpu.setSegment(segment, (ring === 3 ? 0x20 : 0x10) | ring, 0, -1, FLAT | level);
  }

  #run(): void {
    const {cpu} = this.#platform;
    const vmm = this.#vmm;
    if (vmm === null || this.#emulated) run(cpu);
    else for (;;) {
      const event = vmm.nextEvent();
      vmm.world.enter('vm-entry');
      enterNonRoot(cpu, event);
      if (cpu.stop !== STOP_EXIT) break;
      const ending = handleExit(vmm);
      if (ending) throw new Error(`the guest ended: ${ending.reason}`);
    }
    if (cpu.stop !== STOP_BUDGET) throw new Error(`the processor stopped with ${cpu.stop} at 0x${(cpu.eip >>> 0).toString(16)}`);
  }

  #fault(vector: number): string {
    const {cpu} = this.#platform;
    if (vector !== PF) return `vector ${vector}`;
    return `page fault at ${hex(cpu.cr2)}, error code ${this.word(STACK_TOP >>> 12, (cpu.r[ESP] & 0xfff) >>> 2)}`;
  }

  #hostFrame(frame: number): number {
    return this.#vmm ? this.#vmm.guest.hostFrame(frame) : frame;
  }

  #bytes(frame: number): Uint8Array {
    const at = HOST_BASE + this.#hostFrame(frame) * 4096;
    return this.#platform.memory.u8.subarray(at, at + 4096);
  }
}

const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;
