// The priority resolver of the 8259A: which of several levels ranks highest while the ring of priorities stands rotated.

/** No level at all; ranks below every level. */
export const NONE = 8;

/** The rank of a level, 0 = highest, when `lowest` holds the lowest priority. */
export function rank(level: number, lowest: number): number {
  return level === NONE ? NONE : (level - lowest - 1) & 7;
}

/** The highest-ranking level set in `levels`, or NONE. */
export function highest(levels: number, lowest: number): number {
  for (let step = 1; step <= 8; step++) {
    const level = (lowest + step) & 7;
    if ((levels & (1 << level)) !== 0) return level;
  }
  return NONE;
}
