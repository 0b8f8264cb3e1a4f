// How a guest's four rings lie in the processor's. In the 0/1/3 model the guest's kernel runs in ring 1, in the 0/3 model in
// ring 3 beside its programs. What a descriptor becomes in either, and which part of a segment the guest may reach directly.
// Intel SDM vol. 3A, 3.4.5 Segment Descriptors and 5.3 Limit Checking.
import {
  DESCRIPTOR_CODE, DESCRIPTOR_CONFORMING, DESCRIPTOR_DB, DESCRIPTOR_EXPAND_DOWN, DESCRIPTOR_S, descriptorDpl,
} from '../../x86/descriptors.ts';

/** First linear address of the VMM. */
export const MONITOR_BASE = 0xffc0_0000;
/** A page of the VMM's region that holds nothing and is never mapped. */
export const UNMAPPED_PAGE = 0xffff_f000;

export interface RingModel {
  /** Processor ring of the guest's ring 0. */
  readonly kernelRing: 1 | 3;
  /** Code that ring 3 may run is kept not present, so that an IRET to it raises #NP and comes to the VMM. */
  readonly trapIret: boolean;
}

export const RINGS_0_1_3: RingModel = {kernelRing: 1, trapIret: false};

/**
 * The shadow tables a ring of the guest runs on. Guests in ring 1 or 2 run on none: every load of a segment register comes to
 * the VMM, because the processor cannot tell their ring from the kernel's.
 */
export type View = 'kernel' | 'user' | 'none';

export function viewOf({kernelRing}: RingModel, ring: number): View {
  if (ring === 1 || ring === 2) return 'none';
  return ring === 3 && kernelRing === 3 ? 'user' : 'kernel';
}

/** The processor's ring for one of the guest's. */
export function compressedRing(ring: number, {kernelRing}: RingModel = RINGS_0_1_3): number {
  if (kernelRing === 3) return 3;
  return ring === 0 ? 1 : ring;
}

const DPL_SHIFT = 13;

/** Attributes with the compressed privilege. A program's view in the 0/3 model keeps it, so that it cannot load its kernel's segments. */
export function compressedAttributes(attributes: number, model: RingModel = RINGS_0_1_3, view: View = 'kernel'): number {
  if ((attributes & DESCRIPTOR_S) === 0 || view === 'user') return attributes;
  return (attributes & ~(3 << DPL_SHIFT)) | (compressedRing(descriptorDpl(attributes), model) << DPL_SHIFT);
}

/** Whether the processor would take a descriptor for one of the kernel's although it belongs to a ring between. */
export function isBetween(high: number, {kernelRing}: RingModel, view: View): boolean {
  const ring = descriptorDpl(high);
  return view === 'kernel' && (ring === 1 || (ring === 2 && kernelRing === 3));
}

/** Code that an IRET to ring 3 may go to. */
export function runsInRing3(high: number): boolean {
  return (high & DESCRIPTOR_CODE) !== 0 && (descriptorDpl(high) === 3 || (high & DESCRIPTOR_CONFORMING) !== 0);
}

const LAST_BYTE = MONITOR_BASE - 1;
/** Descriptors say limits above this in pages. */
const LONGEST_IN_BYTES = 0xf_ffff;
/** No part of the segment is reached directly. */
export const NOTHING = -1;

/** The largest limit under which no byte of a segment lies in the VMM's region, or `NOTHING`. */
export function reachableLimit(base: number, limit: number, attributes: number): number {
  const from = base >>> 0;
  if ((attributes & (DESCRIPTOR_CODE | DESCRIPTOR_EXPAND_DOWN)) === DESCRIPTOR_EXPAND_DOWN) return reachableDown(from, limit, attributes);
  const most = LAST_BYTE - from;
  if (limit <= most) return limit;
  if (most < 0) return NOTHING;
  return most > LONGEST_IN_BYTES ? ((most + 1) & -4096) - 1 >>> 0 : most;
}

/** Why all or nothing: the upper bound of an expand-down segment is not in its descriptor, so it cannot be lowered. */
function reachableDown(from: number, limit: number, attributes: number): number {
  const upper = attributes & DESCRIPTOR_DB ? 0xffff_ffff : 0xffff;
  const first = (from + limit + 1) % 2 ** 32;
  return upper <= limit || first + (upper - limit) <= MONITOR_BASE ? limit : NOTHING;
}

/** A limit that ends below the VMM, where at least one byte of the segment does. */
export const truncatedLimit = (base: number, limit: number, attributes: number): number => {
  const reachable = reachableLimit(base, limit, attributes);
  return reachable === NOTHING ? 0 : reachable;
};
