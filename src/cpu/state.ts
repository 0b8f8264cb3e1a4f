// The processor's state: registers, segment caches, control registers, and what the run loop keeps between instructions.
// One class and one shape, whoever runs on it, so that the interpreter's hot loop stays monomorphic.
// Intel SDM vol. 3A, 2.1 and 3.4.3 (segment caches).
import {costNumber} from '../host/costs.ts';
import {Meter, type PriceList} from '../ledger/meter.ts';
import type {Transitions} from '../ledger/transitions.ts';
import {REGISTER_FILE} from '../memory/layout.ts';
import type {PhysicalMemory} from '../memory/physical.ts';
import {SUPERVISOR_READ, SUPERVISOR_WRITE, USER_READ, USER_WRITE} from '../memory/translation.ts';
import {CR0_PE} from '../x86/control.ts';
import {DR6_FIXED, DR7_FIXED} from '../x86/debug.ts';
import {EFLAGS_FIXED, EFLAGS_IF, EFLAGS_RF, EFLAGS_TF, EFLAGS_VM} from '../x86/flags.ts';
import {ATTRIBUTES, DESCRIPTOR_CODE, DESCRIPTOR_DB, DESCRIPTOR_EXPAND_DOWN, DESCRIPTOR_PRESENT, DESCRIPTOR_S, DESCRIPTOR_WRITABLE} from '../x86/descriptors.ts';
import {CS, DS, ES, ESP, FS, GS, SS} from '../x86/registers.ts';
import type {Block, BlockCache} from './block.ts';
import type {Watch} from './breakpoints.ts';
import {DIRECT, type ChargeScheme} from './charges.ts';
import type {BlockFollower, DeviceSpace, EventSource, InterruptSource, Observer, PortSpace} from './bus.ts';
import {ExecutionControls} from './controls.ts';
import {ExitRecord} from './exit-record.ts';
import type {GuestEvent} from './exit-record.ts';
import type {Mmu} from './mmu.ts';

/** Why the run loop came back. */
export const RUNNING = 0, STOP_HALT = 1, STOP_EXIT = 2, STOP_TRIPLE_FAULT = 3, STOP_BUDGET = 4, STOP_REQUESTED = 5, STOP_REFUSED = 6;

/** Reasons to look up before the next instruction; zero in the hot loop. */
export const ATTEND_INTERRUPT = 1, ATTEND_SHADOW = 2, ATTEND_TRAP = 4, ATTEND_WINDOW = 8, ATTEND_STOP = 16, ATTEND_DEBUG = 32, ATTEND_FOLLOWER = 64, ATTEND_EXIT = 128;

/** Mode bits: what decoded code depends on besides its address. One bit says that a segment is flat and usable unchecked. */
export const MODE_FLAT: readonly number[] = [ES, CS, SS, DS, FS, GS].map(segment => 1 << segment);
/** The code segment's default size is 16 bits; the stack segment's pointer is SP. */
export const MODE_CODE16 = 1 << 6, MODE_STACK16 = 1 << 7;
export const MODE_SINGLE = 1 << 8;

export const NO_EXIT = -1;

const SEGMENTS = 8;
const PROBE = costNumber.soft_tlb_probe, CODE_CHECK = costNumber.code_write_check;

export class Cpu {
  readonly memory: PhysicalMemory;
  readonly u8: Uint8Array;
  readonly u16: Uint16Array;
  readonly i32: Int32Array;
  readonly bytes: DataView;
  /** General registers; slot 8 reads zero. */
  readonly r: Int32Array;
  /** Data and fetch views of the TLB, see memory/tlb.ts. */
  readonly view: Int32Array;
  readonly fetchView: Int32Array;
  /** Rights an ordinary access at the present privilege needs. */
  readRight = SUPERVISOR_READ;
  writeRight = SUPERVISOR_WRITE;

  eip = 0;
  eflags = EFLAGS_FIXED;
  /** Lazily evaluated arithmetic flags, see flags.ts. */
  flagKind = 0;
  flagResult = 0;
  flagA = 0;
  flagB = 0;

