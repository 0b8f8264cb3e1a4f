// A 95% interval for the ratio of two medians by the percentile bootstrap (Efron 1979), drawn from a seeded generator, so that
// the same measurements always give the same interval.

const RESAMPLES = 2000;

/** Numbers from 0 to 1 from a 32-bit state (Marsaglia's xorshift, 2003). */
function generator(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

export function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).toSorted();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Lower and upper end of the interval for median(b) / median(a). */
export function ratioInterval(a: readonly number[], b: readonly number[], seed = 20_051_122): readonly [number, number] {
  const draw = generator(seed);
  const again = (values: readonly number[]): number => median(values.map(() => values[Math.floor(draw() * values.length)]));
  const ratios = Float64Array.from({length: RESAMPLES}, () => again(b) / again(a)).toSorted();
  return [ratios[Math.floor(RESAMPLES * 0.025)], ratios[Math.ceil(RESAMPLES * 0.975) - 1]];
}
