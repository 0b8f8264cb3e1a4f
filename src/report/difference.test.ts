import test from 'ava';
import {differences} from './difference.ts';
import {testingCell} from './testing-run.ts';

const shadow = testingCell('pgfault', 'hardware-assisted+shadow[policy=unsync]+emulated@hypervisor', 'nehalem-2009');
const nested = testingCell('pgfault', 'hardware-assisted+nested+emulated@hypervisor', 'nehalem-2009');

test('figures of both sides per operation, the largest difference first', t => {
  const found = differences(nested, shadow);
  t.true(found.each);
  t.deepEqual(found.exits, {name: 'exits', a: 0, b: 2});
  t.deepEqual(found.byExit.map(({name, a, b}) => [name, a, b]), [['EXCEPTION_NMI pf-hidden', 0, 1], ['EXCEPTION_NMI pf-true', 0, 1]]);
  const gaps = found.byCost.map(({a, b}) => Math.abs(a - b));
  t.deepEqual(gaps, gaps.toSorted((x, y) => y - x));
  t.is(found.byCost[0].name, 'vm_exit');
});

test('categories and costs both add up to the difference in cycles', t => {
  const {cycles, byCategory, byCost} = differences(nested, shadow);
  for (const rows of [byCategory, byCost]) {
    t.is(rows.reduce((sum, {a, b}) => sum + b - a, 0), cycles.b - cycles.a);
  }
});

test('without operations on one side the figures are of the region', t => {
  const found = differences({...nested, perOperation: null}, shadow);
  t.false(found.each);
  t.is(found.cycles.b, shadow.cycles.region);
});
