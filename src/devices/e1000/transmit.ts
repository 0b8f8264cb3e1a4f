// The transmit side: descriptors gathered into frames, offloads applied, done bits written back. Intel 317453, 3.3 and 3.4.
import type {BusMaster} from '../bus.ts';
import type {NetworkPort} from '../network/wire.ts';
import type {DescriptorRing} from './descriptor-ring.ts';
import {QUEUE_EMPTY, TRANSMITTED} from './interrupts.ts';
import {contextOf, putChecksum, segments, type OffloadContext} from './offload.ts';

const COMMAND_END = 1, COMMAND_CHECKSUM = 4, COMMAND_SEGMENT = 4, COMMAND_REPORT = 8, COMMAND_EXTENDED = 0x20;
const STATUS_DONE = 1;
const OPTION_IP = 1, OPTION_TRANSPORT = 2;
const DATA_DESCRIPTOR = 1;
/** The longest frame a driver can build: 64 KiB of payload and headers; what goes beyond is dropped. */
const MOST_BYTES = 0x1_2000;

export interface TransmitParts {
  readonly ring: DescriptorRing;
  readonly memory: BusMaster;
  readonly send: (frame: Uint8Array) => void;
  readonly wire: Pick<NetworkPort, 'full' | 'whenRoom'>;
  readonly raise: (causes: number) => void;
}

export class Transmitter {
  readonly #parts: TransmitParts;
  #pieces: Uint8Array[] = [];
  #bytes = 0;
  #options = 0;
  #segmented = false;
  #waiting = false;
  #context: OffloadContext | null = null;

  constructor(parts: TransmitParts) {
    this.#parts = parts;
  }

  reset(): void {
    this.#forget();
    this.#context = null;
  }

  /** Works the ring off up to the tail, as far as the wire takes it. */
  run(): void {
    const {ring, wire, raise} = this.#parts;
    if (ring.owned === 0 || this.#waiting) return;
    let causes = 0;
    while (ring.owned > 0 && !wire.full && ring.load()) causes |= this.#descriptor(ring.view);
    if (wire.full) this.#waitForWire();
    raise(causes | (ring.owned === 0 ? QUEUE_EMPTY : 0));
  }

  #waitForWire(): void {
    this.#waiting = true;
    this.#parts.wire.whenRoom(() => {
      this.#waiting = false;
      this.run();
    });
  }

  #descriptor(view: DataView): number {
    const command = view.getUint8(11);
    const extended = (command & COMMAND_EXTENDED) !== 0;
    if (extended && view.getUint8(10) >>> 4 !== DATA_DESCRIPTOR) this.#context = contextOf(view);
    else this.#data(view, {command, extended});
    const reports = (command & COMMAND_REPORT) !== 0;
    if (reports) view.setUint8(12, view.getUint8(12) | STATUS_DONE);
    this.#parts.ring.give(reports);
    return reports ? TRANSMITTED : 0;
  }

  #data(view: DataView, {command, extended}: {command: number; extended: boolean}): void {
    const length = extended ? view.getUint32(8, true) & 0xf_ffff : view.getUint16(8, true);
    if (extended && this.#pieces.length === 0) {
      this.#options = view.getUint8(13);
      this.#segmented = (command & COMMAND_SEGMENT) !== 0;
    }
    this.#gather(view, length);
    if ((command & COMMAND_END) === 0) return;
    const frame = this.#whole();
    if (!extended && (command & COMMAND_CHECKSUM) !== 0) putChecksum(frame, {start: view.getUint8(13), offset: view.getUint8(10), end: 0});
    this.#sendFrame(frame, extended);
    this.#forget();
  }

  /** Memory that does not answer leaves zeros, as a master abort leaves whatever the bus had. */
  #gather(view: DataView, length: number): void {
    this.#bytes += length;
    if (this.#bytes > MOST_BYTES) return;
    const piece = new Uint8Array(length);
    if (view.getUint32(4, true) === 0) this.#parts.memory.read(view.getUint32(0, true), piece);
    this.#pieces.push(piece);
  }

  #whole(): Uint8Array {
    const frame = new Uint8Array(this.#pieces.reduce((sum, piece) => sum + piece.length, 0));
    let at = 0;
    for (const piece of this.#pieces) {
      frame.set(piece, at);
      at += piece.length;
    }
    return frame;
  }

  #sendFrame(frame: Uint8Array, extended: boolean): void {
    if (this.#bytes > MOST_BYTES || frame.length === 0) return;
    const context = this.#context;
    if (!extended || context === null) return this.#parts.send(frame);
    for (const piece of this.#segmented ? segments(frame, context) : [frame]) {
      if ((this.#options & OPTION_TRANSPORT) !== 0) putChecksum(piece, context.transport);
      if ((this.#options & OPTION_IP) !== 0) putChecksum(piece, context.ip);
      this.#parts.send(piece);
    }
  }

  #forget(): void {
    this.#pieces = [];
    this.#bytes = 0;
    this.#options = 0;
    this.#segmented = false;
  }
}
