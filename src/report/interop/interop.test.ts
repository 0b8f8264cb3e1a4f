import test from 'ava';
import type {CellResult} from '../../lab/result.ts';
import {refusedCell, testingCell, testingRun} from '../testing-run.ts';
import {formatBencher} from './bencher.ts';
import {formatBenchmarkAction} from './benchmark-action.ts';
import {formatJunit} from './junit.ts';

const HOST = 'nehalem-2009';
const SHADOW = 'hardware-assisted+shadow[policy=unsync]+emulated@hypervisor';
const native = testingCell('pgfault', 'native', HOST);
const shadow = {...testingCell('pgfault', SHADOW, HOST), measured: {samples: 3, meanMs: 2, p99Ms: 2.5, rme: 10}};
const changed = (technique: string, changes: Partial<CellResult>): CellResult => ({...shadow, technique: {...shadow.technique, name: `${technique}+shadow+emulated@hypervisor`}, ...changes});
const different = {...shadow.equivalence, verdict: 'not-equivalent' as const, detail: 'eip <0x10> & "more"\u0000'};
const cells = [
  native, shadow, changed('claims', {equivalence: different}), changed('admits', {equivalence: different, claimsEquivalence: false}),
  changed('falls', {outcome: 'triple-fault', reason: 'no stack'}), changed('breaks', {outcome: 'error', reason: 'a hook threw'}),
  refusedCell('pgfault', 'hardware-assisted+nested+emulated@hypervisor', {host: HOST, reason: 'lacks it'}),
];

test('Bencher: benchmark, measure, value; only cells whose figures count', t => {
  const document = JSON.parse(formatBencher(testingRun(cells))) as Record<string, Record<string, Record<string, number>>>;
  t.deepEqual(Object.keys(document), [`pgfault | native | ${HOST}`, `pgfault | ${SHADOW} | ${HOST}`]);
  const measures = document[`pgfault | ${SHADOW} | ${HOST}`];
  t.deepEqual(measures['modelled-cycles'], {value: shadow.cycles.region});
  t.deepEqual(measures['exits'], {value: 1800});
  t.deepEqual(measures['latency'], {value: 2e6, lower_value: 1.8e6, upper_value: 2.2e6});
});

test('github-action-benchmark: a list of name, unit, value; a range only for what was measured', t => {
  const list = JSON.parse(formatBenchmarkAction(testingRun(cells))) as {name: string; unit: string; value: number; range?: string}[];
  t.is(list.length, 7);
  t.deepEqual(list.map(({range}) => range !== undefined), [false, false, false, false, false, false, true]);
  t.deepEqual(list.at(-1), {name: `pgfault | ${SHADOW} | ${HOST} | measured time`, unit: 'ms', value: 2, range: '± 0.200', extra: '3 samples'} as object);
});

const CASES: ReadonlyArray<readonly [technique: string, kind: string | null, message?: RegExp]> = [
  ['native', null], [SHADOW, null], ['claims+shadow+emulated@hypervisor', 'failure', /^not-equivalent: eip &lt;0x10&gt; &amp; &quot;more&quot;\\x00$/],
  ['admits+shadow+emulated@hypervisor', 'skipped', /\(equivalence is not claimed\)/], ['falls+shadow+emulated@hypervisor', 'error', /triple-fault: no stack/],
  ['breaks+shadow+emulated@hypervisor', 'error', /a hook threw/], ['hardware-assisted+nested+emulated@hypervisor', 'skipped', /refused: lacks it/],
];
const xml = formatJunit(testingRun(cells));
for (const [technique, kind, message] of CASES) {
  test(`JUnit: ${technique} is ${kind ?? 'passed'}`, t => {
    const [, rest] = xml.split(`name="${technique}"`);
    const [body] = rest.split(/\/>\n {4}<testcase|<\/testcase>|\/>\n {2}<\/testsuite>/);
    const found = /<(failure|error|skipped) message="([^"]*)"/.exec(body);
    t.is(found?.[1] ?? null, kind);
    if (message) t.regex(found![2], message);
  });
}

test('JUnit: sums in the head of the suite, no character XML cannot hold', t => {
  t.regex(xml, /<testsuite name="nehalem-2009" tests="7" failures="1" errors="2" skipped="2">/);
  t.false(/[^\n\u0020-\uD7FF\uE000-\uFFFD]/.test(xml));
  t.is(xml.match(/<testcase /g)!.length, 7);
});
