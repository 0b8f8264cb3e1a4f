// The receive side: which frames are taken, and how they are put into the driver's buffers. AMD 19436, Receive Operation, Address Matching.
import type {BusMaster} from '../bus.ts';
import {checkSequence, remainder} from '../network/check-sequence.ts';
import {DESCRIPTOR_ERROR, FIRST, LAST, NO_BUFFER, OWN, type Descriptor, type Ring} from './descriptor.ts';
import {FEATURES, FILTER, MEMORY_ERROR, MISSED, MISSED_COUNT, MODE, MODE_NO_BROADCAST, MODE_NO_UNICAST, MODE_PROMISCUOUS, PHYSICAL_ADDRESS, RECEIVED, STRIP_PAD} from './registers.ts';

const SHORTEST = 60;
const HEADER = 14, SHORTEST_DATA = 46;

export interface ReceiveParts {
  readonly ring: Ring;
  readonly memory: BusMaster;
  readonly csr: Uint16Array;
  readonly raise: (causes: number) => void;
}

export class Receiver {
  readonly #parts: ReceiveParts;

  constructor(parts: ReceiveParts) {
    this.#parts = parts;
  }

  accept(frame: Uint8Array): void {
    if (!this.#isForUs(frame)) return;
    const {ring, raise, csr} = this.#parts;
    const first = ring.current();
    if (first === null) return raise(MEMORY_ERROR);
    if ((first.flags & OWN) === 0) {
      csr[MISSED_COUNT]++;
      return raise(MISSED);
    }
    this.#fill(this.#withSequence(frame), first);
    raise(RECEIVED);
  }

  /** Buffer after buffer while the frame lasts; where the driver has given too few, the last one says so. */
  #fill(data: Uint8Array, first: Descriptor): void {
    const {ring, memory} = this.#parts;
    for (let at = 0, buffer: Descriptor | null = first; buffer !== null; ) {
      const piece = data.subarray(at, at + buffer.bytes);
      memory.write(buffer.address, piece);
      at += piece.length;
      ring.advance();
      const next: Descriptor | null = at < data.length ? ring.current() : null;
      const goesOn = next !== null && (next.flags & OWN) !== 0;
      const ends = at >= data.length ? LAST : goesOn ? 0 : DESCRIPTOR_ERROR | NO_BUFFER | LAST;
      ring.give(buffer, (buffer === first ? FIRST : 0) | ends, (ends & LAST) !== 0 ? data.length : 0);
      buffer = goesOn ? next : null;
    }
  }

  /** A frame comes padded off the wire with its check sequence. If it is asked for, both go from one whose type is a length. */
  #withSequence(frame: Uint8Array): Uint8Array {
    const padded = new Uint8Array(Math.max(SHORTEST, frame.length));
    padded.set(frame);
    const length = (padded[12] << 8) | padded[13];
    if ((this.#parts.csr[FEATURES] & STRIP_PAD) !== 0 && length < SHORTEST_DATA) return padded.subarray(0, HEADER + length);
    const whole = new Uint8Array(padded.length + 4);
    whole.set(padded);
    whole.set(checkSequence(padded), padded.length);
    return whole;
  }

  #isForUs(frame: Uint8Array): boolean {
    const {csr} = this.#parts;
    const mode = csr[MODE];
    if ((mode & MODE_PROMISCUOUS) !== 0) return true;
    if (frame.subarray(0, 6).every(byte => byte === 0xff)) return (mode & MODE_NO_BROADCAST) === 0;
    if ((frame[0] & 1) !== 0) return this.#inFilter(frame);
    if ((mode & MODE_NO_UNICAST) !== 0) return false;
    return [0, 1, 2].every(word => csr[PHYSICAL_ADDRESS + word] === (frame[2 * word] | (frame[2 * word + 1] << 8)));
  }

  /** Six bits of the address's check sequence index a filter of 64 bits. */
  #inFilter(frame: Uint8Array): boolean {
    const hash = remainder(frame.subarray(0, 6)) >>> 26;
    return ((this.#parts.csr[FILTER + (hash >>> 4)] >>> (hash & 15)) & 1) !== 0;
  }
}
