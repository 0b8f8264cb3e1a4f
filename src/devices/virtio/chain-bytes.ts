// The bytes of a chain, copied out of and into guest memory in the order of its segments.
import type {BusMaster} from '../bus.ts';
import {BrokenQueue, type Segment} from './split-queue.ts';

/** Most bytes a request may hold: more is no request but an attack on the host's memory. */
const MOST_BYTES = 64 * 2 ** 20;

export const lengthOf = (segments: readonly Segment[]): number => segments.reduce((sum, {length}) => sum + length, 0);

/** @throws BrokenQueue when a segment is no memory, or all are too long */
export function gather(memory: BusMaster, segments: readonly Segment[]): Uint8Array {
  const length = lengthOf(segments);
  if (length > MOST_BYTES) throw new BrokenQueue(`a request of ${length} bytes`);
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const segment of segments) {
    if (!memory.read(segment.address, bytes.subarray(at, at + segment.length))) throw new BrokenQueue(`a descriptor names address ${segment.address}, where there is no memory`);
    at += segment.length;
  }
  return bytes;
}

/** Fills segments from their start, as far as the bytes go. @throws BrokenQueue */
export function scatter(memory: BusMaster, segments: readonly Segment[], bytes: Uint8Array): void {
  let at = 0;
  for (const {address, length} of segments) {
    const piece = bytes.subarray(at, at + length);
    if (!memory.write(address, piece)) throw new BrokenQueue(`a descriptor names address ${address}, where there is no memory`);
    at += piece.length;
  }
}

/** The last byte of some segments, where a block request's status goes. */
export function splitLast(segments: readonly Segment[]): {readonly before: readonly Segment[]; readonly last: Segment} | null {
  const end = segments.findLast(({length}) => length > 0);
  if (!end) return null;
  const at = segments.lastIndexOf(end);
  const last = {address: end.address + end.length - 1, length: 1};
  return {before: [...segments.slice(0, at), {address: end.address, length: end.length - 1}], last};
}
