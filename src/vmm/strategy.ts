// What a strategy does once its cell runs: one contract for each dimension. What it declares of itself is in plugin.ts.
import type {Gpa} from '../memory/address.ts';
import type {PagingRegisters} from '../memory/walk.ts';
import type {ExecutionControls} from '../cpu/controls.ts';
import type {ExitRecord} from '../cpu/exit-record.ts';
import type {EventSource} from '../devices/bus.ts';
import type {Chip} from '../devices/pc.ts';
import type {Controllers} from '../devices/peripherals.ts';
import type {Ending} from '../machine/outcome.ts';
import type {DirectPaging} from './paravirtual/domain.ts';
import type {OptionValue} from './options.ts';
import type {PluginDefinition} from './plugin.ts';
import type {XenServices} from './xen/services.ts';
import type {Vmm} from './vmm.ts';
import type {Home} from './world.ts';

/** One instruction that is sensitive but unprivileged (Robin and Irvine 2000), in the guest's kernel over the whole run. */
export interface SensitiveUse {
  readonly instruction: string;
  readonly executed: number;
  /** Carried out by the VMM. */
  readonly trapped: number;
  /** Ran silently and showed the VMM's state or lost an effect. */
  readonly differing: number;
  /** Where it first did: instructions retired with it, offset in CS, its bytes. */
  readonly first: {readonly instruction: number; readonly eip: number; readonly bytes: readonly number[]} | null;
}

/** How the guest's instructions are executed, and how control leaves it. */
export interface CpuStrategy {
  /** Runs the guest from reset to its end. */
  run(): Ending;
  /** Instructions that are sensitive but unprivileged, as the guest's kernel met them; for techniques that move it out of its ring. */
  audit?(): readonly SensitiveUse[];
  /** What this guest did that the claim of equivalence does not cover (see Claims), or null: asked at the end, and then nothing is claimed. */
  outsideClaim?(): string | null;
  /** Names and whole counts for the result; optional. */
  statistics?(): Readonly<Record<string, number>>;
}

/** How guest-linear addresses become host frames. */
export interface MemoryStrategy {
  /** Sets the controls by which this strategy's events leave the guest. Called before the first entry and after CR0 or CR4 changed. */
  configure(controls: ExecutionControls): void;
  /** Prepares the hardware's paging for a guest that starts with paging off. */
  start(): void;
  /** The guest's own view of its paging registers. */
  registers(): PagingRegisters;
  /** The guest wrote a control register; the value has passed the processor's checks. */
  writeCr0(value: number): void;
  writeCr3(value: number): void;
  writeCr4(value: number): void;
  invlpg(linear: number): void;
  /** False while the guest's paging is of a kind that this strategy has no tables for: then the VMM interprets the guest. Absent: never. */
  runsPaging?(): boolean;
  /** A page fault left the guest. Must describe it to the world, and mend it, emulate, or inject it. */
  pageFault(exit: ExitRecord): void;
  /** Nested paging had no translation or not the rights. */
  violation(exit: ExitRecord): void;
  /** Another host frame lies behind a guest frame; absent where a strategy cannot follow. */
  remapped?(guestFrame: number): void;
  /** The VMM carried out a guest write to a traced frame. */
  wrote(address: Gpa, width: number): void;
  /** Has guest writes to a frame told through `Vmm.onTracedWrite`; absent where a strategy cannot. */
  trace?(frame: number): void;
  /** The hypercalls of a paravirtual guest on its page tables; absent where there are none. */
  directPaging?(): DirectPaging;
  /** A guest whose kernel runs in ring 3 changes between its kernel and its programs; absent where a strategy cannot tell them apart. */
  privilege?(user: boolean): void;
  /** Names and whole counts for the result; optional. */
  statistics?(): Readonly<Record<string, number>>;
}

