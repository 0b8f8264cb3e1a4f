// The bus master of one channel: walks a table of physical regions and moves a drive's data by itself. Programming Interface for Bus
// Master IDE Controller, revision 1.0 (Intel 1994).
import type {BusMaster} from '../bus.ts';
import type {PendingDma} from './drive.ts';

const COMMAND_START = 0x01, COMMAND_TO_MEMORY = 0x08;
const STATUS_ACTIVE = 0x01, STATUS_ERROR = 0x02, STATUS_INTERRUPT = 0x04, STATUS_CAPABLE = 0x60;
const LAST_REGION = 0x8000_0000;
/** "The Descriptor Table must not cross a 64K boundary in memory." */
const TABLE_BOUNDARY = 0x1_0000;

/** A physical region: where and how many bytes. */
interface Region {
  readonly address: number;
  readonly bytes: number;
  readonly last: boolean;
}

export class IdeBusMaster {
  #command = 0;
  #status = 0;
  #table = 0;
  readonly #memory: BusMaster;
  readonly #pending: () => PendingDma | null;
  readonly #allowed: () => boolean;

  /** @param allowed the function's bus-master bit */
  constructor(memory: BusMaster, pending: () => PendingDma | null, allowed: () => boolean) {
    this.#memory = memory;
    this.#pending = pending;
    this.#allowed = allowed;
  }

  read(offset: number): number {
    if (offset === 0) return this.#command;
    if (offset === 2) return this.#status;
    return offset >= 4 ? (this.#table >>> (8 * (offset - 4))) & 0xff : 0;
  }

  write(offset: number, value: number): void {
    if (offset === 0) return this.#writeCommand(value);
    if (offset === 2) this.#status = (value & STATUS_CAPABLE) | (this.#status & STATUS_ACTIVE) | (this.#status & ~value & (STATUS_ERROR | STATUS_INTERRUPT));
    else if (offset >= 4) this.#table = ((this.#table & ~(0xff << (8 * (offset - 4)))) | (value << (8 * (offset - 4)))) & ~3;
  }

  interruptRaised(): void {
    this.#status |= STATUS_INTERRUPT;
  }

  /** The drive is ready, or the guest has started the engine: when both hold, everything moves. */
  attend(): void {
    const pending = this.#pending();
    if ((this.#status & STATUS_ACTIVE) === 0 || pending === null || !this.#allowed()) return;
    const moved = (this.#command & COMMAND_TO_MEMORY) !== 0 ? this.#toMemory(pending) : this.#fromMemory(pending);
    if (moved) return;
    this.#status = (this.#status & ~STATUS_ACTIVE) | STATUS_ERROR;
    pending.fail();
  }

  #writeCommand(value: number): void {
    const starts = (value & COMMAND_START) !== 0 && (this.#command & COMMAND_START) === 0;
    this.#command = value & (COMMAND_START | COMMAND_TO_MEMORY);
    if (starts) this.#status |= STATUS_ACTIVE;
    else if ((value & COMMAND_START) === 0) this.#status &= ~STATUS_ACTIVE;
    this.attend();
  }

  #toMemory(pending: PendingDma): boolean {
    if (pending.direction !== 'read') return false;
    const regions = this.#regions(pending.bytes);
    if (regions === null) return false;
    let at = 0;
    for (const {address, bytes} of regions) {
      if (!this.#memory.write(address, pending.data.subarray(at, at + bytes))) return false;
      at += bytes;
    }
    return this.#moved(regions, pending);
  }

  #fromMemory(pending: PendingDma): boolean {
    if (pending.direction !== 'write') return false;
    const regions = this.#regions(pending.bytes);
    if (regions === null) return false;
    const data = new Uint8Array(pending.bytes);
    let at = 0;
    for (const {address, bytes} of regions) {
      if (!this.#memory.read(address, data.subarray(at, at + bytes))) return false;
      at += bytes;
    }
    return this.#moved(regions, pending, data);
  }

  /** The engine stays active when the table goes on behind the data: "the PRD's specified a larger size than the IDE transfer". */
  #moved(regions: readonly Region[], pending: PendingDma, written?: Uint8Array): boolean {
    if (regions.at(-1)?.last) this.#status &= ~STATUS_ACTIVE;
    pending.complete(written);
    return true;
  }

  /** The regions that hold `total` bytes, or null when the table ends before or cannot be read. */
  #regions(total: number): readonly Region[] | null {
    const regions: Region[] = [];
    const entry = new Uint8Array(8);
    const view = new DataView(entry.buffer);
    for (let left = total, at = this.#table >>> 0; left > 0; at += 8) {
      if (Math.floor(at / TABLE_BOUNDARY) !== Math.floor((this.#table >>> 0) / TABLE_BOUNDARY) || !this.#memory.read(at, entry)) return null;
      const size = view.getUint16(4, true) || 0x1_0000;
      const last = (view.getUint32(4, true) & LAST_REGION) !== 0;
      const bytes = Math.min(left, size & ~1);
      regions.push({address: (view.getUint32(0, true) & ~1) >>> 0, bytes, last: last && bytes === (size & ~1)});
      left -= bytes;
      if ((last && left > 0) || bytes === 0) return null;
    }
    return regions;
  }
}
