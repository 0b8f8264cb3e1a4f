// The requests of the block interface as they lie in the ring, in the layout of a 32-bit or a 64-bit guest, which differ by the alignment of
// 64-bit words. Xen, public/io/blkif.h.

export const OPERATION_READ = 0, OPERATION_WRITE = 1, OPERATION_BARRIER = 2, OPERATION_FLUSH = 3;
export const RESPONSE_OKAY = 0, RESPONSE_ERROR = -1, RESPONSE_UNSUPPORTED = -2;
export const MOST_SEGMENTS = 11;

interface Layout {
  readonly slot: number;
  readonly id: number;
  readonly sector: number;
  readonly segments: number;
  /** Of the response. */
  readonly operation: number;
  readonly responseBytes: number;
}

/** Values of the front end's node `protocol`; without it the layout is the back end's own. */
export const BLOCK_LAYOUTS: Readonly<Record<string, Layout>> = {
  'x86_32-abi': {slot: 108, id: 4, sector: 12, segments: 20, operation: 8, responseBytes: 12},
  'x86_64-abi': {slot: 112, id: 8, sector: 16, segments: 24, operation: 8, responseBytes: 16},
};
export const NATIVE_PROTOCOL = 'x86_32-abi';
export type BlockLayout = Layout;

/** struct blkif_request_segment: sectors of 512 bytes of a granted page, both included. */
export interface BlockSegment {
  readonly reference: number;
  readonly first: number;
  readonly last: number;
}

export interface BlockRequest {
  readonly operation: number;
  readonly id: bigint;
  readonly sector: number;
  readonly segmentCount: number;
  /** As many as there is room for, at most. */
  readonly segments: readonly BlockSegment[];
}

export function blockRequestOf(bytes: Uint8Array, layout: Layout): BlockRequest {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const segmentCount = view.getUint8(1);
  return {
    operation: view.getUint8(0), segmentCount, id: view.getBigUint64(layout.id, true), sector: Number(view.getBigUint64(layout.sector, true)),
    segments: Array.from({length: Math.min(segmentCount, MOST_SEGMENTS)}, (_, index) => {
      const at = layout.segments + 8 * index;
      return {reference: view.getUint32(at, true), first: view.getUint8(at + 4), last: view.getUint8(at + 5)};
    }),
  };
}

export function blockResponse({id, operation}: BlockRequest, status: number, layout: Layout): Uint8Array {
  const bytes = new Uint8Array(layout.responseBytes);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, id, true);
  view.setUint8(layout.operation, operation);
  view.setInt16(layout.operation + 2, status, true);
  return bytes;
}
