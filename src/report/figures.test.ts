import test from 'ava';
import {estimatedCycles, exitGroups, failure, formatParams, isComparable, isExit, perOperation, rankedCategories} from './figures.ts';
import {refusedCell, testingCell} from './testing-run.ts';

const TECHNIQUE = 'hardware-assisted+shadow[policy=unsync]+emulated@hypervisor';

for (const [from, to, expected] of [
  ['guest-user', 'vmm', true], ['guest-kernel', 'host-kernel', true], ['guest-user', 'guest-kernel', false],
  ['guest-kernel', 'guest-user', false], ['vmm', 'guest-kernel', false], ['vmm', 'host-user', false],
] as const) {
  test(`${from} to ${to} is ${expected ? 'an' : 'no'} exit`, (t) => {
    t.is(isExit({from, to, kind: 'fault', reason: 'x', detail: '', count: 1}), expected);
  });
}

test('exits are grouped by reason and detail over both guest contexts', (t) => {
  const edge = {to: 'vmm', kind: 'exit', reason: 'CPUID', detail: ''} as const;
  const cell = testingCell('cpuid', 'native', 'nehalem-2009', {switches: [
    {...edge, from: 'guest-user', count: 2}, {...edge, from: 'guest-kernel', count: 3},
    {...edge, from: 'guest-user', reason: 'HLT', count: 9}, {...edge, from: 'vmm', to: 'guest-user', kind: 'return', count: 14},
  ]});
  t.deepEqual(exitGroups(cell).map(({reason, count}) => [reason, count]), [['HLT', 9], ['CPUID', 5]]);
});

test('what rests on estimates is the cycles of events graded so', (t) => {
  const cell = testingCell('in', TECHNIQUE, 'nehalem-2009');
  t.is(estimatedCycles(cell), 900 * (2 * 12 + 180));
  t.deepEqual(rankedCategories(cell).map(([category]) => category), ['world-switch', 'vmm', 'page-walk', 'guest']);
});

test('failed is another outcome, or another exit code than bare metal; refused is not failed', (t) => {
  const native = testingCell('in', 'native', 'nehalem-2009');
  const cell = testingCell('in', TECHNIQUE, 'nehalem-2009');
  const verdicts = [cell, {...cell, exitCode: 35}, {...cell, outcome: 'deadlock'}, refusedCell('in', TECHNIQUE, {host: 'x', reason: 'y'})] as const;
  t.deepEqual(verdicts.map((each) => failure(each, native)), [null, 'exit 35', 'deadlock', null]);
  t.deepEqual(verdicts.map((each) => isComparable(each, native)), [true, false, false, false]);
  t.is(failure({...cell, exitCode: 35}, null), null);
  t.false(isComparable({...cell, equivalence: {verdict: 'not-equivalent', clock: 'cycles', detail: ''}}, native));
});

test('per operation needs operations', (t) => {
  const cell = testingCell('in', TECHNIQUE, 'nehalem-2009');
  t.is(perOperation(cell, 1800), 2);
  t.is(perOperation({...cell, perOperation: null}, 1800), null);
});

test('parameters are named in order', (t) => t.is(formatParams({size: 64, accessed: 0, mode: 'read'}), 'accessed=0,mode=read,size=64'));
