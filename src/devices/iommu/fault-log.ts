// Fault recording registers: the first faults are kept until software clears them, later ones only set the overflow bit.
// Intel VT-d (D51397), 7.2.1 Primary Fault Logging, 10.4.14 Fault Recording Registers.
import type {FaultReason} from './format.ts';

export interface DmaFault {
  readonly requester: number;
  /** The device's address, its page as the registers keep it. */
  readonly address: number;
  readonly write: boolean;
  readonly reason: FaultReason;
}

/** Recording registers: as many as the units of the first chipsets have one, later ones eight. */
const REGISTERS = 8;

export class FaultLog {
  #kept: DmaFault[] = [];
  /** A fault found every register taken. */
  overflow = false;
  /** Requests refused so far, recorded or not. */
  total = 0;
  /** Tells software, as the fault event's interrupt does; only the first of a burst. */
  onFault: (fault: DmaFault) => void = () => {};

  record(fault: DmaFault): void {
    this.total++;
    if (this.#kept.length === REGISTERS) {
      this.overflow = true;
      return;
    }
    this.#kept.push(fault);
    if (this.#kept.length === 1) this.onFault(fault);
  }

  get kept(): readonly DmaFault[] {
    return this.#kept;
  }

  clear(): void {
    this.#kept = [];
    this.overflow = false;
  }
}
