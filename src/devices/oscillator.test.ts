import test from 'ava';
import {Oscillator} from './oscillator.ts';
import {SteppedClock} from './stepped-clock.ts';

const PIT = 1_193_182;
const rates = [1, 1000, PIT, 1_000_000, 2_930_000_000, 4_999_999_999];
/** Including ten hours, and numbers next to which a rounded quotient would go wrong. */
const ticks = [0, 1, 2, 3, 65535, PIT - 1, PIT, PIT + 1, 36_000 * PIT - 1, 36_000 * PIT, 42_954_551_999];

for (const hertz of rates) {
  const crystal = new Oscillator(new SteppedClock(hertz), PIT);
  test(`tick k of the timer comes at ceil(k * ${hertz} / ${PIT}), exactly`, t => {
    for (const tick of ticks) {
      const exact = (BigInt(tick) * BigInt(hertz) + BigInt(PIT - 1)) / BigInt(PIT);
      t.is(BigInt(crystal.timeOf(tick)), exact, `tick ${tick}`);
    }
  });
  test(`at ${hertz} Hz the tick at a time is floor(time * ${PIT} / ${hertz}), exactly`, t => {
    for (const tick of ticks) {
      for (const time of [crystal.timeOf(tick), crystal.timeOf(tick) + 1, Math.max(0, crystal.timeOf(tick) - 1)]) {
        t.is(BigInt(crystal.tickAt(time)), (BigInt(time) * BigInt(PIT)) / BigInt(hertz), `time ${time}`);
      }
    }
  });
}

for (const hertz of [0, 2 ** 40, 1.5]) {
  test(`a clock of ${hertz} Hz is refused`, t => {
    t.throws(() => new Oscillator(new SteppedClock(hertz), PIT), {instanceOf: RangeError});
  });
}
