// A host that pings whoever has pinged it: four requests, each after the answer to the one before, so that a guest that sees the last has answered
// the others.
import {InternetHost, HOST_ADDRESS} from './host.ts';
import {checksum, ipFrame, ipPacket, PROTOCOL_ICMP, senderOf, type Ends} from './packets.ts';
import {PEER_ADDRESS} from './peers.ts';
import type {Link, Peer} from './wire.ts';

const ECHO_REPLY = 0, ECHO_REQUEST = 8;
const REQUESTS = 4, BYTES = 64, IDENTIFIER = 0x7773;

export class Pinger implements Peer {
  readonly #host = new InternetHost();
  /** Requests sent so far. */
  #sent = 0;

  receive(frame: Uint8Array, at: number, link: Link): void {
    this.#host.receive(frame, at, link);
    const packet = ipPacket(frame);
    if (packet === null || packet.to !== HOST_ADDRESS || packet.protocol !== PROTOCOL_ICMP || this.#sent === REQUESTS) return;
    const isFirst = this.#sent === 0 && packet.payload[0] === ECHO_REQUEST;
    if (!isFirst && !answers(packet.payload, this.#sent)) return;
    this.#sent++;
    const ends = {from: {mac: Uint8Array.from(PEER_ADDRESS), ip: HOST_ADDRESS}, to: {mac: senderOf(frame), ip: packet.from} satisfies Ends};
    link.send(ipFrame(PROTOCOL_ICMP, request(this.#sent), ends), at);
  }
}

/** An echo request whose bytes follow from its number. */
function request(number: number): Uint8Array {
  const message = new Uint8Array(BYTES).map((_, at) => (at * number) & 0xff);
  const view = new DataView(message.buffer);
  message.set([ECHO_REQUEST, 0, 0, 0]);
  view.setUint16(4, IDENTIFIER);
  view.setUint16(6, number);
  view.setUint16(2, checksum(message));
  return message;
}

/** Whether a message is the reply to the request of a number: the same bytes but for type and checksum. */
function answers(message: Uint8Array, number: number): boolean {
  const asked = request(number);
  return message[0] === ECHO_REPLY && message.length === BYTES && checksum(message) === 0 && asked.every((byte, at) => at < 4 || message[at] === byte);
}
