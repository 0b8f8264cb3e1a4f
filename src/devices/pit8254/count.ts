// How the counting element of one 8254 counter runs down, mode by mode, as functions of the CLK pulses since it was
// loaded. Intel 82C54 datasheet (231244), "Mode Definitions". Programming and gates are in `counter.ts`.

export type Mode = 0 | 1 | 2 | 3 | 4 | 5;

/** One load of the counting element. */
export interface Run {
  /** The CLK pulse that loaded it. In mode 3 after a reload in mid-wave: where its high half would have begun. */
  readonly at: number;
  /** The count loaded, 1 to 65536. */
  readonly count: number;
}

/** A change of OUT that the interrupt controller can see. A pulse is the single low CLK of modes 2, 4 and 5. */
export interface Edge {
  readonly tick: number;
  readonly kind: 'rise' | 'fall' | 'pulse';
}

/** CLK pulses for which mode 3 holds OUT high: half the count, the odd one included. */
export const highHalf = (count: number): number => (count + 1) >>> 1;

/** OUT, `elapsed` CLK pulses after the load. */
export function outLevel(mode: Mode, count: number, elapsed: number): boolean {
  switch (mode) {
    case 0:
    case 1:
      return elapsed >= count;
    case 2:
      return elapsed % count !== count - 1;
    case 3:
      return elapsed % count < highHalf(count);
    default:
      return elapsed !== count;
  }
}

/**
 * The counting element, `elapsed` CLK pulses after the load, in the range of the counter.
 * @param modulus 65536, or 10000 in BCD
 */
export function countingElement(mode: Mode, {count, elapsed, modulus}: {count: number; elapsed: number; modulus: number}): number {
  const left = mode === 2 ? count - (elapsed % count) : mode === 3 ? squareWave(count, elapsed % count) : count - elapsed;
  return ((left % modulus) + modulus) % modulus;
}

/** Mode 3 counts an even number down by two, twice for each wave. */
function squareWave(count: number, phase: number): number {
  const inHalf = phase < highHalf(count) ? phase : phase - highHalf(count);
  return (count & ~1) - 2 * inHalf;
}

/** The pulse at which a periodic mode reloads next, after `elapsed` of this run: the end of a period, in mode 3 of a half. */
export function nextReload(mode: 2 | 3, {at, count}: Run, elapsed: number): number {
  const period = at + elapsed - (elapsed % count);
  const inHighHalf = mode === 3 && elapsed % count < highHalf(count);
  return period + (inHighHalf ? highHalf(count) : count);
}

/** The next edge of OUT after `elapsed` pulses of this run, or null when OUT stays as it is. */
export function nextEdge(mode: Mode, run: Run, elapsed: number): Edge | null {
  const expiry = run.at + run.count;
  switch (mode) {
    case 0:
    case 1:
      return elapsed < run.count ? {tick: expiry, kind: 'rise'} : null;
    case 2:
      return {tick: nextReload(2, run, elapsed), kind: 'pulse'};
    case 3:
      return {tick: nextReload(3, run, elapsed), kind: elapsed % run.count < highHalf(run.count) ? 'fall' : 'rise'};
    default:
      return elapsed <= run.count ? {tick: expiry + 1, kind: 'pulse'} : null;
  }
}
