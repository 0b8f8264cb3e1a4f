// The transmit side: descriptors gathered into frames and handed to the wire in one go; each is given back when its frame has left. Why all at
// once: a descriptor is the card's until then, so nobody can tell, and what is behind the card need be told only once. AMD 19436, Transmit
// Operation.
import type {BusMaster} from '../bus.ts';
import type {NetworkPort} from '../network/wire.ts';
import {FIRST, LAST, OWN, TELL, type Descriptor, type Ring} from './descriptor.ts';
import {EXTENDED, FEATURES, LAST_ONLY, MEMORY_ERROR, NOT_WHEN_SENT, PAD, SENT, STARTED} from './registers.ts';

const SHORTEST = 60;
/** What goes beyond any frame is dropped: a chain may be as long as its ring. */
const MOST_BYTES = 4096;

export interface TransmitParts {
  readonly ring: Ring;
  readonly memory: BusMaster;
  readonly csr: Uint16Array;
  readonly wire: Pick<NetworkPort, 'send'>;
  /** Frames stay on the card: the loop-back mode. */
  readonly loops: () => boolean;
  readonly loop: (frame: Uint8Array) => void;
  readonly raise: (causes: number, features?: number) => void;
}

export class Transmitter {
  readonly #parts: TransmitParts;
  #frame: Uint8Array | null = null;
  /** Where the descriptors of frames lie that have not left yet; they are still the card's. */
  readonly #underWay = new Set<number>();
  /** What was handed over before the chip was stopped is no longer reported. */
  #session = 0;
  running = false;

  constructor(parts: TransmitParts) {
    this.#parts = parts;
  }

  stop(): void {
    this.running = false;
    this.#frame = null;
    this.#underWay.clear();
    this.#session++;
  }

  /** Hands over what the driver has given. Why a bound: a driver may give descriptors faster than they are looked at. */
  run(): void {
    const {ring, raise} = this.#parts;
    for (let looked = 0; this.running && looked < ring.entries; looked++) {
      const descriptor = ring.current();
      if (descriptor === null) {
        this.stop();
        return raise(MEMORY_ERROR);
      }
      if ((descriptor.flags & OWN) === 0 || this.#underWay.has(descriptor.at)) return;
      this.#take(descriptor);
    }
  }

  /** A buffer that begins no frame and continues none is given back unsent. */
  #take(descriptor: Descriptor): void {
    const {ring} = this.#parts;
    ring.advance();
    if ((descriptor.flags & FIRST) !== 0) this.#frame = new Uint8Array(0);
    if (this.#frame) this.#gather(descriptor);
    const frame = this.#frame;
    if (frame === null || (descriptor.flags & LAST) === 0) return ring.give(descriptor, descriptor.flags, 0);
    this.#frame = null;
    this.#send(frame, descriptor);
  }

  /** Memory that does not answer leaves zeros, as a master abort leaves whatever the bus had. */
  #gather({address, bytes}: Descriptor): void {
    const before = this.#frame!;
    if (before.length >= MOST_BYTES) return;
    this.#frame = new Uint8Array(Math.min(MOST_BYTES, before.length + bytes));
    this.#frame.set(before);
    this.#parts.memory.read(address, this.#frame.subarray(before.length));
  }

  #send(bytes: Uint8Array, descriptor: Descriptor): void {
    const {csr, wire, raise, loops, loop} = this.#parts;
    const frame = (csr[FEATURES] & PAD) !== 0 && bytes.length < SHORTEST ? padded(bytes) : bytes;
    raise(0, STARTED);
    if (loops()) {
      loop(frame);
      return this.#sent(descriptor);
    }
    this.#underWay.add(descriptor.at);
    const session = this.#session;
    wire.send(frame, () => {
      if (session !== this.#session) return;
      this.#sent(descriptor);
      this.run();
    });
  }

  #sent(descriptor: Descriptor): void {
    const {ring, csr, raise} = this.#parts;
    this.#underWay.delete(descriptor.at);
    ring.give(descriptor, descriptor.flags, 0);
    const silent = (csr[EXTENDED] & NOT_WHEN_SENT) !== 0 || ((csr[EXTENDED] & LAST_ONLY) !== 0 && (descriptor.flags & TELL) === 0);
    if (!silent) raise(SENT);
  }
}

function padded(bytes: Uint8Array): Uint8Array {
  const frame = new Uint8Array(SHORTEST);
  frame.set(bytes);
  return frame;
}
