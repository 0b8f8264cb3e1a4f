// Feature bits of the ring and of the transport, as numbers. OASIS virtio 1.2, chapter 6 Reserved Feature Bits.

export const INDIRECT_DESCRIPTORS = 28;
export const EVENT_INDEX = 29;
export const VERSION_1 = 32;
export const ANY_LAYOUT = 27;

/** Feature sets are 64 bits wide; kept as a set of numbers, which no arithmetic can truncate. */
export type FeatureSet = ReadonlySet<number>;

/** One of the two 32-bit halves of a feature set, as registers show it. */
export function halfOf(features: FeatureSet, half: number): number {
  let bits = 0;
  for (const feature of features) if (feature >>> 5 === half) bits |= 1 << (feature & 31);
  return bits >>> 0;
}

/** The features a driver wrote, of those that were offered. */
export function accepted(offered: FeatureSet, halves: readonly [low: number, high: number]): FeatureSet {
  return new Set([...offered].filter(feature => feature < 64 && (halves[feature >>> 5] & (1 << (feature & 31))) !== 0));
}

export const STATUS_ACKNOWLEDGE = 1, STATUS_DRIVER = 2, STATUS_DRIVER_OK = 4, STATUS_FEATURES_OK = 8, STATUS_NEEDS_RESET = 64, STATUS_FAILED = 128;
