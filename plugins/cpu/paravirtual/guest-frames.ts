// Handing control to the guest's kernel and taking it back: the frame Xen puts on the ring-1 stack for an exception or an event,
// and the return it carries out for the guest. Xen 3, arch/x86/x86_32/entry.S, create_bounce_frame; traps.c, do_iret.
import {
  BAD_POINTER, CS, DESCRIPTOR_CODE, DESCRIPTOR_CONFORMING, DESCRIPTOR_DB, DESCRIPTOR_PRESENT, DESCRIPTOR_S, DESCRIPTOR_WRITABLE, descriptorBase, descriptorDpl,
  descriptorLimit, DS, EAX, EFLAGS_FIXED, EFLAGS_IF, EFLAGS_IOPL, EFLAGS_NT, EFLAGS_RF, EFLAGS_TF, EFLAGS_VM, ES, ESP, FS, GS, MACHINE_MAP_START, materialize, SS,
} from 'worldswitch';
import type {Domain, EventChannels} from 'worldswitch';
import type {DescriptorTables} from './descriptor-tables.ts';

/** Where an exception or event goes in the guest. */
export interface Handler {
  readonly cs: number;
  readonly eip: number;
  /** Whether events are masked on the way in. */
  readonly masks: boolean;
}

export interface FrameExtras {
  readonly errorCode?: number;
  /** Set in the saved EFLAGS: a fault's RF. */
  readonly flags?: number;
  /** Words below the frame, from the lowest address: selectors for the failsafe handler. */
  readonly below?: readonly number[];
}

const CLEARED = EFLAGS_VM | EFLAGS_RF | EFLAGS_NT | EFLAGS_TF;
const DATA_SEGMENTS = [DS, ES, FS, GS] as const;

export class GuestFrames {
  readonly #domain: Domain;
  readonly #tables: DescriptorTables;
  readonly #events: EventChannels;
  kernelStack = {ss: 0, esp: 0};
  failsafe: Handler = {cs: 0, eip: 0, masks: false};

  constructor(domain: Domain, tables: DescriptorTables, events: EventChannels) {
    this.#domain = domain;
    this.#tables = tables;
    this.#events = events;
  }

  /** Puts the guest at a handler, on its kernel's stack, with what it interrupted saved there. */
  enter(handler: Handler, extras: FrameExtras = {}): void {
    const {cpu} = this.#domain.vmm;
    const outer = cpu.cpl > 1;
    const ss = outer ? this.kernelStack.ss : cpu.segSelector[SS];
    const stack = this.#usable(ss, 1, false);
    const code = this.#usable(handler.cs, 1, true);
    if (code === null || stack === null) {
      return this.#domain.crash(`no handler at ${hex(handler.cs)}:${hex(handler.eip)} with stack ${hex(ss)} for what happened at ${hex(cpu.eip)}`);
    }
    const saved = this.#events.upcallMasked ? 1 : 0;
    const flags = (materialize(cpu) & ~EFLAGS_IF) | (saved === 0 ? EFLAGS_IF : 0) | (extras.flags ?? 0);
    const words = [
      ...(extras.below ?? []), ...(extras.errorCode === undefined ? [] : [extras.errorCode]), cpu.eip, cpu.segSelector[CS] | (saved << 16), flags,
      ...(outer ? [cpu.r[ESP], cpu.segSelector[SS]] : []),
    ];
    const esp = ((outer ? this.kernelStack.esp : cpu.r[ESP]) - 4 * words.length) | 0;
    try {
      this.#domain.copy.writeWords((stack.base + esp) | 0, words);
    } catch (signal) {
      if (signal !== BAD_POINTER) throw signal;
      return this.#domain.crash(`the kernel's stack at ${hex(esp)} cannot be written for what happened at ${hex(cpu.eip)}`);
    }
    if (handler.masks) this.#events.upcallMasked = true;
    cpu.eflags = (materialize(cpu) & ~CLEARED) | EFLAGS_IF;
    cpu.flagKind = 0;
    cpu.setSegment(CS, handler.cs, code.base, code.limit, code.attributes);
    cpu.setSegment(SS, ss, stack.base, stack.limit, stack.attributes);
    cpu.setCpl(1);
    cpu.r[ESP] = esp;
    cpu.eip = handler.eip | 0;
    cpu.lookUp();
  }

  /** HYPERVISOR_iret: EAX, EIP, CS, EFLAGS and to an outer ring ESP and SS from the kernel's stack. False when the guest is lost. */
  iret(): void {
    const {vmm, copy} = this.#domain;
    const {cpu} = vmm;
    const stack = (cpu.segBase[SS] + cpu.r[ESP]) >>> 0;
    if (stack + 40 > MACHINE_MAP_START) return this.#domain.crash(`iret with its frame at ${hex(stack)}`);
    try {
      const [eax, eip, codeWord, flags] = copy.readWords(stack, 4);
      const cs = codeWord & 0xffff;
      const ring = cs & 3;
      if (ring === 0 || (flags & EFLAGS_VM) !== 0) return this.#domain.crash(`iret to ${ring === 0 ? 'ring 0' : 'virtual-8086 mode'}`);
      const [esp, ss] = ring === 1 ? [(cpu.r[ESP] + 16) | 0, cpu.segSelector[SS]] : copy.readWords(stack + 16, 2);
      cpu.r[EAX] = eax;
      this.#events.upcallMasked = (flags & EFLAGS_IF) === 0;
      this.#resume({eip, cs, flags, esp, ss: ss & 0xffff});
    } catch (signal) {
      if (signal !== BAD_POINTER) throw signal;
      this.#domain.crash(`iret with its frame unmapped at ${hex(stack)}`);
    }
  }

