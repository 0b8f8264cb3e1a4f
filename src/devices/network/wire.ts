// The wire behind a network card: frames take their time to be sent and to arrive, in order. A peer at the other end answers.
import type {DeviceClock} from '../bus.ts';

export type MacAddress = readonly [number, number, number, number, number, number];

/** What a card sees of the wire. */
export interface NetworkPort {
  readonly address: MacAddress;
  send(frame: Uint8Array): void;
}

/** How fast the wire is, each way. */
export interface WireSpeed {
  readonly latencySeconds: number;
  readonly bitsPerSecond: number;
}

/** The other end. */
export interface Peer {
  /** Called when the wire is up, with how to send. */
  start(send: (frame: Uint8Array) => void, clock: DeviceClock): void;
  receive(frame: Uint8Array): void;
}

/** Preamble, check sequence and the gap between frames: 8 + 4 + 12 bytes; frames are at least 60 bytes long. IEEE 802.3, 3.1 and 4.4. */
const OVERHEAD = 24;
const SHORTEST = 60;

/** One direction: frames follow each other at the wire's rate. */
class Direction {
  readonly #clock: DeviceClock;
  readonly #speed: WireSpeed;
  readonly #deliver: (frame: Uint8Array) => void;
  #free = 0;

  constructor(clock: DeviceClock, speed: WireSpeed, deliver: (frame: Uint8Array) => void) {
    this.#clock = clock;
    this.#speed = speed;
    this.#deliver = deliver;
  }

  /** Returns when the last bit is on the wire. */
  send(frame: Uint8Array): number {
    const {hertz} = this.#clock;
    const bits = (Math.max(SHORTEST, frame.length) + OVERHEAD) * 8;
    const begin = Math.max(this.#free, this.#clock.now());
    this.#free = begin + Math.max(1, Math.round((bits / this.#speed.bitsPerSecond) * hertz));
    const copy = frame.slice();
    this.#clock.schedule(this.#free + Math.round(this.#speed.latencySeconds * hertz), () => this.#deliver(copy));
    return this.#free;
  }
}

/** A full-duplex link between a card and a peer. */
export class Wire implements NetworkPort {
  readonly address: MacAddress;
  readonly #out: Direction;
  /** Called when a frame has arrived at the card. */
  onFrame: (frame: Uint8Array) => void = () => {};
  sent = 0;
  received = 0;

  constructor(address: MacAddress, speed: WireSpeed, {clock, peer}: {clock: DeviceClock; peer: Peer}) {
    this.address = address;
    this.#out = new Direction(clock, speed, frame => peer.receive(frame));
    const back = new Direction(clock, speed, frame => {
      this.received++;
      this.onFrame(frame);
    });
    peer.start(frame => back.send(frame), clock);
  }

  /** Returns the time at which the frame has left. */
  send(frame: Uint8Array): number {
    this.sent++;
    return this.#out.send(frame);
  }
}
