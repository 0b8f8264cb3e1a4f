import test from 'ava';
import type {CellResult, RunResult} from '../../lab/result.ts';
import {formatBaseline, parseBaseline} from '../baseline/baseline.ts';
import {testingCell, testingEnvironment, testingRun} from '../testing-run.ts';
import {compareRuns, compareTechniques, type Comparison, type Side} from './comparison.ts';
import {comparisonJson} from './document.ts';
import {DEFAULT_GATES, readGates} from './gate.ts';
import {comparisonMarkdown} from './markdown.ts';
import {comparisonText} from './text.ts';
import {comparisonExitCode, timeSentence, verdictSentence} from './verdict.ts';

const SHADOW = 'hardware-assisted+shadow[policy=unsync]+emulated@hypervisor';
const NESTED = 'hardware-assisted+nested+emulated@hypervisor';
const HOST = 'nehalem-2009';
const before = testingCell('pgfault', SHADOW, HOST);
const native = testingCell('pgfault', 'native', HOST);

const side = (name: string, cells: readonly CellResult[], changes: Partial<RunResult> = {}): Side => ({name, run: testingRun(cells, changes), countsOnly: false});
const compared = (after: CellResult, gates: readonly string[] | null = null, first = before): Comparison => compareRuns({
  a: side('a.json', [native, first]), b: side('b.json', [native, after]), gates: gates === null ? DEFAULT_GATES : readGates(gates),
});
const codeOf = (comparison: Comparison, interrupted = false): number => comparisonExitCode(comparison, {expected: () => null, interrupted, bothSides: false});

/** One more of an exit and of what it costs, in all of `count` cases. */
function withMore(cell: CellResult, count: number): CellResult {
  const [vmExit] = cell.events.filter(({name}) => name === 'vm_exit');
  const cycles = count * vmExit.unitCost;
  return {
    ...cell,
    switches: cell.switches.map(edge => (edge.detail === 'pf-hidden' ? {...edge, count: edge.count + count} : edge)),
    events: cell.events.map(event => (event === vmExit ? {...event, count: event.count + count} : event)),
    cycles: {...cell.cycles, region: cell.cycles.region + cycles, byCategory: {...cell.cycles.byCategory, 'world-switch': cell.cycles.byCategory['world-switch'] + cycles}},
  };
}

const measured = (samplesMs: readonly number[]): CellResult['measured'] => ({samples: samplesMs.length, meanMs: 1, p99Ms: 1, rme: 1, samplesMs});
const steady = [10, 10.1, 9.9, 10.05, 9.95, 10.02];
const unequal: CellResult = {...before, equivalence: {...before.equivalence, verdict: 'not-equivalent'}};

