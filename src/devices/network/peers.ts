// Peers at the other end of the wire, all deterministic: one sends every frame back, one only takes, one sends at a fixed rate once it has been
// spoken to.
import type {DeviceClock} from '../bus.ts';
import type {MacAddress, Peer} from './wire.ts';

export const PEER_ADDRESS: MacAddress = [0x52, 0x54, 0x00, 0x77, 0x73, 0x02];
/** Local experimental EtherType 1. IEEE 802, 9.2.4. */
const EXPERIMENTAL = 0x88b5;

/** Sends what it gets back to where it came from. */
export class Echo implements Peer {
  #send: (frame: Uint8Array) => void = () => {};

  start(send: (frame: Uint8Array) => void): void {
    this.#send = send;
  }

  receive(frame: Uint8Array): void {
    if (frame.length < 14) return;
    const answer = frame.slice();
    answer.set(frame.subarray(6, 12), 0);
    answer.set(PEER_ADDRESS, 6);
    this.#send(answer);
  }
}

/** Takes frames and adds them up: a digest that both ends can compare. FNV-1a over the payloads, in order. */
export class Sink implements Peer {
  frames = 0;
  bytes = 0;
  digest = 0x811c9dc5;

  start(): void {}

  receive(frame: Uint8Array): void {
    this.frames++;
    this.bytes += frame.length;
    for (const byte of frame.subarray(14)) this.digest = Math.imul(this.digest ^ byte, 0x01000193) >>> 0;
  }
}

export interface Stream {
  readonly frames: number;
  readonly bytes: number;
  readonly framesPerSecond: number;
}

/** Sends a stream of numbered frames to whoever spoke to it first. */
export class Source implements Peer {
  readonly #stream: Stream;
  #send: (frame: Uint8Array) => void = () => {};
  #clock: DeviceClock | null = null;
  #started = false;

  constructor(stream: Stream) {
    this.#stream = stream;
  }

  start(send: (frame: Uint8Array) => void, clock: DeviceClock): void {
    this.#send = send;
    this.#clock = clock;
  }

  receive(frame: Uint8Array): void {
    if (this.#started || frame.length < 14) return;
    this.#started = true;
    this.#next(0, frame.slice(6, 12));
  }

  #next(index: number, to: Uint8Array): void {
    if (index >= this.#stream.frames || this.#clock === null) return;
    this.#send(numberedFrame(to, index, this.#stream.bytes));
    const gap = Math.max(1, Math.round(this.#clock.hertz / this.#stream.framesPerSecond));
    this.#clock.schedule(this.#clock.now() + gap, () => this.#next(index + 1, to));
  }
}

/** A frame whose payload follows from its number, so that order and content can be checked. */
export function numberedFrame(to: Uint8Array, index: number, bytes: number): Uint8Array {
  const frame = new Uint8Array(Math.max(18, bytes));
  frame.set(to, 0);
  frame.set(PEER_ADDRESS, 6);
  const view = new DataView(frame.buffer);
  view.setUint16(12, EXPERIMENTAL);
  view.setUint32(14, index, true);
  for (let at = 18; at < frame.length; at++) frame[at] = index + at;
  return frame;
}