  /** Segment caches in encoding order, then LDTR and TR. */
  readonly segSelector = new Int32Array(SEGMENTS);
  readonly segBase = new Int32Array(SEGMENTS);
  readonly segLimit = new Uint32Array(SEGMENTS);
  readonly segAttributes = new Int32Array(SEGMENTS);
  cpl = 0;
  mode = 0;

  gdtBase = 0;
  gdtLimit = 0;
  idtBase = 0;
  idtLimit = 0;
  cr0 = 0;
  cr2 = 0;
  cr3 = 0;
  cr4 = 0;
  /** Page-directory pointers of PAE paging, entries of eight bytes. Intel SDM vol. 3A, 4.4.1. */
  readonly pointers = new Float64Array(4);
  /** How often CR3 has been loaded: an emulator's VMM must know of a load that changes nothing. */
  cr3Loads = 0;
  /** Linear addresses of the breakpoints; what happened, what is watched. Intel SDM vol. 3B, 17.2 Debug Registers. */
  readonly dr = new Int32Array(4);
  dr6 = DR6_FIXED;
  dr7 = DR7_FIXED;
  /** Bits of DR6 for the trap that follows the present instruction, beside single-stepping. */
  debugTraps = 0;
  /** An instruction breakpoint is enabled: every boundary is looked at. Those on data and ports, null when there are none. */
  breaksAtFetch = false;
  watches: readonly Watch[] | null = null;
  /** Model-specific registers of SYSENTER. */
  sysenterCs = 0;
  sysenterEsp = 0;
  sysenterEip = 0;
  /** A non-maskable interrupt waits, or is being handled: until IRET no other is taken. */
  nmi = false;
  nmiBlocked = false;
  /** Subtracted from the guest clock by WRMSR to the time-stamp counter. */
  tscBase = 0;

  /** Instructions of the running block that may still run; a slow path sets 0 to end the block early. */
  limit = 0;
  /** Index of the operation being executed in `block`. */
  at = 0;
  block: Block | null = null;
  attention = 0;
  /** The interrupt controller's INTR pin. */
  intr = false;
  /** Blocking by STI or MOV SS lasts until the next instruction ends. */
  shadow = false;
  /** Which of the two: MOV SS. */
  stackShadow = false;
  /** The instruction being run began under the shadow, or with RF set: an exit that cuts it short puts both back. */
  shadowBefore = false;
  resumeBefore = 0;
  /** The processor sleeps in HLT without having left non-root operation. */
  halted = false;
  /** The present instruction began with TF set, and a #DB trap follows it unless it delivers an event or loads SS. */
  singleStep = false;
  /** A repeated instruction has stopped between iterations, see `yieldInstruction`. */
  yielded = false;
  /** A task switch is over that may still fault in the new task: the instruction that made it has retired. */
  committed = false;
  /** Exceptions delivered one after another with no instruction retired in between, and how many may be: then the budget counts as spent. */
  fruitlessFaults = 0;
  mostFruitlessFaults = 1_000_000;
  instructionsLeftAtFault = -1;
  stop = RUNNING;
  refusal = '';

  /** Exception being raised. */
  faultVector = 0;
  faultError = 0;
  /** Set by a quick form that met the recorded exception, instead of a throw. */
  faulted = false;
  /** What CR2 will hold if the exception is a page fault. */
  faultLinear = 0;
  /** Event being delivered, reported by an exit that interrupts it. */
  readonly delivering: GuestEvent = {valid: false, vector: 0, type: 0, errorCode: -1};

  /** Non-root operation: `controls` are in force and `exit` records why it was left. */
  nonRoot = false;
  controls = new ExecutionControls();
  readonly exit = new ExitRecord();
  /** Hardware's own tally of VM exits and entries, independent of the ledger. */
  exitsTaken = 0;
  entriesMade = 0;

  /** The virtual local APIC has an interrupt that its priorities let through. */
  virtualInterrupt = false;
  /** Reason and qualification of an exit that follows the present instruction; NO_EXIT = none. */
  exitAfter = NO_EXIT;
  exitAfterQualification = 0;

  /** Guest clock: ticks until the next event, the event's time, and whether ticks are cycles or instructions. */
  ticksLeft = 0;
  deadline = 0;
  readonly clockIsCycles: boolean;
  /** Guest instructions that may still retire, and the limit they count down from. */
  instructionsLeft = 0;
  instructionLimit = 0;
  repIterations = 0;
  interruptsTaken = 0;
  tscReads = 0;

