// Whether two sets of measurements differ: the Mann-Whitney rank test (Mann and Whitney 1947, ties by mid-ranks), exact by
// counting for small sets and by the normal approximation beyond; Cliff's delta as the size of the effect (Cliff 1993); and
// Holm's correction for asking many questions at once (Holm 1979).

/** Both sets together: more than this many are left to the normal approximation. */
const EXACT_SIZE = 40;

/** Twice the mid-rank of each value, so that ties stay whole numbers. */
function doubledRanks(values: readonly number[]): number[] {
  const order = values.map((_, at) => at).toSorted((x, y) => values[x] - values[y]);
  const ranks: number[] = [];
  for (let first = 0; first < order.length;) {
    let next = first;
    while (next < order.length && values[order[next]] === values[order[first]]) next++;
    for (let at = first; at < next; at++) ranks[order[at]] = first + 1 + next;
    first = next;
  }
  return ranks;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Probability of a rank sum at least this far from its mean, over all ways of drawing `drawn` of the ranks. */
function exactP(ranks: readonly number[], drawn: number, observed: number): number {
  const total = sum(ranks);
  const ways = Array.from({length: drawn + 1}, () => new Float64Array(total + 1));
  ways[0][0] = 1;
  for (const rank of ranks) {
    for (let size = drawn; size > 0; size--) for (let at = total; at >= rank; at--) ways[size][at] += ways[size - 1][at - rank];
  }
  const mean = (total * drawn) / ranks.length;
  const far = Math.abs(observed - mean) - 1e-9;
  const all = ways[drawn].reduce((a, b) => a + b, 0);
  return ways[drawn].reduce((count, each, at) => count + (Math.abs(at - mean) >= far ? each : 0), 0) / all;
}

/** Upper tail of the normal distribution (Abramowitz and Stegun 1964, 7.1.26). */
function upperTail(z: number): number {
  const x = z / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const polynomial = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return 0.5 * polynomial * Math.exp(-x * x);
}

function normalP(ranks: readonly number[], drawn: number, observed: number): number {
  const n = ranks.length;
  const mean = (sum(ranks) * drawn) / n;
  const variance = (drawn * (n - drawn) * sum(ranks.map(rank => (rank - (n + 1)) ** 2))) / (n * (n - 1));
  if (variance === 0) return 1;
  return Math.min(1, 2 * upperTail(Math.max(0, Math.abs(observed - mean) - 1) / Math.sqrt(variance)));
}

/** Two-sided probability that sets so far apart come from one distribution. */
export function rankTest(a: readonly number[], b: readonly number[]): number {
  const ranks = doubledRanks([...a, ...b]);
  const observed = sum(ranks.slice(0, a.length));
  return ranks.length <= EXACT_SIZE ? exactP(ranks, a.length, observed) : normalP(ranks, a.length, observed);
}

/** The least probability that sets of these sizes can come to, however far apart they are. */
export function leastP(a: number, b: number): number {
  let ways = 1;
  for (let at = 1; at <= Math.min(a, b); at++) ways *= (Math.max(a, b) + at) / at;
  return Math.min(1, 2 / ways);
}

/** How much more often a value of `b` exceeds one of `a` than the reverse: -1 to 1. */
export function cliffsDelta(a: readonly number[], b: readonly number[]): number {
  const above = sum(a.map(x => sum(b.map(y => Math.sign(y - x)))));
  return above / (a.length * b.length);
}

/** Probabilities adjusted so that all may be read at one level, in the order given. */
export function holm(probabilities: readonly number[]): number[] {
  const order = probabilities.map((_, at) => at).toSorted((x, y) => probabilities[x] - probabilities[y]);
  const adjusted: number[] = [];
  let largest = 0;
  for (const [rank, at] of order.entries()) {
    largest = Math.max(largest, Math.min(1, probabilities[at] * (order.length - rank)));
    adjusted[at] = largest;
  }
  return adjusted;
}
