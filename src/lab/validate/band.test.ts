import test from 'ava';
import {around, atLeast, atMost, BELOW_ONE, between, contains, exactly, type Band} from './band.ts';

const ROWS: ReadonlyArray<readonly [name: string, band: Band, inside: readonly number[], outside: readonly number[]]> = [
  ['a range holds its ends', between(25, 40), [25, 32.6, 40], [24.999, 40.001]],
  ['a published value with its per cent', around(8, 25), [6, 8, 10], [5.99, 10.01]],
  ['a count', exactly(2), [2], [1, 1.999, 2.001, 3]],
  ['an upper end', atMost(1.05), [-1, 0, 1.05], [1.051, Infinity]],
  ['a lower end', atLeast(10), [10, 1e9], [9.99, -Infinity]],
  ['an ordering: equal is not below', BELOW_ONE, [0.999999, 0], [1, 1.5]],
];

for (const [name, band, inside, outside] of ROWS) {
  test(`${name} (${band.text})`, t => {
    t.deepEqual(inside.filter(value => !contains(band, value)), []);
    t.deepEqual([...outside, Number.NaN].filter(value => contains(band, value)), []);
  });
}

test('a band is printed with three digits at most', t => {
  t.is(around(6.15, 25).text, '4.61 to 7.69');
  t.is(exactly(14).text, 'exactly 14');
});
