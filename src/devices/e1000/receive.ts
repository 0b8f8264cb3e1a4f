// The receive side: which frames are taken, and how they are put into the driver's buffers. Intel 317453, 3.2 Packet Reception.
import type {BusMaster} from '../bus.ts';
import type {DescriptorRing} from './descriptor-ring.ts';
import {RECEIVE_LOW, RECEIVE_OVERRUN, RECEIVED} from './interrupts.ts';
import {ADDRESS_VALID, GOOD_RECEIVED, MISSED, MULTICAST_TABLE, RCTL, RECEIVE_ADDRESSES, RECEIVE_ADDRESSES_END} from './registers.ts';

const ENABLED = 1 << 1, UNICAST_ALL = 1 << 3, MULTICAST_ALL = 1 << 4, BROADCAST = 1 << 15, SIZE_EXTENDED = 1 << 25, STRIP_CHECKSUM = 1 << 26;
const STATUS_DONE = 1, STATUS_END = 2;
const CHECKSUM_BYTES = 4;
const SHORTEST = 60;
/** Receive descriptor minimum threshold: a half, a quarter or an eighth of the ring. */
const THRESHOLDS = [2, 4, 8, 8];

export interface ReceiveParts {
  readonly ring: DescriptorRing;
  readonly memory: BusMaster;
  readonly registers: Uint32Array;
  readonly raise: (causes: number) => void;
}

export class Receiver {
  readonly #parts: ReceiveParts;

  constructor(parts: ReceiveParts) {
    this.#parts = parts;
  }

  accept(frame: Uint8Array): void {
    const {ring, raise} = this.#parts;
    if ((this.#control & ENABLED) === 0 || !this.#isForUs(frame)) return;
    const data = this.#padded(frame);
    if (ring.owned * this.#bufferSize < data.length) {
      this.#count(MISSED);
      return raise(RECEIVE_OVERRUN);
    }
    for (let at = 0; at < data.length; at += this.#bufferSize) {
      if (!this.#fill(data.subarray(at, at + this.#bufferSize), at + this.#bufferSize >= data.length)) return;
    }
    this.#count(GOOD_RECEIVED);
    const low = ring.owned * THRESHOLDS[(this.#control >>> 8) & 3] <= ring.entries;
    raise(RECEIVED | (low ? RECEIVE_LOW : 0));
  }

  #fill(piece: Uint8Array, last: boolean): boolean {
    const {ring, memory} = this.#parts;
    if (!ring.load()) return false;
    const {view} = ring;
    if (view.getUint32(4, true) === 0) memory.write(view.getUint32(0, true), piece);
    view.setUint16(8, piece.length, true);
    view.setUint16(10, 0, true);
    view.setUint8(12, STATUS_DONE | (last ? STATUS_END : 0));
    view.setUint8(13, 0);
    view.setUint16(14, 0, true);
    ring.give(true);
    return true;
  }

  /** Short frames come padded off the wire, with their check sequence unless it is stripped. */
  #padded(frame: Uint8Array): Uint8Array {
    const length = Math.max(SHORTEST, frame.length) + ((this.#control & STRIP_CHECKSUM) === 0 ? CHECKSUM_BYTES : 0);
    const padded = new Uint8Array(length);
    padded.set(frame);
    return padded;
  }

  /** 13.4.22: 2048, 1024, 512 or 256 bytes, times 16 with the extension but for the first. */
  get #bufferSize(): number {
    const code = (this.#control >>> 16) & 3;
    return (this.#control & SIZE_EXTENDED) !== 0 && code !== 0 ? 32_768 >>> code : 2048 >>> code;
  }

  get #control(): number {
    return this.#parts.registers[RCTL >>> 2];
  }

  #isForUs(frame: Uint8Array): boolean {
    const multicast = (frame[0] & 1) !== 0;
    if (frame.subarray(0, 6).every(byte => byte === 0xff)) return (this.#control & BROADCAST) !== 0;
    if (multicast) return (this.#control & MULTICAST_ALL) !== 0 || this.#inTable(frame);
    return (this.#control & UNICAST_ALL) !== 0 || this.#isOurs(frame);
  }

  #isOurs(frame: Uint8Array): boolean {
    const {registers} = this.#parts;
    const low = (frame[0] | (frame[1] << 8) | (frame[2] << 16) | (frame[3] << 24)) >>> 0;
    const high = frame[4] | (frame[5] << 8);
    for (let at = RECEIVE_ADDRESSES; at < RECEIVE_ADDRESSES_END; at += 8) {
      const valid = registers[(at >>> 2) + 1];
      if ((valid & ADDRESS_VALID) !== 0 && registers[at >>> 2] === low && (valid & 0xffff) === high) return true;
    }
    return false;
  }

  /** 13.5.1: twelve bits of the address, which ones the receive control says, index a table of 4096 bits. */
  #inTable(frame: Uint8Array): boolean {
    const shift = [4, 3, 2, 0][(this.#control >>> 12) & 3];
    const hash = (((frame[5] << 8) | frame[4]) >>> shift) & 0xfff;
    return (this.#parts.registers[(MULTICAST_TABLE >>> 2) + (hash >>> 5)] & (1 << (hash & 31))) !== 0;
  }

  #count(register: number): void {
    this.#parts.registers[register >>> 2]++;
  }
}
