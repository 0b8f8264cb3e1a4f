import test from 'ava';
import {formatCount, formatCycles, formatDuration, formatEach, formatMs, formatNumbered, formatPerOperation, formatShare, formatSlowdown} from './format.ts';

const rows: readonly [(value: number) => string, readonly [number, string][]][] = [
  [formatCount, [[0, '0'], [999, '999'], [1000, '1,000'], [12_700, '12,700'], [1_234_567, '1,234,567'], [-1500, '-1,500']]],
  [formatCycles, [[391, '391'], [9_999_999, '9,999,999'], [12_345_678, '12.3M'], [1_234_567_890, '1,234.6M'], [45_600_000_000, '45.6G']]],
  [formatPerOperation, [[0, '0'], [2, '2'], [12_700, '12,700'], [1.5, '1.5'], [0.04, '<0.1'], [0.06, '0.1'], [2_000.04, '2,000.0']]],
  [formatSlowdown, [[1, '1.00x'], [0.984, '0.98x'], [15.716, '15.72x'], [132.46, '132.5x'], [1234.4, '1,234x']]],
  [formatMs, [[0.1239, '0.124 ms'], [3.214, '3.21 ms'], [140.4, '140 ms']]],
  [formatDuration, [[0, '0.0 s'], [420, '0.4 s'], [9949, '9.9 s'], [9960, '10 s'], [59_600, '1 min 00 s'], [185_000, '3 min 05 s']]],
  [(value) => formatNumbered(value, 'cell'), [[1, '1 cell'], [0, '0 cells'], [1200, '1,200 cells']]],
  [(value) => formatEach(value, 'switch', 'switches'), [[1, '1 switch'], [0.5, '0.5 switches'], [2, '2 switches']]],
];

for (const [format, cases] of rows) {
  for (const [value, expected] of cases) {
    test(`${value} is written ${expected} (${rows.findIndex(([each]) => each === format)})`, (t) => t.is(format(value), expected));
  }
}

test('a share never shows a false zero nor a false whole', (t) => {
  t.deepEqual([formatShare(0, 0), formatShare(0, 9), formatShare(1, 1e6), formatShare(1, 8), formatShare(9, 9)], ['0%', '0%', '<0.1%', '12.5%', '100%']);
});
