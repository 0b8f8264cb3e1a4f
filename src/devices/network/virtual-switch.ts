// A switch in software between network cards of virtual machines and the wires of the host: it learns which address is behind which port and
// sends each frame there alone; frames for groups, for everybody and for addresses not seen yet go to all other ports. IEEE 802.1D, 7.7 and 7.8
// (the forwarding and learning processes of a bridge). Simplification: it takes no time, and its own ports do not contend.

/** Who is plugged into a port: is given the frames that are for it. */
export type Deliver = (frame: Uint8Array) => void;

export interface SwitchPort {
  /** A frame from whoever is plugged in. */
  send(frame: Uint8Array): void;
  /** Pulls the plug: nothing comes or goes any more, and what was learnt of it is forgotten. */
  unplug(): void;
  /** Frames in either direction so far. */
  readonly received: number;
  readonly sent: number;
}

/** Addresses that are kept at most; the one not heard of for longest makes room. */
const MOST_ADDRESSES = 1024;
const HEADER = 14;

const isGroup = (frame: Uint8Array): boolean => (frame[0] & 1) !== 0;
const addressAt = (frame: Uint8Array, offset: number): number => {
  let address = 0;
  for (let at = offset; at < offset + 6; at++) address = address * 256 + frame[at];
  return address;
};

class Port implements SwitchPort {
  received = 0;
  sent = 0;
  readonly #bridge: VirtualSwitch;
  readonly #deliver: Deliver;

  constructor(bridge: VirtualSwitch, deliver: Deliver) {
    this.#bridge = bridge;
    this.#deliver = deliver;
  }

  send(frame: Uint8Array): void {
    this.sent++;
    this.#bridge.forward(this, frame);
  }

  unplug(): void {
    this.#bridge.forget(this);
  }

  /** Everyone gets a copy, so that nobody can change what another sees. */
  deliver(frame: Uint8Array): void {
    this.received++;
    this.#deliver(frame.slice());
  }
}

export class VirtualSwitch {
  readonly #ports = new Set<Port>();
  /** Which port an address was last heard at, the longest ago first. */
  readonly #learnt = new Map<number, Port>();

  plug(deliver: Deliver): SwitchPort {
    const port = new Port(this, deliver);
    this.#ports.add(port);
    return port;
  }

  /** Addresses known now. */
  get known(): number {
    return this.#learnt.size;
  }

  forward(from: Port, frame: Uint8Array): void {
    if (!this.#ports.has(from) || frame.length < HEADER) return;
    this.#learn(from, frame);
    const to = isGroup(frame) ? undefined : this.#learnt.get(addressAt(frame, 0));
    if (to === undefined) for (const port of this.#ports) this.#deliver(port, from, frame);
    else this.#deliver(to, from, frame);
  }

  forget(port: Port): void {
    this.#ports.delete(port);
    for (const [address, place] of this.#learnt) if (place === port) this.#learnt.delete(address);
  }

  /** A frame never goes back to where it came from. Why the second look: whoever got it first may have pulled a plug. */
  #deliver(to: Port, from: Port, frame: Uint8Array): void {
    if (to !== from && this.#ports.has(to)) to.deliver(frame);
  }

  /** A group sends nothing, so it is no one's address. */
  #learn(port: Port, frame: Uint8Array): void {
    if ((frame[6] & 1) !== 0) return;
    const address = addressAt(frame, 6);
    this.#learnt.delete(address);
    this.#learnt.set(address, port);
    if (this.#learnt.size > MOST_ADDRESSES) this.#learnt.delete(this.#learnt.keys().next().value!);
  }
}
