// Interrupt remapping: a device's message names an entry of a table that software keeps, and the entry says what it becomes: an interrupt of the
// host's, or a bit in a descriptor that belongs to a running guest. A message of the old form, which would name a vector, is refused: with it a
// device could raise any interrupt of the host's. Intel VT-d (D51397), chapter 5 and 9.9 Interrupt Remapping Table Entry; 9.10 for posted ones.
import type {FaultLog} from './fault-log.ts';
import {FAULTS, type FaultReason} from './format.ts';
import type {HostTables} from './host-tables.ts';

/** Message address: bit 4 = remappable form, the entry's index in bits 19:5 and 2. */
const REMAPPABLE = 1 << 4;
const indexOf = (address: number): number => ((address >>> 5) & 0x7fff) | ((address & 4) << 13);
/** The address by which a message names an entry. */
export const messageAddressOf = (index: number): number => (0xfee0_0000 | REMAPPABLE | ((index & 0x7fff) << 5) | ((index & 0x8000) >>> 13)) >>> 0;

/** Low doubleword of an entry: bit 0 = present, bit 15 = posted, vector in bits 23:16. */
export const ENTRY_PRESENT = 1, ENTRY_POSTED = 1 << 15, ENTRY_VECTOR_SHIFT = 16;
export const INTERRUPT_ENTRY_BYTES = 16;
/** Third doubleword: who may use the entry in bits 15:0, and in bits 19:18 how that is checked, 1 = exactly. */
export const VERIFY_REQUESTER = 1 << 18;

export interface RemappedInterrupt {
  readonly index: number;
  readonly vector: number;
  readonly posted: boolean;
}

export class InterruptRemapping {
  /** Host-physical address of the table, and entries in it. */
  table = 0;
  entries = 0;
  remapped = 0;
  readonly #memory: HostTables;
  readonly #faults: FaultLog;

  constructor(memory: HostTables, faults: FaultLog) {
    this.#memory = memory;
    this.#faults = faults;
  }

  /** What a message becomes, or null when it is refused; then a fault is on record. */
  remap(requester: number, address: number): RemappedInterrupt | null {
    const index = indexOf(address);
    const refuse = (reason: FaultReason): null => {
      this.#faults.record({requester, address, write: true, reason});
      return null;
    };
    if ((address & REMAPPABLE) === 0) return refuse(FAULTS.OLD_MESSAGE);
    if (index >= this.entries) return refuse(FAULTS.BEYOND_INTERRUPT_TABLE);
    const at = this.table + index * INTERRUPT_ENTRY_BYTES;
    if (at + INTERRUPT_ENTRY_BYTES > this.#memory.size) return refuse(FAULTS.INTERRUPT_TABLE_UNREADABLE);
    const low = this.#memory.read32(at);
    if ((low & ENTRY_PRESENT) === 0) return refuse(FAULTS.NO_INTERRUPT_ENTRY);
    const verify = this.#memory.read32(at + 8);
    if ((verify & VERIFY_REQUESTER) !== 0 && (verify & 0xffff) !== requester) return refuse(FAULTS.OTHERS_INTERRUPT);
    this.remapped++;
    return {index, vector: (low >>> ENTRY_VECTOR_SHIFT) & 0xff, posted: (low & ENTRY_POSTED) !== 0};
  }
}