const ROWS: ReadonlyArray<readonly [title: string, after: CellResult, gates: readonly string[] | null, code: number, verdict: RegExp, first?: CellResult]> = [
  ['nothing differs', before, null, 0, /^Identical: all exact figures of 2 cells are the same\.$/],
  ['one exit more is a difference and a regression', withMore(before, 1), null, 3, /^Worse: 1 of 2 cells worse, most \+0\.\d+% cycles on pgfault .*EXCEPTION_NMI pf-hidden/],
  ['one exit fewer is better', withMore(before, -1), null, 0, /^Better: 1 of 2 cells better, most -0\.\d+% cycles/],
  ['growth within the gate', withMore(before, 1), ['cycles>1'], 0, /^Worse/],
  ['growth beyond the gate', withMore(before, 900), ['cycles>1%'], 3, /^Worse/],
  ['a gate on another figure', withMore(before, 900), ['instructions>0'], 0, /^Worse/],
  ['a gate on a reason', withMore(before, 1), ['EXCEPTION_NMI>0'], 3, /^Worse/],
  ['a gate on a category', withMore(before, 1), ['world-switch>0'], 3, /^Worse/],
  ['no gates', withMore(before, 900), ['none'], 0, /^Worse/],
  ['not equivalent though claimed', unequal, null, 4, /^Not comparable: 1 cell of 2 cells cannot be compared \(equivalence equivalent against not-equivalent/],
  ['not equivalent outweighs a regression', {...withMore(unequal, 5), claimsEquivalence: true}, null, 4, /^Not comparable/],
  ['a failed cell', {...before, outcome: 'triple-fault', reason: 'gone'}, null, 1, /^Not comparable: .*outcome completed against triple-fault/],
  ['another price alone', {...before, events: before.events.map(event => ({...event, unitCost: event.unitCost + (event.name === 'vm_exit' ? 1 : 0)}))}, null, 0, /^Changed/],
  ['another console', {...before, console: 'else'}, null, 0, /^Changed: 1 of 2 cells changed without other totals/],
  ['time that grew does not fail by itself', {...before, measured: measured(steady.map(x => x * 2))}, null, 0, /^Identical/, {...before, measured: measured(steady)}],
  ['time that grew beyond a gate on it', {...before, measured: measured(steady.map(x => x * 2))}, ['time>50'], 3, /^Identical/, {...before, measured: measured(steady)}],
  ['time whose interval reaches into the gate', {...before, measured: measured(steady.map(x => x * 1.1))}, ['time>10'], 0, /^Identical/, {...before, measured: measured(steady)}],
];

for (const [title, after, gates, code, verdict, first] of ROWS) {
  test(`${title}: exit ${code}`, t => {
    const comparison = compared(after, gates, first);
    t.is(codeOf(comparison), code);
    t.regex(verdictSentence(comparison), verdict);
    const document = JSON.parse(comparisonJson(comparison, code)) as {exitCode: number; breaches: unknown[]};
    t.is(document.exitCode, code);
    t.is(document.breaches.length > 0, code === 3);
  });
}

test('interrupted outweighs all', t => t.is(codeOf(compared(unequal), true), 130));

test('text names figures, causes largest first, and the gates that did not hold', t => {
  const text = comparisonText(compared(withMore(before, 900)), 100);
  t.regex(text, /worse: pgfault \| .*\n[^]*cycles[^]*\+1 exit an operation: EXCEPTION_NMI pf-hidden \(1 against 2\)\n +\+520 cycles an operation: vm_exit/);
  t.regex(text, /REGRESSION[^]*cycles>0%: pgfault/);
  t.true(text.split('\n').every(line => line.length <= 100));
});

test('the comment is empty when nothing changed, and escaped when something did', t => {
  t.is(comparisonMarkdown(compared(before)), '');
  const nasty = {...withMore(before, 1), workload: 'x|<b>`y'};
  const markdown = comparisonMarkdown(compareRuns({a: side('a', [{...before, workload: nasty.workload}]), b: side('b', [nasty]), gates: DEFAULT_GATES}));
  t.regex(markdown, /^### worldswitch\n\n\*\*Worse/);
  t.false(markdown.includes('<b>'));
});

test('cells of one side only are named and compared with nothing', t => {
  const {pairs, onlyA, onlyB} = compareRuns({a: side('a', [native, before]), b: side('b', [native, testingCell('cpuid', NESTED, HOST)]), gates: []});
  t.is(pairs.length, 1);
  t.regex(onlyA.join(), /pgfault/);
  t.regex(onlyB.join(), /cpuid/);
});

test('runs without a common cell, or under different clocks, are a sentence', t => {
  t.throws(() => compareRuns({a: side('a', [native]), b: side('b', [before]), gates: []}), {message: /no cell is in both a and b/});
  t.throws(() => compareRuns({a: side('a', [native]), b: side('b', [{...native, clock: 'instructions'}]), gates: []}), {message: /--clock cycles .* --clock instructions/});
});

test('two techniques are compared on each workload and host', t => {
  const run = side('r', [native, before, testingCell('pgfault', NESTED, HOST), testingCell('cpuid', NESTED, HOST)]);
  const comparison = compareTechniques({a: run, b: run, gates: []}, [SHADOW, NESTED]);
  t.deepEqual(comparison.pairs.map(({cell, judgement}) => [cell, judgement]), [['pgfault | nehalem-2009', 'better']]);
  t.is(codeOf(comparison), 0);
});

test('measured time of different computers is not compared, and the sentence says why', t => {
  const timed = {...before, measured: measured(steady)};
  const other = side('b', [{...timed, measured: measured(steady.map(x => x * 3))}], {environment: {...testingEnvironment, cpuModel: 'Another'}});
  const comparison = compareRuns({a: side('a', [timed]), b: other, gates: readGates(['time>1'])});
  t.is(codeOf(comparison), 0);
  t.is(timeSentence(comparison), 'Measured time is not compared: measured on different computers: cpuModel A Processor against Another.');
});

test('time is judged over all cells together, and a handful of samples is said to be too few', t => {
  const cells = ['pgfault', 'cpuid', 'in', 'syscall'].map(workload => testingCell(workload, NESTED, HOST));
  const with3 = (factor: number): CellResult[] => cells.map(cell => ({...cell, measured: measured([10, 10.1, 9.9].map(x => x * factor))}));
  t.regex(timeSentence(compareRuns({a: side('a', with3(1)), b: side('b', with3(2)), gates: []}))!, /no difference shown on 4 cells .*so few samples none could be/);
  const with6 = (factor: number): CellResult[] => cells.map(cell => ({...cell, measured: measured(steady.map(x => x * factor))}));
  t.regex(timeSentence(compareRuns({a: side('a', with6(1)), b: side('b', with6(2)), gates: []}))!, /differs on 4 of 4 cells .*\+100%/);
});

test('a baseline holds every count and compares equal to the run it came from, unequal to one exit more', t => {
  const text = formatBaseline(testingRun([native, before]));
  const baseline: Side = {name: 'baseline', run: parseBaseline(JSON.parse(text), 'baseline'), countsOnly: true};
  const against = (after: CellResult): Comparison => compareRuns({a: baseline, b: side('b', [native, after]), gates: DEFAULT_GATES});
  t.regex(verdictSentence(against(before)), /^Identical/);
  t.regex(verdictSentence(against(withMore(before, 1))), /^Worse: .* \+0\.\d+% exits|^Worse: .*exits/);
  t.is(codeOf(against(withMore(before, 1))), 3);
  const counted = {...before, events: before.events.map(event => (event.name === 'walk_reference' ? {...event, count: event.count + 2} : event))};
  t.regex(comparisonText(against(counted), 100), /^Changed: 1 of 2[^]*\+2 events in the region: walk_reference \(1,800 against 1,802\)/m);
  t.false(/cycles"|unitCost|Ms/.test(text.replace('"clock": "cycles"', '')));
  t.throws(() => parseBaseline({baseline: 1, cells: [{}]}, 'x.json'), {message: /x\.json is not a baseline of this worldswitch: /});
});

const WRONG_GATES: ReadonlyArray<readonly [string, RegExp]> = [
  ['cycles', /must be METRIC>PERCENT/], ['cycles>x', /must be METRIC>PERCENT/], ['cycle>1', /names the metric 'cycle'; known: cycles, exits/], ['>1', /must be METRIC>PERCENT/],
];
for (const [written, message] of WRONG_GATES) test(`--fail-on ${written} is a sentence`, t => { t.throws(() => readGates([written]), {message, name: 'UsageError'}); });
