// One guest followed step by step between two places of its run: the instructions it executes, the switches it makes, the interrupts and
// exceptions it takes. Observing changes no count: each instruction stands alone, as it does under any length of blocks.
import type {BlockFollower} from '../cpu/bus.ts';
import {EVENT_HARDWARE_EXCEPTION, EVENT_PRIVILEGED_EXCEPTION} from '../cpu/exit-record.ts';
import {MODE_CODE16, type Cpu} from '../cpu/state.ts';
import {isExit} from '../ledger/transitions.ts';
import {hostTables, type Platform} from '../machine/platform.ts';
import type {DeliveredEvent, Witness} from '../machine/recorder.ts';
import {gpa} from '../memory/address.ts';
import {HOST_BASE} from '../memory/layout.ts';
import type {Translation} from '../memory/translation.ts';
import {TwoLevelWalker} from '../memory/two-level.ts';
import {WALK_DONE, type PagingRegisters, type TablePort} from '../memory/walk.ts';
import type {Vmm} from '../vmm/vmm.ts';
import {EXCEPTION_NAMES} from '../x86/exceptions.ts';
import {CS} from '../x86/registers.ts';
import {disassemble} from './disassembly.ts';
import type {Place} from './follow-range.ts';

export const FOLLOWED = ['instructions', 'exits', 'interrupts', 'faults'] as const;
export type Followed = (typeof FOLLOWED)[number];

/** One thing that happened. */
export interface Step {
  readonly kind: Followed;
  /** Guest instructions retired before it. */
  readonly instruction: number;
  readonly eip: number;
  readonly ring: number;
  readonly text: string;
}

export interface FollowRequest {
  /** Null: from the first instruction, to the end. */
  readonly from: Place | null;
  readonly to: Place | null;
  readonly only: ReadonlySet<Followed>;
  /** Steps at most. */
  readonly limit: number;
  /** The run ends where following does; else it goes on unobserved. */
  readonly stops: boolean;
}

const LONGEST_INSTRUCTION = 15;

export class Follow implements BlockFollower, Witness {
  readonly steps: Step[] = [];
  readonly #platform: Platform;
  readonly #vmm: Vmm;
  readonly #request: FollowRequest;
  #active = false;
  #over = false;
  #last = {instruction: -1, eip: -1};

  /** To be made before the guest runs. */
  constructor(platform: Platform, vmm: Vmm, request: FollowRequest) {
    this.#platform = platform;
    this.#vmm = vmm;
    this.#request = request;
    const {recorder, transitions} = platform;
    recorder.witness = this;
    transitions.observer = this;
    const {from} = request;
    if (from === null) this.#begin();
    else if (from.at === 'count') this.#beginAt(from.value);
    else if (from.at === 'address') this.#look();
  }

  /** Whether following began at all. */
  get began(): boolean {
    return this.#active || this.#over;
  }

