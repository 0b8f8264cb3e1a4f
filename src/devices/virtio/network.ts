// The network device: one queue of buffers to fill with received frames, one of frames to send. OASIS virtio 1.2, 5.1 Network Device.
import type {NetworkPort} from '../network/wire.ts';
import {gather, lengthOf, scatter} from './chain-bytes.ts';
import type {VirtioDevice, VirtioKind} from './device.ts';
import {VERSION_1} from './features.ts';
import type {SplitQueue} from './split-queue.ts';

const MAC = 5, STATUS = 16;
const RECEIVE = 0, TRANSMIT = 1;
const QUEUE_SIZE = 256;
/** Frames kept while the driver offers no buffer; more are lost, as on a card. */
const MOST_WAITING = 256;

export class VirtioNetwork implements VirtioKind {
  readonly id = 1;
  readonly classCode = 0x020000;
  readonly features = [MAC, STATUS];
  readonly queueSizes = [QUEUE_SIZE, QUEUE_SIZE];
  readonly #port: NetworkPort;
  #waiting: Uint8Array[] = [];
  dropped = 0;
  #stalled = false;

  constructor(port: NetworkPort) {
    this.#port = port;
  }

  /** A frame has come in; the owner has the receive queue served. */
  accept(frame: Uint8Array): void {
    if (this.#waiting.length < MOST_WAITING) this.#waiting.push(frame);
    else this.dropped++;
  }

  config(): Uint8Array {
    return Uint8Array.from([...this.#port.address, 1, 0, 1, 0]);
  }

  serve(queue: number, device: VirtioDevice): void {
    if (queue === TRANSMIT) this.#send(device);
    else if (queue === RECEIVE) this.#receive(device);
  }

  reset(): void {
    this.#waiting = [];
  }

  #send(device: VirtioDevice): void {
    const queue = device.queue(TRANSMIT);
    if (queue === null) return;
    do {
      queue.wantKicks(false);
      this.#sendAll(device, queue);
      queue.wantKicks(true);
    } while (queue.pending > 0 && !this.#port.full);
    if (queue.pending > 0) this.#waitForWire(device);
    device.signal(queue);
  }

  #sendAll(device: VirtioDevice, queue: SplitQueue): void {
    while (!this.#port.full) {
      const chain = queue.take();
      if (chain === null) return;
      const frame = gather(device.memory, chain.readable).subarray(headerOf(device));
      if (frame.length > 0) this.#port.send(frame);
      queue.give(chain.head, 0);
    }
  }

  #waitForWire(device: VirtioDevice): void {
    if (this.#stalled) return;
    this.#stalled = true;
    this.#port.whenRoom(() => {
      this.#stalled = false;
      device.onKick(TRANSMIT);
    });
  }

  #receive(device: VirtioDevice): void {
    const queue = device.queue(RECEIVE);
    if (queue === null) return;
    for (let frame = this.#waiting.shift(); frame !== undefined; frame = this.#waiting.shift()) {
      const chain = queue.take();
      if (chain === null) {
        this.#waiting.unshift(frame);
        break;
      }
      const room = lengthOf(chain.writable);
      const bytes = withHeader(frame, headerOf(device)).subarray(0, room);
      scatter(device.memory, chain.writable, bytes);
      queue.give(chain.head, bytes.length);
    }
    queue.wantKicks(this.#waiting.length > 0);
    device.signal(queue);
  }
}

/** 5.1.6.1: without the 1.0 interface and without merged buffers the header has no count of buffers. */
const headerOf = ({negotiated}: VirtioDevice): number => (negotiated.has(VERSION_1) ? 12 : 10);

function withHeader(frame: Uint8Array, header: number): Uint8Array {
  const bytes = new Uint8Array(header + frame.length);
  if (header === 12) bytes[10] = 1;
  bytes.set(frame, header);
  return bytes;
}
