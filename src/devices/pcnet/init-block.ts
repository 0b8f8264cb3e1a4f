// The initialization block: mode, addresses and rings, in one of two layouts. AMD 19436, Initialization Block (SSIZE32).
import type {BusMaster} from '../bus.ts';

export interface InitBlock {
  readonly mode: number;
  readonly address: Uint8Array;
  readonly filter: Uint8Array;
  readonly receive: {readonly base: number; readonly entries: number};
  readonly transmit: {readonly base: number; readonly entries: number};
}

/** A ring of 32-bit structures has at most 512 entries. */
const MOST_LOG = 9;
const entriesOf = (log: number): number => 1 << Math.min(log, MOST_LOG);

/** Null when memory does not answer. */
export function readInitBlock(memory: BusMaster, at: number, wide: boolean): InitBlock | null {
  const raw = new Uint8Array(wide ? 28 : 24), view = new DataView(raw.buffer);
  if (!memory.read(at, raw)) return null;
  return wide ? wideBlock(raw, view) : narrowBlock(raw, view);
}

const wideBlock = (raw: Uint8Array, view: DataView): InitBlock => ({
  mode: view.getUint16(0, true), address: raw.slice(4, 10), filter: raw.slice(12, 20),
  receive: {base: view.getUint32(20, true), entries: entriesOf(raw[2] >>> 4)},
  transmit: {base: view.getUint32(24, true), entries: entriesOf(raw[3] >>> 4)},
});

/** The logarithm of a ring's length stands in the three highest bits of its address. */
const narrowBlock = (raw: Uint8Array, view: DataView): InitBlock => ({
  mode: view.getUint16(0, true), address: raw.slice(2, 8), filter: raw.slice(8, 16),
  receive: {base: view.getUint32(16, true) & 0xff_ffff, entries: entriesOf(raw[19] >>> 5)},
  transmit: {base: view.getUint32(20, true) & 0xff_ffff, entries: entriesOf(raw[23] >>> 5)},
});
