// A host on the Internet as the peer: it answers ARP, pings and the services of services.ts, in the order in which it is asked. It has one
// address and knows nobody until it is spoken to.
import {arpReply, arpRequest, datagram, echoReply, ipFrame, ipPacket, PROTOCOL_ICMP, PROTOCOL_UDP, senderOf, udpMessage, type Datagram, type Ends, type IpPacket} from './packets.ts';
import {PEER_ADDRESS} from './peers.ts';
import {Services} from './services.ts';
import type {Link, Peer} from './wire.ts';

/** 10.0.77.2 */
export const HOST_ADDRESS = 0x0a004d02;

export class InternetHost implements Peer {
  readonly #self: Ends = {mac: Uint8Array.from(PEER_ADDRESS), ip: HOST_ADDRESS};
  readonly #services = new Services();

  receive(frame: Uint8Array, at: number, {send}: Link): void {
    for (const answer of this.#answers(frame)) send(answer, at);
  }

  #answers(frame: Uint8Array): readonly Uint8Array[] {
    const asker = arpRequest(frame, HOST_ADDRESS);
    if (asker) return [arpReply(this.#self, asker)];
    const packet = ipPacket(frame);
    if (packet === null || packet.to !== HOST_ADDRESS) return [];
    const ends = {from: this.#self, to: {mac: senderOf(frame), ip: packet.from}};
    if (packet.protocol !== PROTOCOL_ICMP) return this.#datagrams(packet).map(message => ipFrame(PROTOCOL_UDP, message, ends));
    const pong = echoReply(packet.payload);
    return pong ? [ipFrame(PROTOCOL_ICMP, pong, ends)] : [];
  }

  #datagrams(packet: IpPacket): readonly Uint8Array[] {
    const asked = datagram(packet);
    if (asked === null) return [];
    const ends = {from: HOST_ADDRESS, to: packet.from};
    return this.#services.answer(asked.to, asked.payload).map(payload => udpMessage(answerTo(asked, payload), ends));
  }
}

const answerTo = ({from, to}: Datagram, payload: Uint8Array): Datagram => ({from: to, to: from, payload});
