// Measured time of two cells: never exact, so it takes a test, an interval and an effect, all pairs corrected together; and it
// means something only between measurements of one computer.
import type {CellResult, Environment} from '../../lab/result.ts';
import {median, ratioInterval} from './bootstrap.ts';
import {cliffsDelta, holm, rankTest} from './rank-test.ts';

export const SIGNIFICANCE = 0.05;

interface Measured {
  readonly samples: number;
  readonly median: number;
}

export interface TimeComparison {
  readonly a: Measured;
  readonly b: Measured;
  /** Median of b over median of a, with its 95% interval. */
  readonly ratio: number;
  readonly interval: readonly [number, number];
  /** Cliff's delta: 1 where every sample of b took longer. */
  readonly effect: number;
  readonly p: number;
  /** p corrected by Holm's method over all pairs of the comparison. */
  readonly adjustedP: number;
  readonly significant: boolean;
}

export type TimeOutcome = TimeComparison | {readonly notCompared: string} | null;

const FINGERPRINT = ['cpuModel', 'cpuCount', 'platform', 'node'] as const;

/** Why times of the two runs cannot be compared, or null. */
export function otherComputer(a: Environment, b: Environment): string | null {
  const different = FINGERPRINT.filter(name => a[name] !== b[name]).map(name => `${name} ${a[name]} against ${b[name]}`);
  return different.length === 0 ? null : `measured on different computers: ${different.join(', ')}`;
}

export interface TimedPair {
  readonly a: CellResult;
  readonly b: CellResult;
}

const samplesOf = ({measured}: CellResult): readonly number[] => measured?.samplesMs ?? [];

function reasonAgainst({a, b}: TimedPair, elsewhere: string | null): string | null {
  if (a.measured === null || b.measured === null) return 'not measured on both sides';
  if (elsewhere !== null) return elsewhere;
  if (samplesOf(a).length < 2 || samplesOf(b).length < 2) return 'fewer than two samples are kept on one side';
  return null;
}

/** In the order of `pairs`; null where neither side was measured. */
export function compareTimes(pairs: readonly TimedPair[], elsewhere: string | null): TimeOutcome[] {
  const reasons = pairs.map(pair => reasonAgainst(pair, elsewhere));
  const asked = pairs.flatMap((pair, at) => (reasons[at] === null ? [{at, p: rankTest(samplesOf(pair.a), samplesOf(pair.b))}] : []));
  const adjusted = new Map(holm(asked.map(({p}) => p)).map((value, rank) => [asked[rank].at, {p: asked[rank].p, adjustedP: value}]));
  return pairs.map((pair, at) => {
    if (pair.a.measured === null && pair.b.measured === null) return null;
    const probability = adjusted.get(at);
    return probability ? timed(pair, probability) : {notCompared: reasons[at]!};
  });
}

function timed({a, b}: TimedPair, probability: {readonly p: number; readonly adjustedP: number}): TimeComparison {
  const [before, after] = [samplesOf(a), samplesOf(b)];
  return {
    a: {samples: before.length, median: median(before)}, b: {samples: after.length, median: median(after)},
    ratio: median(after) / median(before), interval: ratioInterval(before, after), effect: cliffsDelta(before, after), ...probability,
    significant: probability.adjustedP < SIGNIFICANCE,
  };
}
