// What the card does to a frame on its way out: checksums put in, a long TCP segment cut into many. Intel 317453, 3.3.6 and 3.5 (TCP
// segmentation), context descriptors in 3.3.6.

/** A context descriptor: where headers begin and checksums go. */
export interface OffloadContext {
  readonly ip: {readonly start: number; readonly offset: number; readonly end: number};
  readonly transport: {readonly start: number; readonly offset: number; readonly end: number};
  readonly payload: number;
  readonly header: number;
  readonly segment: number;
  readonly isTcp: boolean;
  readonly isIpv4: boolean;
}

export function contextOf(view: DataView): OffloadContext {
  const command = view.getUint32(8, true);
  return {
    ip: {start: view.getUint8(0), offset: view.getUint8(1), end: view.getUint16(2, true)},
    transport: {start: view.getUint8(4), offset: view.getUint8(5), end: view.getUint16(6, true)},
    payload: command & 0xf_ffff, isTcp: ((command >>> 24) & 1) !== 0, isIpv4: ((command >>> 24) & 2) !== 0,
    header: view.getUint8(13), segment: view.getUint16(14, true),
  };
}

/** Puts a checksum over start..end at an offset, over what the driver left there. RFC 1071. */
export function putChecksum(frame: Uint8Array, {start, offset, end}: OffloadContext['ip']): void {
  const last = end === 0 ? frame.length - 1 : Math.min(end, frame.length - 1);
  if (offset + 1 >= frame.length || start > last) return;
  let sum = 0;
  for (let at = start; at <= last; at += 2) sum += (frame[at] << 8) | (at + 1 <= last ? frame[at + 1] : 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  frame[offset] = (~sum >>> 8) & 0xff;
  frame[offset + 1] = ~sum & 0xff;
}

/** Cuts a frame into segments, each with the header brought up to date: lengths, identification, sequence number, flags. */
export function segments(frame: Uint8Array, context: OffloadContext): Uint8Array[] {
  const {header, segment} = context;
  if (segment === 0 || header >= frame.length) return [frame];
  const pieces: Uint8Array[] = [];
  for (let at = header; at < frame.length; at += segment) {
    const piece = new Uint8Array(header + Math.min(segment, frame.length - at));
    piece.set(frame.subarray(0, header));
    piece.set(frame.subarray(at, at + segment), header);
    updateHeader(piece, context, {number: pieces.length, sent: at - header, last: at + segment >= frame.length});
    pieces.push(piece);
  }
  return pieces;
}

const FIN_AND_PUSH = 0x09;

function updateHeader(piece: Uint8Array, {ip, transport, isTcp, isIpv4}: OffloadContext, {number, sent, last}: {number: number; sent: number; last: boolean}): void {
  const view = new DataView(piece.buffer);
  if (piece.length < transport.start + 20 || piece.length < ip.start + 6 || piece.length < transport.offset + 2) return;
  if (isIpv4) {
    view.setUint16(ip.start + 2, piece.length - ip.start);
    view.setUint16(ip.start + 4, view.getUint16(ip.start + 4) + number);
  } else view.setUint16(ip.start + 4, piece.length - ip.start - 40);
  const length = piece.length - transport.start;
  if (isTcp) {
    view.setUint32(transport.start + 4, view.getUint32(transport.start + 4) + sent);
    if (!last) piece[transport.start + 13] &= ~FIN_AND_PUSH;
  } else view.setUint16(transport.start + 4, length);
  // The driver leaves the pseudo-header's sum without the length in the checksum field.
  const sum = view.getUint16(transport.offset) + length;
  view.setUint16(transport.offset, (sum & 0xffff) + (sum >>> 16));
}