/** How the guest reaches devices. Values unsigned. */
export interface IoStrategy {
  readPort(port: number, width: 1 | 2 | 4): number;
  writePort(port: number, width: 1 | 2 | 4, value: number): void;
  readMemory(address: number, width: 1 | 2 | 4): number;
  writeMemory(address: number, width: 1 | 2 | 4, value: number): void;
  /** The guest knows of Xen: event channels, grants and the store exist now, and back ends may be put behind them. */
  attach?(services: XenServices): void;
  /** As a CPU strategy's: what happened that the claim of equivalence does not cover, or null. */
  outsideClaim?(): string | null;
  statistics?(): Readonly<Record<string, number>>;
}

/** Where the VMM, the device models and the drivers live: the path of an exit, a request, an interrupt. */
export interface ArchitectureStrategy {
  /** Runs device-model work where the model of the chip lives, `other` if not told; the hops there and back are counted and charged. */
  deviceModel<T>(detail: string, work: () => T, chip?: Chip): T;
  /** A host interrupt arrived while the guest ran: whoever owns the hardware takes it, then `work` runs. */
  hostInterrupt(work: () => void, source: EventSource): void;
  /** The same while the VCPU sleeps, called within `halt`. Absent: `work` runs where the sleep is. */
  idleInterrupt?(work: () => void, source: EventSource): void;
  /**
   * The guest asked something of a split driver's back end, by a doorbell or an event, and need not wait for it: `work` runs where the back
   * end lives, when the architecture lets it run; the same function posted again meanwhile runs once. Absent: as `deviceModel`.
   */
  backEnd?(detail: string, work: () => void): void;
  /** The VCPU halts; `sleep` idles the processor until an interrupt is pending. */
  halt(sleep: () => void): void;
  /** A frame is to leave by the host's network: `hand` gives it to the host's driver. The architecture may have it wait for others. Absent: at once. */
  transmit?(hand: () => void): void;
  /** What the machine's software does reaches beyond it: `console-write`, `timer-set`, `disk-request`, `packet`. Absent: part of the work that led to it. */
  outside?(what: string): void;
  statistics?(): Readonly<Record<string, number>>;
}

export interface StrategyByKind {
  readonly cpu: CpuStrategy;
  readonly memory: MemoryStrategy;
  readonly io: IoStrategy;
  readonly architecture: ArchitectureStrategy;
}

/** A technique on a host either claims equivalence with bare metal or says why it cannot hold; default: it claims. */
export interface Claims {
  /** Null = equivalent; a sentence = why not on this host. */
  readonly equivalence?: (features: Readonly<Record<string, unknown>>) => string | null;
  /** Mnemonics of sensitive instructions that ring 3 executes directly, so that they show the VMM's state: equivalence holds for programs without them. */
  readonly exceptInRing3?: readonly string[];
}

type Options = Readonly<Record<string, OptionValue>>;
/** Where the VMM's own code runs under a CPU strategy; default: in a context of its own. */
export interface Residence {
  readonly home?: Home;
}

export type CpuDefinition = PluginDefinition<'cpu', Vmm, CpuStrategy> & Claims & Residence;
export type MemoryDefinition = PluginDefinition<'memory', Vmm, MemoryStrategy> & Claims;
/** Which controllers the guest finds: those of a PC unless told. */
export interface Hardware {
  readonly controllers?: Controllers;
  /** Has back ends for guests that know of Xen: a paravirtual domain has no other way to a disk or a network. */
  readonly domains?: boolean;
}

export type IoDefinition = PluginDefinition<'io', Vmm, IoStrategy> & Claims & Hardware;
export type ArchitectureDefinition = PluginDefinition<'architecture', Vmm, ArchitectureStrategy> & Claims;

/** Identities that give a definition its types. */
export const defineCpuStrategy = (definition: CpuDefinition): CpuDefinition => definition;
export const defineMemoryStrategy = (definition: MemoryDefinition): MemoryDefinition => definition;
export const defineIoStrategy = (definition: IoDefinition): IoDefinition => definition;
export const defineArchitecture = (definition: ArchitectureDefinition): ArchitectureDefinition => definition;
export type {Options};