  #resume({eip, cs, flags, esp, ss}: {eip: number; cs: number; flags: number; esp: number; ss: number}): void {
    const {cpu} = this.#domain.vmm;
    const ring = cs & 3;
    const code = this.#usable(cs, ring, true);
    const stack = this.#usable(ss, ring, false);
    cpu.eflags = ((flags & ~(EFLAGS_IOPL | EFLAGS_VM)) | EFLAGS_IF | EFLAGS_FIXED) & POPPABLE;
    cpu.flagKind = 0;
    cpu.setCpl(ring);
    cpu.r[ESP] = esp;
    cpu.eip = eip;
    cpu.segSelector[CS] = cs;
    cpu.segSelector[SS] = ss;
    // Why after the registers: what the failsafe handler finds on its stack is where the guest wanted to go.
    if (code === null || stack === null || eip >>> 0 > code.limit) return this.#failedReturn();
    cpu.setSegment(CS, cs, code.base, code.limit, code.attributes);
    cpu.setSegment(SS, ss, stack.base, stack.limit, stack.attributes);
    if (ring === 3) this.#dropPrivileged();
    cpu.lookUp();
  }

  /** Registers whose descriptors are no longer good for them go to the failsafe handler, cleared. */
  reload(): void {
    const {cpu} = this.#domain.vmm;
    let failed = false;
    for (const segment of DATA_SEGMENTS) {
      const selector = cpu.segSelector[segment];
      if ((selector & 0xfffc) === 0) continue;
      const found = this.#data(selector, cpu.cpl);
      if (found === null) failed = true;
      else cpu.setSegment(segment, selector, found.base, found.limit, found.attributes);
    }
    if (failed) this.#failedReturn();
  }

  /** The failsafe handler finds the four selectors on its stack, and the registers cleared. */
  #failedReturn(): void {
    const {cpu} = this.#domain.vmm;
    const below = DATA_SEGMENTS.map(segment => cpu.segSelector[segment]);
    for (const segment of DATA_SEGMENTS) cpu.setSegment(segment, 0, 0, 0, 0);
    this.enter(this.failsafe, {below});
  }

  #data(selector: number, cpl: number): Loaded | null {
    const descriptor = (selector & 0xfffc) === 0 ? null : this.#tables.descriptor(selector);
    if (descriptor === null) return null;
    const {low, high} = descriptor;
    const code = (high & DESCRIPTOR_CODE) !== 0;
    if ((high & DESCRIPTOR_S) === 0 || (high & DESCRIPTOR_PRESENT) === 0 || (code && (high & DESCRIPTOR_WRITABLE) === 0)) return null;
    const conforming = code && (high & DESCRIPTOR_CONFORMING) !== 0;
    return !conforming && Math.max(selector & 3, cpl) > descriptorDpl(high) ? null : loaded(low, high);
  }

  /** A code or stack segment for a ring, or null. */
  #usable(selector: number, ring: number, code: boolean): Loaded | null {
    const descriptor = (selector & 0xfffc) === 0 ? null : this.#tables.descriptor(selector);
    if (descriptor === null) return null;
    const {low, high} = descriptor;
    const kind = high & (DESCRIPTOR_S | DESCRIPTOR_CODE | (code ? 0 : DESCRIPTOR_WRITABLE));
    const wanted = code ? DESCRIPTOR_S | DESCRIPTOR_CODE : DESCRIPTOR_S | DESCRIPTOR_WRITABLE;
    const rings = (selector & 3) === ring && (descriptorDpl(high) === ring || (code && (high & DESCRIPTOR_CONFORMING) !== 0));
    return kind === wanted && (high & DESCRIPTOR_PRESENT) !== 0 && (high & DESCRIPTOR_DB) !== 0 && rings ? loaded(low, high) : null;
  }

  /** A return to ring 3 clears what only the kernel may hold. */
  #dropPrivileged(): void {
    const {cpu} = this.#domain.vmm;
    for (const segment of DATA_SEGMENTS) {
      const attributes = cpu.segAttributes[segment];
      if ((attributes & DESCRIPTOR_PRESENT) !== 0 && descriptorDpl(attributes) < 3) cpu.setSegment(segment, 0, 0, 0, 0);
    }
  }
}

/** Bits of EFLAGS that this processor has. */
const POPPABLE = 0x0024_4fd7 | EFLAGS_RF;

interface Loaded {
  readonly base: number;
  readonly limit: number;
  readonly attributes: number;
}
const loaded = (low: number, high: number): Loaded => ({base: descriptorBase(low, high), limit: descriptorLimit(low, high), attributes: high});
const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;