  before(c: Cpu): boolean {
    const {recorder} = this.#platform;
    const eip = recorder.eipOf(c);
    if (!this.#active && !this.#over && isAt(this.#request.from, eip)) this.#active = true;
    if (this.#over) return false;
    this.#boundary(c, eip);
    return true;
  }

  emulates(): void {
    const {cpu, recorder} = this.#platform;
    this.#boundary(cpu, recorder.eipOf(cpu));
  }

  marker(n: number): void {
    const {from, to} = this.#request;
    if (!this.#active && !this.#over && from?.at === 'marker' && from.value === n) this.#begin();
    else if (this.#active && to?.at === 'marker' && to.value === n) this.#end();
  }

  interrupt(vector: number): void {
    this.#add('interrupts', `vector 0x${vector.toString(16)}`);
  }

  delivered({vector, type, errorCode}: DeliveredEvent): void {
    const name = type === EVENT_HARDWARE_EXCEPTION || type === EVENT_PRIVILEGED_EXCEPTION ? `#${(EXCEPTION_NAMES[vector] ?? String(vector)).toUpperCase()}` : `int 0x${vector.toString(16)}`;
    const code = errorCode < 0 ? '' : ` error 0x${errorCode.toString(16)}`;
    this.#add('faults', `${name}${code}${vector === 14 ? ` cr2 0x${(this.#platform.cpu.cr2 >>> 0).toString(16)}` : ''}`);
  }

  now(): number {
    return this.#platform.cpu.now();
  }

  crossed(number: number): void {
    const edge = this.#platform.transitions.list[number];
    if (isExit(edge) || edge.from === 'vmm' || edge.to === 'vmm') this.#add('exits', `${edge.reason} ${edge.detail} (${edge.kind}, ${edge.from} to ${edge.to})`);
  }

  #beginAt(count: number): void {
    const {cpu, recorder} = this.#platform;
    const {instructionLimit} = cpu;
    const before = recorder.onExhausted;
    if (count === 0) return this.#begin();
    if (count >= instructionLimit) return;
    limitTo(cpu, count);
    recorder.onExhausted = () => {
      recorder.onExhausted = before;
      limitTo(cpu, instructionLimit);
      this.#begin();
      return true;
    };
  }

  #begin(): void {
    this.#active = true;
    this.#look();
  }

  /** Every boundary from here on. */
  #look(): void {
    const {cpu} = this.#platform;
    cpu.watcher = this;
    cpu.lookUp();
  }

  #boundary(c: Cpu, eip: number): void {
    if (!this.#active) return;
    const {to} = this.#request;
    const instruction = this.#platform.recorder.retired();
    if (this.#last.instruction === instruction && this.#last.eip === eip) return;
    if ((to?.at === 'count' && instruction >= to.value) || (isAt(to, eip) && this.#last.instruction >= 0)) return this.#end();
    this.#last = {instruction, eip};
    if (!this.#request.only.has('instructions')) return;
    // Why: in a translation cache the processor's code segment is the VMM's, and the guest's is flat.
    const base = eip === c.eip ? c.segBase[CS] : 0;
    this.#add('instructions', disassemble(this.#code((base + eip) >>> 0), eip, (c.mode & MODE_CODE16) !== 0 && eip === c.eip ? 16 : 32));
  }

  #add(kind: Followed, text: string): void {
    if (!this.#active || !this.#request.only.has(kind)) return;
    const {cpu, recorder} = this.#platform;
    this.steps.push({kind, instruction: recorder.retired(), eip: recorder.eipOf(cpu) >>> 0, ring: this.#vmm.world.guestRing(), text});
    if (this.steps.length >= this.#request.limit) this.#end();
  }

  #end(): void {
    this.#active = false;
    this.#over = true;
    const {cpu, recorder} = this.#platform;
    cpu.watcher = null;
    cpu.lookUp();
    if (this.#request.stops) limitTo(cpu, recorder.retired());
  }

  /** The bytes at a linear address of the guest's, read without a trace. */
  #code(linear: number): number[] {
    const {registers, tables, byte} = this.#view();
    const walker = new TwoLevelWalker({read32: address => tables.read32(address), write32: () => {}});
    const found: Translation = {page: 0, pageShift: 12, maps: 0};
    const bytes: number[] = [];
    for (let at = 0; at < LONGEST_INSTRUCTION; at++) {
      const address = (linear + at) >>> 0;
      if (walker.walk(registers, address, 0, found) !== WALK_DONE) break;
      const value = byte(found.page + (address & (2 ** found.pageShift - 1)));
      if (value === null) break;
      bytes.push(value);
    }
    return bytes;
  }

  /** Under a VMM the guest's own tables and memory; on bare metal, and for a domain that knows, the machine's. */
  #view(): {registers: PagingRegisters; tables: TablePort; byte: (address: number) => number | null} {
    const {memory, cpu} = this.#platform;
    const {guest, domain} = this.#vmm;
    if (this.#vmm.strategies !== undefined && domain === null) {
      return {registers: this.#vmm.registers(), tables: guest.tables, byte: address => {
        const offset = guest.offset(gpa(address));
        return offset < 0 ? null : memory.u8[offset];
      }};
    }
    return {registers: cpu, tables: hostTables(memory), byte: address => (address < memory.size ? memory.u8[HOST_BASE + address] : null)};
  }
}

const isAt = (place: Place | null, eip: number): boolean => place?.at === 'address' && place.value === eip;

function limitTo(cpu: Cpu, instructions: number): void {
  cpu.instructionsLeft += instructions - cpu.instructionLimit;
  cpu.instructionLimit = instructions;
}
