// Peers at the other end of the wire, all deterministic: one sends every frame back, one only takes, one sends at a fixed rate once it has been
// spoken to.
import type {Link, MacAddress, Peer} from './wire.ts';

export const PEER_ADDRESS: MacAddress = [0x52, 0x54, 0x00, 0x77, 0x73, 0x02];
/** Local experimental EtherType 1. IEEE 802, 9.2.4. */
const EXPERIMENTAL = 0x88b5;
const HEADER = 14;

/** Sends what it gets back to where it came from. */
export class Echo implements Peer {
  receive(frame: Uint8Array, at: number, {send}: Link): void {
    if (frame.length < HEADER) return;
    const answer = frame.slice();
    answer.set(frame.subarray(6, 12), 0);
    answer.set(PEER_ADDRESS, 6);
    send(answer, at);
  }
}

/** Takes frames and adds them up: a digest that both ends can compare. FNV-1a over the payloads, in order. */
export class Sink implements Peer {
  frames = 0;
  bytes = 0;
  digest = 0x811c9dc5;

  receive(frame: Uint8Array): void {
    this.frames++;
    this.bytes += frame.length;
    for (const byte of frame.subarray(HEADER)) this.digest = Math.imul(this.digest ^ byte, 0x01000193) >>> 0;
  }
}

export interface Stream {
  readonly frames: number;
  readonly bytes: number;
  readonly secondsBetween: number;
}

/** Sends a stream of numbered frames to whoever spoke to it first. */
export class Source implements Peer {
  readonly #stream: Stream;
  #started = false;

  constructor(stream: Stream) {
    this.#stream = stream;
  }

  receive(frame: Uint8Array, at: number, {send, hertz}: Link): void {
    if (this.#started || frame.length < HEADER) return;
    this.#started = true;
    const to = frame.slice(6, 12);
    const gap = Math.max(1, Math.round(this.#stream.secondsBetween * hertz));
    for (let index = 0; index < this.#stream.frames; index++) send(numberedFrame(to, index, this.#stream.bytes), at + index * gap);
  }
}

/** A frame whose payload follows from its number, so that order and content can be checked. */
export function numberedFrame(to: Uint8Array, index: number, bytes: number): Uint8Array {
  const frame = new Uint8Array(Math.max(HEADER + 4, bytes));
  frame.set(to, 0);
  frame.set(PEER_ADDRESS, 6);
  const view = new DataView(frame.buffer);
  view.setUint16(12, EXPERIMENTAL);
  view.setUint32(HEADER, index, true);
  for (let at = HEADER + 4; at < frame.length; at++) frame[at] = index + at;
  return frame;
}
