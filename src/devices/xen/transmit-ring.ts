// Packets as they lie in the transmit ring: the first slot tells the whole size, further ones hold its other pieces, extra slots tell of
// offloads, none of which was offered. Xen, public/io/netif.h, "The transmit and receive rings".
import type {CopiedPiece} from './back-end-grants.ts';
import {BrokenRing, type SharedRing} from './shared-ring.ts';

const MORE_DATA = 4, EXTRA_INFO = 8, EXTRA_MORE = 1;
const MOST_SLOTS = 18;
const SHORTEST = 14, LONGEST = 0xffff;
const RESPONSE_NULL = 1;
const PAGE = 4096;

/** A slot that wants a response. */
interface Slot {
  readonly id: number;
  readonly extra: boolean;
}

export interface Packet {
  readonly slots: readonly Slot[];
  /** Where its bytes come from, each with its part of `frame`; none for a packet that cannot be sent. */
  readonly pieces: readonly CopiedPiece[];
  readonly frame: Uint8Array;
}

interface TransmitRequest {
  readonly reference: number;
  readonly offset: number;
  readonly flags: number;
  readonly id: number;
  readonly size: number;
}

function requestOf(bytes: Uint8Array): TransmitRequest {
  const view = new DataView(bytes.buffer);
  return {
    reference: view.getUint32(0, true), offset: view.getUint16(4, true), flags: view.getUint16(6, true), id: view.getUint16(8, true), size: view.getUint16(10, true),
  };
}

/** @throws BrokenRing when a packet is not whole or never ends */
export function takePacket(ring: SharedRing): Packet | null {
  const bytes = ring.take();
  if (bytes === null) return null;
  const first = requestOf(bytes);
  const slots: Slot[] = [{id: first.id, extra: false}];
  for (let more = (first.flags & EXTRA_INFO) !== 0; more;) {
    const extra = next(ring, slots.length);
    slots.push({id: 0, extra: true});
    more = (extra[1] & EXTRA_MORE) !== 0;
  }
  const requests = [first];
  while ((requests[requests.length - 1].flags & MORE_DATA) !== 0) {
    requests.push(requestOf(next(ring, slots.length)));
    slots.push({id: requests[requests.length - 1].id, extra: false});
  }
  return {slots, ...gathered(requests, slots.some(({extra}) => extra))};
}

function next(ring: SharedRing, slots: number): Uint8Array {
  if (slots >= MOST_SLOTS) throw new BrokenRing(`a packet of more than ${MOST_SLOTS} slots`);
  const bytes = ring.take();
  if (bytes === null) throw new BrokenRing('a packet that is not whole');
  return bytes;
}

/** The first slot's size is the whole packet's; what the others do not hold of it lies in the first. */
function gathered([first, ...others]: readonly TransmitRequest[], hasExtras: boolean): Pick<Packet, 'pieces' | 'frame'> {
  const sizes = [first.size - others.reduce((sum, {size}) => sum + size, 0), ...others.map(({size}) => size)];
  const all = [first, ...others];
  const fits = sizes.every((size, at) => size > 0 && all[at].offset + size <= PAGE);
  if (hasExtras || !fits || first.size < SHORTEST || first.size > LONGEST) return {pieces: [], frame: new Uint8Array()};
  const frame = new Uint8Array(first.size);
  let at = 0;
  return {frame, pieces: all.map(({reference, offset}, index) => ({reference, offset, bytes: frame.subarray(at, at += sizes[index])}))};
}

/** struct netif_tx_response. */
export function transmitResponse({id, extra}: Slot, status: number): Uint8Array {
  const bytes = new Uint8Array(4);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, id, true);
  view.setInt16(2, extra ? RESPONSE_NULL : status, true);
  return bytes;
}