  /** Where a read-modify-write will put its result, see port.ts. */
  modifyOffset = 0;
  modifyLinear = 0;
  deviceAddress = 0;

  /** Whether the guest's rings are rings of the processor, so that changing between them is a crossing. */
  crossesRings = true;
  #instead = DIRECT.instead;
  /** Whether memory accesses are probes of a software TLB, and what one iteration of a string instruction is charged as. */
  probes = false;
  iterationCost: number = costNumber.rep_iteration;
  /** Edge numbers of the crossings this processor has made, by event type and vector; see crossing.ts. */
  readonly crossings = new Int32Array(7 * 256 + 1).fill(-1);
  readonly meter: Meter;
  readonly transitions: Transitions;
  readonly blocks: BlockCache;
  mmu: Mmu;
  ports: PortSpace;
  devices: DeviceSpace;
  interrupts: InterruptSource;
  events: EventSource;
  observer: Observer;
  follower: BlockFollower | null = null;
  /** Another one, who only looks. */
  watcher: BlockFollower | null = null;

  constructor(parts: CpuParts) {
    const {memory, clockIsCycles, prices} = parts;
    this.memory = memory;
    this.u8 = memory.u8;
    this.u16 = memory.u16;
    this.i32 = memory.i32;
    this.bytes = memory.view;
    this.r = new Int32Array(memory.memory.buffer, parts.registerFile ?? REGISTER_FILE, 16);
    this.view = parts.view;
    this.fetchView = parts.fetchView;
    this.clockIsCycles = clockIsCycles;
    this.meter = new Meter(prices);
    this.transitions = parts.transitions;
    this.blocks = parts.blocks;
    this.mmu = parts.mmu;
    this.ports = parts.ports;
    this.devices = parts.devices;
    this.interrupts = parts.interrupts;
    this.events = parts.events;
    this.observer = parts.observer;
  }

  /** Ticks of the guest clock before the present instruction, or at the present boundary. */
  now(): number {
    return this.deadline - this.ticksLeft - (this.block === null ? 0 : this.block.ticksFrom[this.at]);
  }

