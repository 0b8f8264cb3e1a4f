import test from 'ava';
import {median, ratioInterval} from './bootstrap.ts';
import {cliffsDelta, holm, leastP, rankTest} from './rank-test.ts';

const range = (from: number, count: number): number[] => Array.from({length: count}, (_, at) => from + at);

/** Sets and the two-sided exact probability, from counting by hand or tables of the test. */
const ROWS: ReadonlyArray<readonly [title: string, a: readonly number[], b: readonly number[], p: number]> = [
  ['3 below 3: 2 of 20 ways', [1, 2, 3], [4, 5, 6], 0.1],
  ['3 above 3 is the same', [4, 5, 6], [1, 2, 3], 0.1],
  ['5 below 5: 2 of 252 ways', range(1, 5), range(6, 5), 2 / 252],
  ['one out of order of 3 and 3: 4 of 20 ways', [1, 2, 4], [3, 5, 6], 0.2],
  ['all equal', [7, 7, 7], [7, 7, 7], 1],
  ['a tie across the sets: ranks 1, 2.5 against 2.5, 4: 2 of 6 ways below, 2 above, mean apart', [1, 2], [2, 3], 4 / 6],
];

for (const [title, a, b, p] of ROWS) test(`rank test: ${title}`, t => t.true(Math.abs(rankTest(a, b) - p) < 1e-12, String(rankTest(a, b))));

test('the normal approximation meets the exact count where it takes over', t => {
  const a = range(0, 20).map(at => at * 1.7);
  for (const shift of [0.4, 3, 8, 12]) {
    const exact = rankTest(a, a.map(value => value + shift));
    const approximate = rankTest([...a, 1000], a.map(value => value + shift).concat(1001));
    t.true(Math.abs(exact - approximate) < 0.05, `${shift}: ${exact} ${approximate}`);
  }
});

test('sets of one distribution are taken for different in about 5 of 100 cases at 5%', t => {
  let state = 12_345;
  const draw = (): number => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
  let alarms = 0;
  for (let round = 0; round < 2000; round++) if (rankTest(Array.from({length: 8}, draw), Array.from({length: 8}, draw)) < 0.05) alarms++;
  t.true(alarms > 40 && alarms < 130, String(alarms));
});

test("Holm's correction: the smallest times all, each at least the one before", t => {
  t.deepEqual(holm([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02]);
  t.deepEqual(holm([0.9, 0.8]), [1, 1]);
  t.deepEqual(holm([]), []);
});

test("Cliff's delta runs from all below to all above", t => {
  t.deepEqual([cliffsDelta([1, 2], [3, 4]), cliffsDelta([3, 4], [1, 2]), cliffsDelta([1, 4], [2, 3])], [1, -1, 0]);
});

test('the least probability is what the test gives sets wholly apart', t => {
  for (const [a, b] of [[3, 3], [5, 5], [2, 7]]) t.true(Math.abs(leastP(a, b) - rankTest(range(0, a), range(100, b))) < 1e-12);
});

test('the interval of a ratio holds it, is narrow for steady samples and the same every time', t => {
  const a = [10, 10.1, 9.9, 10.05, 9.95];
  const b = a.map(value => value * 1.2);
  const [low, high] = ratioInterval(a, b);
  t.true(low <= 1.2 && 1.2 <= high && low > 1.17 && high < 1.23);
  t.deepEqual(ratioInterval(a, b), [low, high]);
  t.is(median([3, 1, 2]), 2);
  t.is(median([4, 1, 2, 3]), 2.5);
});
