// Memory as devices behind a remapping unit see it: each page of a transfer is translated for the one who asks.
//
// Why all pages first: nothing of a transfer moves when a part of it is refused, as on the bus without remapping (`BusMaster`). A real unit lets
// the packets before the refused one pass.
import type {BusMaster} from '../bus.ts';
import type {IommuUnit} from './unit.ts';

/** Bytes of host-physical memory. */
export interface HostBytes {
  readonly size: number;
  copyOut(address: number, into: Uint8Array): void;
  copyIn(address: number, from: Uint8Array): void;
}

/** A part of a transfer within one page. */
interface Piece {
  readonly host: number;
  readonly from: number;
  readonly to: number;
}

const PAGE = 4096;

export class RemappedBus implements BusMaster {
  readonly #unit: IommuUnit;
  readonly #memory: HostBytes;
  /** Bytes moved. */
  bytes = 0;
  /** Told of each page of the device's address space that has been written. */
  onWrite: (page: number) => void = () => {};

  constructor(unit: IommuUnit, memory: HostBytes) {
    this.#unit = unit;
    this.#memory = memory;
  }

  read(address: number, into: Uint8Array, requester = 0): boolean {
    const pieces = this.#pieces(requester, {address, length: into.length, write: false});
    if (pieces === null) return false;
    for (const {host, from, to} of pieces) this.#memory.copyOut(host, into.subarray(from, to));
    this.bytes += into.length;
    return true;
  }

  write(address: number, bytes: Uint8Array, requester = 0): boolean {
    const pieces = this.#pieces(requester, {address, length: bytes.length, write: true});
    if (pieces === null) return false;
    for (const {host, from, to} of pieces) {
      this.#memory.copyIn(host, bytes.subarray(from, to));
      this.onWrite(Math.floor((address + from) / PAGE));
    }
    this.bytes += bytes.length;
    return true;
  }

  /** Null when a page is refused, or leads to where the host has no memory. */
  #pieces(requester: number, {address, length, write}: {readonly address: number; readonly length: number; readonly write: boolean}): Piece[] | null {
    const pieces: Piece[] = [];
    for (let from = 0; from < length; ) {
      const at = address + from;
      const to = Math.min(length, from + PAGE - (((at % PAGE) + PAGE) % PAGE));
      const host = this.#unit.translate(requester, at, write);
      if (host < 0 || host + (to - from) > this.#memory.size) return null;
      pieces.push({host, from, to});
      from = to;
    }
    return pieces;
  }
}
