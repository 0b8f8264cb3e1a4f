// In and out of the cache. Inside, the processor runs ring 1 with CS over the cache and GS over the monitor, its EIP is one of the
// cache, and part of what the guest believes lies in the state page. Outside, it looks as under any ring compression: the
// guest's own EIP and segments, so that everything else of the VMM need not know of the cache.
import {
  CS, DESCRIPTOR_ACCESSED, DESCRIPTOR_CODE, DESCRIPTOR_DB, DESCRIPTOR_GRANULARITY, DESCRIPTOR_PRESENT, DESCRIPTOR_S, DESCRIPTOR_WRITABLE, EFLAGS_IF, EFLAGS_IOPL,
  ESP, GS, SS, visibleCr0, visibleCr4,
} from 'worldswitch';
import type {Cpu, VirtualState, Vmm} from 'worldswitch';
import {EAX, ECX} from './assembler.ts';
import {AFTER_STI, AT_TARGET, UNDO_EAX, UNDO_ECX, UNDO_FLAGS, UNDO_POP, UNDO_PUSH, type Point} from './point.ts';
import {
  IF_BEFORE_STI, OLD_IF, OLD_IOPL, PENDING, SAVED_EAX, SAVED_ECX, TARGET, VIRTUAL_CR, VIRTUAL_GS, VIRTUAL_IF, VIRTUAL_IOPL, VIRTUAL_SS, type MonitorMemory,
} from './region.ts';
import type {TranslationCache} from './translation-cache.ts';

const RING = 1;
const FLAT = DESCRIPTOR_PRESENT | DESCRIPTOR_S | DESCRIPTOR_ACCESSED | DESCRIPTOR_DB | DESCRIPTOR_GRANULARITY | (RING << 13);
/** Selectors that no load ever names; execute-only code, so that nothing can be read through CS. */
const CACHE_CODE = 0xffe1, MONITOR_DATA = 0xffe9;

/** One segment register with its hidden part. */
const hidden = (c: Cpu, segment: number): readonly [number, number, number, number] =>
  [c.segSelector[segment], c.segBase[segment], c.segLimit[segment], c.segAttributes[segment]];

export class Residence {
  inside = false;
  readonly #vmm: Vmm;
  readonly #memory: MonitorMemory;
  readonly #state: VirtualState;
  readonly #cache: TranslationCache;
  #code: ReturnType<typeof hidden> = [0, 0, 0, 0];
  #gs: ReturnType<typeof hidden> = [0, 0, 0, 0];
  /** Guest instructions retired when interrupts were last held off for one instruction. */
  #shadowAt = -1;

  constructor(vmm: Vmm, parts: {readonly memory: MonitorMemory; readonly state: VirtualState; readonly cache: TranslationCache}) {
    this.#vmm = vmm;
    this.#memory = parts.memory;
    this.#state = parts.state;
    this.#cache = parts.cache;
  }

  /** EFLAGS as the guest believes them to be, wherever the processor is. */
  flags(c: Cpu): number {
    const flags = this.#state.guestFlags(c);
    return this.inside ? (flags & ~(EFLAGS_IF | EFLAGS_IOPL)) | this.#virtualFlags() : flags;
  }

  eip(c: Cpu): number {
    return this.inside ? this.#eipAt(this.#cache.pointAt(c.eip)) : c.eip;
  }

  /** Puts the processor into the cache at a linear address of it. */
  enter(linear: number): void {
    const {cpu, platform} = this.#vmm;
    this.#writeState(cpu);
    this.#code = hidden(cpu, CS);
    this.#gs = hidden(cpu, GS);
    cpu.setSegment(CS, CACHE_CODE, 0, 0xffff_ffff, FLAT | DESCRIPTOR_CODE);
    cpu.setSegment(GS, MONITOR_DATA, 0, 0xffff_ffff, FLAT | DESCRIPTOR_WRITABLE);
    cpu.eip = linear | 0;
    this.#shadowAt = cpu.shadow ? platform.recorder.retired() : -1;
    cpu.shadow = false;
    cpu.lookUp();
    this.inside = true;
  }

  /** Takes the processor out of the cache, back to the boundary of a guest instruction; returns where it was. */
  leave(): Point {
    const {cpu, platform} = this.#vmm;
    const at = this.#cache.pointAt(cpu.eip);
    this.#undo(cpu, at.undo);
    this.inside = false;
    this.#state.flags = this.#virtualFlags();
    cpu.setSegment(CS, ...this.#code);
    cpu.setSegment(GS, ...this.#gs);
    cpu.eip = this.#eipAt(at);
    const behindSti = (at.undo & AFTER_STI) !== 0 && this.#memory.read(IF_BEFORE_STI) === 0;
    cpu.shadow = behindSti || this.#shadowAt === platform.recorder.retired();
    return at;
  }

  #undo(cpu: Cpu, undo: number): void {
    const memory = this.#memory;
    if ((undo & UNDO_EAX) !== 0) cpu.r[EAX] = memory.read(SAVED_EAX);
    if ((undo & UNDO_ECX) !== 0) cpu.r[ECX] = memory.read(SAVED_ECX);
    if ((undo & UNDO_PUSH) !== 0) cpu.r[ESP] += 4;
    if ((undo & UNDO_POP) !== 0) cpu.r[ESP] -= 4;
    if ((undo & UNDO_FLAGS) === 0) return;
    memory.write(VIRTUAL_IF, memory.read(OLD_IF));
    memory.write(VIRTUAL_IOPL, memory.read(OLD_IOPL));
  }

  #eipAt(at: Point): number {
    return (at.undo & AT_TARGET) !== 0 ? this.#memory.read(TARGET) : at.eip;
  }

  #virtualFlags(): number {
    return this.#memory.read(VIRTUAL_IF) | this.#memory.read(VIRTUAL_IOPL);
  }

  #writeState(cpu: Cpu): void {
    const memory = this.#memory;
    const {flags} = this.#state;
    memory.write(VIRTUAL_IF, flags & EFLAGS_IF);
    memory.write(VIRTUAL_IOPL, flags & EFLAGS_IOPL);
    memory.write(PENDING, this.#vmm.interruptPending ? 1 : 0);
    memory.write(VIRTUAL_SS, this.#state.selector(cpu, SS));
    memory.write(VIRTUAL_GS, cpu.segSelector[GS]);
    memory.write(VIRTUAL_CR[0], visibleCr0(cpu));
    memory.write(VIRTUAL_CR[1], cpu.cr2);
    memory.write(VIRTUAL_CR[2], this.#vmm.registers().cr3);
    memory.write(VIRTUAL_CR[3], visibleCr4(cpu));
  }
}
