// What the processor needs from the world around it. The machine or the VMM implements these; the processor owns them.
import type {Cpu} from './state.ts';

/** I/O ports; `width` is 1, 2 or 4 bytes, values unsigned. */
export interface PortSpace {
  read(port: number, width: 1 | 2 | 4): number;
  write(port: number, width: 1 | 2 | 4, value: number): void;
}

/** Physical addresses that are not memory: unassigned ones read as ones. */
export interface DeviceSpace {
  read(address: number, width: 1 | 2 | 4): number;
  write(address: number, width: 1 | 2 | 4, value: number): void;
}

/** Who hears of what the guest does at marked or interrupted instructions; the recorder of a cell. */
export interface Observer {
  /** The marker instruction: n as in its displacement. */
  marker(n: number): void;
  /** An external interrupt has been delivered: registers are those at the handler's first instruction. */
  interruptTaken(vector: number): void;
  /** An exception or a software interrupt has been delivered through the guest's own table: registers as at the handler's first instruction. */
  delivered?(event: {readonly vector: number; readonly type: number; readonly errorCode: number}): void;
  /** No instruction may retire any more: true when the limit has just been raised. */
  exhausted?(): boolean;
}

/** Software that follows the guest from block to block, as a translator with a code cache does. */
export interface BlockFollower {
  /**
   * The processor stands at an instruction boundary and goes on here; may charge. Called at least wherever the path of execution
   * bends or is interrupted. True: the next instruction is to be run alone, so that the call comes again behind it.
   */
  before(c: Cpu): boolean;
}

/** IA32_APIC_BASE, which places the local APIC and switches it on. */
export interface ApicBase {
  readonly enabled: boolean;
  /** The low doubleword; the high one is 0. */
  read(): number;
  /** False for a value that raises #GP(0). */
  write(low: number, high: number): boolean;
}

/** Interrupt acknowledge: the controller's vector. */
export interface InterruptSource {
  acknowledge(): number;
  /** Absent: a processor without a local APIC. */
  readonly apicBase?: ApicBase;
}

/** Runs whatever is due at the present clock; returns the next deadline, Infinity when there is none. */
export interface EventSource {
  runDue(now: number): void;
  next(): number;
  /** Runs what is due and happens in hardware alone, up to the first event that software must see to. */
  runUnattended?(now: number): void;
}
