// The wire behind a network card: frames take their time to be sent and to arrive, in order. A peer at the other end answers.
import type {DeviceClock} from '../bus.ts';

export type MacAddress = readonly [number, number, number, number, number, number];

/** What a card sees of the wire. */
export interface NetworkPort {
  readonly address: MacAddress;
  /** Puts a frame behind those that are still waiting; `sent` is called when it has left, for cards that tell their driver only then. */
  send(frame: Uint8Array, sent?: () => void): void;
  /** Whether so much is waiting that a card should stop. */
  readonly full: boolean;
  /** Calls once when there is room again. */
  whenRoom(then: () => void): void;
}

/** How fast the wire is, each way. */
export interface WireSpeed {
  readonly latencySeconds: number;
  readonly bitsPerSecond: number;
}

/** The way back to the card. */
export interface Link {
  /** Sends a frame, not before a time of the clock. */
  readonly send: (frame: Uint8Array, notBefore: number) => void;
  readonly hertz: number;
}

/** The other end. It takes no part in the machine: what it sends follows from what arrives and when. */
export interface Peer {
  /** A frame arrives at a time of the clock. */
  receive(frame: Uint8Array, at: number, link: Link): void;
}

/** Preamble, check sequence and the gap between frames: 8 + 4 + 12 bytes; frames are at least 60 bytes long. IEEE 802.3, 3.1 and 4.4. */
const OVERHEAD = 24;
const SHORTEST = 60;
/** Bytes that may wait for the wire: what the 82540EM has for transmission. Intel 317453, 13.4.15 PBA. */
const WAITING_BYTES = 16_384;

/** A full-duplex link between a card and a peer. */
export class Wire implements NetworkPort {
  readonly address: MacAddress;
  readonly #speed: WireSpeed;
  readonly #clock: DeviceClock;
  readonly #peer: Peer;
  /** Until when each direction is taken. */
  #outFree = 0;
  #backFree = 0;
  /** Called when a frame has arrived at the card. */
  onFrame: (frame: Uint8Array) => void = () => {};
  /** Told when a frame of so many bytes is handed to the wire, or has come from it; a VMM pays for it there. */
  onTransfer: (bytes: number, direct: boolean) => void = () => {};
  /** Whoever hands frames over has paid for copying them. */
  direct = false;
  /** Has a frame of so many bytes leave, by `depart`; a host that is to carry it may wait. */
  onSend: (depart: () => void, bytes: number) => void = (depart, bytes) => {
    this.onTransfer(bytes, this.direct);
    depart();
  };
  /** When frames that are on their way arrive, earliest first. */
  readonly #arrivals: number[] = [];
  sent = 0;
  received = 0;

  constructor(address: MacAddress, speed: WireSpeed, {clock, peer}: {clock: DeviceClock; peer: Peer}) {
    this.address = address;
    this.#speed = speed;
    this.#clock = clock;
    this.#peer = peer;
  }

  get full(): boolean {
    return this.#outFree - this.#clock.now() > this.#ticksOf(WAITING_BYTES);
  }

  whenRoom(then: () => void): void {
    this.#clock.schedule(this.#outFree - Math.floor(this.#ticksOf(WAITING_BYTES) / 2), then, 'network');
  }

  send(frame: Uint8Array, sent?: () => void): void {
    this.sent++;
    this.onSend(() => this.#depart(frame, sent), frame.length);
  }

  /** Whether a frame has arrived by now that the card has not been given yet. */
  arrivalDue(now: number): boolean {
    return this.#arrivals.length > 0 && this.#arrivals[0] <= now;
  }

  #depart(frame: Uint8Array, sent?: () => void): void {
    this.#outFree = Math.max(this.#outFree, this.#clock.now()) + this.#frameTicks(frame);
    if (sent) this.#clock.schedule(this.#outFree, sent, 'network');
    this.#peer.receive(frame.slice(), this.#outFree + this.#latency, {send: (back, notBefore) => this.#arrive(back, notBefore), hertz: this.#clock.hertz});
  }

  #arrive(frame: Uint8Array, notBefore: number): void {
    this.#backFree = Math.max(this.#backFree, notBefore) + this.#frameTicks(frame);
    const arrival = this.#backFree + this.#latency;
    this.#arrivals.push(arrival);
    this.#clock.schedule(arrival, () => {
      this.#arrivals.shift();
      this.received++;
      this.onTransfer(frame.length, this.direct);
      this.onFrame(frame);
    }, 'network');
  }

  get #latency(): number {
    return Math.round(this.#speed.latencySeconds * this.#clock.hertz);
  }

  #frameTicks(frame: Uint8Array): number {
    return Math.max(1, Math.round(this.#ticksOf(Math.max(SHORTEST, frame.length) + OVERHEAD)));
  }

  #ticksOf(bytes: number): number {
    return ((bytes * 8) / this.#speed.bitsPerSecond) * this.#clock.hertz;
  }
}
