// What a guest may put into its descriptor tables: code and data outside ring 0 that end below Xen, nothing of the system's.
// Xen 3, arch/x86/x86_32/mm.c, check_descriptor.
import {
  DESCRIPTOR_CODE, DESCRIPTOR_EXPAND_DOWN, DESCRIPTOR_GRANULARITY, DESCRIPTOR_PRESENT, DESCRIPTOR_S, descriptorBase, descriptorDpl, descriptorType,
} from '../../x86/descriptors.ts';
import {SEGMENT_END} from './abi.ts';

export interface CheckedDescriptor {
  readonly low: number;
  readonly high: number;
}

const RING_1 = 1 << 13;
const DPL = 3 << 13;
const LIMIT_HIGH = 0x000f_0000;

/** The descriptor as the guest may have it, or null when it may not. A ring-0 one becomes ring 1, a limit is cut. */
export function checkDescriptor(low: number, high: number): CheckedDescriptor | null {
  if ((high & DESCRIPTOR_PRESENT) === 0) return {low, high};
  const deprivileged = descriptorDpl(high) < 1 ? (high & ~DPL) | RING_1 : high;
  if ((high & DESCRIPTOR_S) === 0) return checkSystem(low, deprivileged);
  const base = descriptorBase(low, high) >>> 0;
  if (base >= SEGMENT_END - 4096) return null;
  const expandDown = (high & (DESCRIPTOR_CODE | DESCRIPTOR_EXPAND_DOWN)) === DESCRIPTOR_EXPAND_DOWN;
  const limit = sizeOf(low, high);
  return expandDown ? checkExpandDown({low, high: deprivileged, base, limit}) : checkExpandUp({low, high: deprivileged, base, limit});
}

/**
 * Type 0 does no harm. Deviation: call gates, which Xen allows after a check of their selector, are refused: the modelled
 * processor has none.
 */
const checkSystem = (low: number, high: number): CheckedDescriptor | null => (descriptorType(high) === 0 ? {low, high} : null);

interface Extent extends CheckedDescriptor {
  readonly base: number;
  /** Bytes, one more than the limit. */
  readonly limit: number;
}

const sizeOf = (low: number, high: number): number => {
  const field = ((low & 0xffff) | (high & LIMIT_HIGH)) + 1;
  return (high & DESCRIPTOR_GRANULARITY) !== 0 ? field * 4096 : field;
};

function checkExpandUp({low, high, base, limit}: Extent): CheckedDescriptor | null {
  return base + limit <= SEGMENT_END ? {low, high} : truncated(low, high, SEGMENT_END - base);
}

/** Offsets above the limit, up to 4 GiB: they wrap around, and must end below the base. */
function checkExpandDown({low, high, base, limit}: Extent): CheckedDescriptor | null {
  return base + limit >= 2 ** 32 ? {low, high} : truncated(low, high, 2 ** 32 - (base & ~0xfff) >>> 0);
}

function truncated(low: number, high: number, size: number): CheckedDescriptor | null {
  if ((high & DESCRIPTOR_GRANULARITY) === 0) return null;
  const field = Math.floor(size / 4096) - 1;
  return {low: (low & ~0xffff) | (field & 0xffff), high: (high & ~LIMIT_HIGH) | (field & LIMIT_HIGH)};
}