  /** Charges `n` events of a cost, or of what the charge scheme puts in its place. In the cycle clock, time passes by as much. */
  spend(cost: number, n = 1): void {
    this.charge(this.#instead[cost], n);
  }

  /** Charges `n` events of this very cost. */
  charge(cost: number, n = 1): void {
    this.meter.counts[cost] += n;
    if (!this.clockIsCycles) return;
    this.ticksLeft -= n * this.meter.units[cost];
    if (this.ticksLeft < 0) this.limit = 0;
  }

  /** Charges memory accesses that no instruction charges by itself; hardware makes them as part of something else. */
  spendAccesses(reads: number, writes: number): void {
    if (!this.probes) return;
    this.spend(PROBE, reads + writes);
    if (writes > 0) this.spend(CODE_CHECK, writes);
  }

  /** Another way of charging than direct execution's. To be called before the guest runs. */
  chargeBy(scheme: ChargeScheme): void {
    this.#instead = scheme.instead;
    this.probes = scheme.probes;
    this.iterationCost = scheme.instead[costNumber.rep_iteration];
  }

  /** Looks up the next deadline after an event has been scheduled or has run. */
  rearm(): void {
    const next = Math.min(this.events.next(), this.now() + MAX_TICKS);
    this.ticksLeft += next - this.deadline;
    this.deadline = next;
    if (this.ticksLeft < 0) this.limit = 0;
  }

  /** Recomputes what the run loop must attend to. Call after IF, TF, INTR, the shadow or the controls changed. */
  lookUp(): void {
    const enabled = (this.eflags & EFLAGS_IF) !== 0;
    let attention = this.shadow ? ATTEND_SHADOW : 0;
    if (this.intr && (enabled || this.nonRoot)) attention |= ATTEND_INTERRUPT;
    if ((this.eflags & (EFLAGS_TF | EFLAGS_RF)) !== 0) attention |= ATTEND_TRAP;
    if (this.nonRoot && this.controls.interruptWindow && enabled) attention |= ATTEND_WINDOW;
    if (this.nonRoot && this.virtualInterrupt && enabled) attention |= ATTEND_INTERRUPT;
    if (this.exitAfter !== NO_EXIT) attention |= ATTEND_EXIT;
    if (this.debugTraps !== 0 || this.nmi || this.breaksAtFetch) attention |= ATTEND_DEBUG;
    if (this.stop !== RUNNING) attention |= ATTEND_STOP;
    if (this.follower !== null || this.watcher !== null) attention |= ATTEND_FOLLOWER;
    this.attention = attention;
    if (attention !== 0) this.limit = 0;
  }

  /** An instruction leaves non-root operation before it is done: what blocked events at its beginning still does. */
  restoreBlocking(): void {
    if (this.shadowBefore) this.shadow = true;
    this.eflags |= this.resumeBefore;
  }

  /** A debug trap is due behind the present instruction. */
  trapLater(bits: number): void {
    this.debugTraps |= bits;
    this.lookUp();
  }

  setCpl(cpl: number): void {
    this.cpl = cpl;
    const user = cpl === 3;
    this.readRight = user ? USER_READ : SUPERVISOR_READ;
    this.writeRight = user ? USER_WRITE : SUPERVISOR_WRITE;
  }

  /** Fills a segment cache from a descriptor's parts. The limit may be signed, which spares a heap number on the way. */
  setSegment(segment: number, selector: number, base: number, limit: number, high: number): void {
    this.segSelector[segment] = selector;
    this.segBase[segment] = base;
    this.segLimit[segment] = limit;
    this.segAttributes[segment] = high & ATTRIBUTES;
    if (segment > GS) return;
    this.mode = (this.mode & ~MODE_FLAT[segment]) | (this.#isFlat(segment) ? MODE_FLAT[segment] : 0);
    if (segment === CS || segment === SS) this.#setSize(segment === CS ? MODE_CODE16 : MODE_STACK16, (high & DESCRIPTOR_DB) === 0);
  }

  #setSize(bit: number, narrow: boolean): void {
    this.mode = narrow ? this.mode | bit : this.mode & ~bit;
  }

  /** Bits of ESP that the stack segment uses. */
  get stackMask(): number {
    return (this.mode & MODE_STACK16) !== 0 ? 0xffff : -1;
  }

  /** Moves the stack pointer, whose upper half a 16-bit stack segment leaves alone. */
  setStackPointer(esp: number): void {
    const mask = this.stackMask;
    this.r[ESP] = (this.r[ESP] & ~mask) | (esp & mask);
  }

  /** Segment registers hold paragraphs: real mode and virtual-8086 mode. Intel SDM vol. 3B, 20.1.1 Address Translation in Real-Address Mode. */
  get usesParagraphs(): boolean {
    return (this.cr0 & CR0_PE) === 0 || (this.eflags & EFLAGS_VM) !== 0;
  }

  /** Whether accesses through a segment need no check: all of memory, readable, and writable unless it is CS. */
  #isFlat(segment: number): boolean {
    if (this.segBase[segment] !== 0 || this.segLimit[segment] !== 0xffff_ffff) return false;
    const attributes = this.segAttributes[segment];
    const usable = DESCRIPTOR_PRESENT | DESCRIPTOR_S;
    if ((attributes & usable) !== usable) return false;
    if ((segment === CS || segment === SS) && (attributes & DESCRIPTOR_DB) === 0) return false;
    if (segment === CS) return true;
    const kind = attributes & (DESCRIPTOR_CODE | DESCRIPTOR_WRITABLE | DESCRIPTOR_EXPAND_DOWN);
    return kind === DESCRIPTOR_WRITABLE;
  }
}

/** Longest stretch without looking at the event queue. */
const MAX_TICKS = 2 ** 30;

export interface CpuParts {
  readonly memory: PhysicalMemory;
  readonly view: Int32Array;
  readonly fetchView: Int32Array;
  readonly registerFile?: number;
  readonly clockIsCycles: boolean;
  readonly prices: PriceList;
  readonly transitions: Transitions;
  readonly blocks: BlockCache;
  readonly mmu: Mmu;
  readonly ports: PortSpace;
  readonly devices: DeviceSpace;
  readonly interrupts: InterruptSource;
  readonly events: EventSource;
  readonly observer: Observer;
}
