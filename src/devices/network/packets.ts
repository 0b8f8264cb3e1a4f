// Packets of the Internet protocols over Ethernet, taken apart and put together: ARP (RFC 826), IPv4 without options or fragments (RFC 791),
// ICMP echo (RFC 792), UDP (RFC 768). What is malformed or has a wrong checksum is no packet.

export const TYPE_IP = 0x0800, TYPE_ARP = 0x0806;
export const PROTOCOL_ICMP = 1, PROTOCOL_UDP = 17;
const ETHERNET = 14, ARP = 28, IP = 20, UDP = 8, ICMP = 8;
const ARP_REQUEST = 1, ARP_REPLY = 2;
const ECHO_REQUEST = 8;
const HOPS = 64;

/** Who a frame or packet is from and to; addresses of IPv4 as numbers. */
export interface Ends {
  readonly mac: Uint8Array;
  readonly ip: number;
}

export interface IpPacket {
  readonly protocol: number;
  readonly from: number;
  readonly to: number;
  readonly payload: Uint8Array;
}

export interface Datagram {
  readonly from: number;
  readonly to: number;
  readonly payload: Uint8Array;
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

export const typeOf = (frame: Uint8Array): number => (frame.length < ETHERNET ? -1 : viewOf(frame).getUint16(12));
export const senderOf = (frame: Uint8Array): Uint8Array => frame.slice(6, 12);

/** The ones' complement sum of 16-bit words, complemented. RFC 1071. */
export function checksum(...pieces: readonly Uint8Array[]): number {
  let sum = 0;
  for (const piece of pieces) for (let at = 0; at < piece.length; at += 2) sum += (piece[at] << 8) | (piece[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** Who asks by ARP for an address, or null when this is no such question. */
export function arpRequest(frame: Uint8Array, address: number): Ends | null {
  if (typeOf(frame) !== TYPE_ARP || frame.length < ETHERNET + ARP) return null;
  const view = viewOf(frame);
  const isQuestion = view.getUint16(ETHERNET) === 1 && view.getUint16(ETHERNET + 2) === TYPE_IP && view.getUint16(ETHERNET + 6) === ARP_REQUEST;
  return isQuestion && view.getUint32(ETHERNET + 24) === address ? {mac: frame.slice(ETHERNET + 8, ETHERNET + 14), ip: view.getUint32(ETHERNET + 14)} : null;
}

export function arpReply(from: Ends, to: Ends): Uint8Array {
  const frame = frameOf(TYPE_ARP, {from, to, bytes: ARP});
  const view = viewOf(frame);
  view.setUint16(ETHERNET, 1);
  view.setUint16(ETHERNET + 2, TYPE_IP);
  frame.set([6, 4], ETHERNET + 4);
  view.setUint16(ETHERNET + 6, ARP_REPLY);
  frame.set(from.mac, ETHERNET + 8);
  view.setUint32(ETHERNET + 14, from.ip);
  frame.set(to.mac, ETHERNET + 18);
  view.setUint32(ETHERNET + 24, to.ip);
  return frame;
}

export function ipPacket(frame: Uint8Array): IpPacket | null {
  if (typeOf(frame) !== TYPE_IP || frame.length < ETHERNET + IP || frame[ETHERNET] !== 0x45) return null;
  const header = frame.subarray(ETHERNET, ETHERNET + IP), view = viewOf(header);
  const length = view.getUint16(2), fragment = view.getUint16(6) & 0x3fff;
  if (length < IP || length > frame.length - ETHERNET || fragment !== 0 || checksum(header) !== 0) return null;
  return {protocol: header[9], from: view.getUint32(12), to: view.getUint32(16), payload: frame.slice(ETHERNET + IP, ETHERNET + length)};
}

export function ipFrame(protocol: number, payload: Uint8Array, {from, to}: {from: Ends; to: Ends}): Uint8Array {
  const frame = frameOf(TYPE_IP, {from, to, bytes: IP + payload.length});
  const header = frame.subarray(ETHERNET, ETHERNET + IP), view = viewOf(header);
  header[0] = 0x45;
  view.setUint16(2, IP + payload.length);
  header[8] = HOPS;
  header[9] = protocol;
  view.setUint32(12, from.ip);
  view.setUint32(16, to.ip);
  view.setUint16(10, checksum(header));
  frame.set(payload, ETHERNET + IP);
  return frame;
}

/** The answer to a ping, or null when the message is none. */
export function echoReply(message: Uint8Array): Uint8Array | null {
  if (message.length < ICMP || message[0] !== ECHO_REQUEST || checksum(message) !== 0) return null;
  const answer = message.slice();
  answer.set([0, 0, 0, 0], 0);
  viewOf(answer).setUint16(2, checksum(answer));
  return answer;
}

export function datagram({protocol, from, to, payload}: IpPacket): Datagram | null {
  const view = viewOf(payload);
  if (protocol !== PROTOCOL_UDP || payload.length < UDP) return null;
  const length = view.getUint16(4);
  if (length < UDP || length > payload.length) return null;
  const whole = payload.subarray(0, length);
  if (view.getUint16(6) !== 0 && checksum(pseudoHeader(from, to, length), whole) !== 0) return null;
  return {from: view.getUint16(0), to: view.getUint16(2), payload: payload.slice(UDP, length)};
}

export function udpMessage({from, to, payload}: Datagram, ends: {from: number; to: number}): Uint8Array {
  const message = new Uint8Array(UDP + payload.length), view = viewOf(message);
  view.setUint16(0, from);
  view.setUint16(2, to);
  view.setUint16(4, message.length);
  message.set(payload, UDP);
  view.setUint16(6, checksum(pseudoHeader(ends.from, ends.to, message.length), message) || 0xffff);
  return message;
}

function pseudoHeader(from: number, to: number, length: number): Uint8Array {
  const header = new Uint8Array(12), view = viewOf(header);
  view.setUint32(0, from);
  view.setUint32(4, to);
  view.setUint16(8, PROTOCOL_UDP);
  view.setUint16(10, length);
  return header;
}

function frameOf(type: number, {from, to, bytes}: {from: Ends; to: Ends; bytes: number}): Uint8Array {
  const frame = new Uint8Array(ETHERNET + bytes);
  frame.set(to.mac, 0);
  frame.set(from.mac, 6);
  viewOf(frame).setUint16(12, type);
  return frame;
}
