import test from 'ava';
import {highest, NONE, rank} from './priority.ts';

const rows: Array<[levels: number, lowest: number, result: number]> = [
  [0b0000_0000, 7, NONE],
  [0b1111_1111, 7, 0],
  [0b1000_0000, 7, 7],
  [0b0001_0001, 3, 4],
  [0b0000_1001, 3, 0],
  [0b0000_1000, 3, 3],
  [0b1111_1111, 0, 1],
];
for (const [levels, lowest, result] of rows) {
  test(`of levels ${levels.toString(2).padStart(8, '0')} with ${lowest} lowest, ${result} ranks highest`, t => {
    t.is(highest(levels, lowest), result);
  });
}

test('ranks run from the level after the lowest; no level ranks last', t => {
  t.deepEqual([4, 5, 6, 7, 0, 1, 2, 3].map(level => rank(level, 3)), [0, 1, 2, 3, 4, 5, 6, 7]);
  t.is(rank(NONE, 3), 8);
});
