import test from 'ava';
import {refusedCell, testingCell, testingRun, TESTING_TECHNIQUES} from '../testing-run.ts';
import {chooseCell, readChoice} from './choose.ts';
import {cellParagraphs} from './sentences.ts';
import {explanationText} from './text.ts';
import {differenceParagraphs} from './two.ts';

const HOST = 'nehalem-2009';
const SHADOW = 'hardware-assisted+shadow[policy=unsync]+emulated@hypervisor';
const run = testingRun();
const shadow = testingCell('pgfault', SHADOW, HOST);
const native = testingCell('pgfault', 'native', HOST);
const textOf = (paragraphs: ReturnType<typeof cellParagraphs>): string => explanationText({title: 't', paragraphs}, 100);

const NAMES: ReadonlyArray<readonly [written: string, name: string]> = [
  [`pgfault:${SHADOW}:${HOST}`, SHADOW], [`${HOST}:hardware-assisted+shadow[policy=unsync]:pgfault`, SHADOW],
  [`pgfault | hardware-assisted+shadow[policy=unsync] | ${HOST}`, SHADOW], [`pgfault:native:${HOST}`, 'native'],
];
for (const [written, name] of NAMES) test(`'${written}' is one cell`, t => t.is(chooseCell(readChoice(written, run.cells), run).technique.name, name));

test('of a sweep a cell is named by the parameter that differs', t => {
  const swept = testingRun([1, 2].map(pages => ({...native, params: {pages, mode: 'x'}})));
  t.is(chooseCell(readChoice('pgfault[pages=2]:native', swept.cells), swept).params['pages'], 2);
  t.throws(() => chooseCell(readChoice('pgfault[mode=x]', swept.cells), swept), {message: /means 2 cells/});
  t.throws(() => readChoice('pgfault[pages=3]', swept.cells), {message: /is no workload, technique or host/});
});

test('the second cell takes from the first what it leaves out', t => {
  const first = readChoice(`pgfault:native:${HOST}`, run.cells);
  const {workload, technique, host} = chooseCell(readChoice('hardware-assisted+nested', run.cells, first), run);
  t.deepEqual([workload, technique.name, host], ['pgfault', 'hardware-assisted+nested+emulated@hypervisor', HOST]);
});

const WRONG: ReadonlyArray<readonly [string, RegExp]> = [
  ['pgfault:nope', /'nope' is no workload, technique or host of the report; it has syscall, in/], ['pgfault:in:native', /names two workloads, pgfault and in/],
  ['pgfault', new RegExp(`'pgfault' means ${2 * TESTING_TECHNIQUES.length} cells; name workload, technique and host, such as 'pgfault:native:pentium4-2005'`)],
];
for (const [written, message] of WRONG) test(`'${written}' is a sentence`, t => { t.throws(() => chooseCell(readChoice(written, run.cells), run), {message, name: 'UsageError'}); });

test('a cell in sentences: cost against bare metal, exits by reason with their meaning, categories, costs, trust', t => {
  const text = textOf(cellParagraphs(shadow, native));
  const ratio = (shadow.cycles.region / native.cycles.region).toFixed(2);
  t.regex(text, new RegExp(`An operation takes [\\d,.]+ modelled cycles, ${ratio}x of the [\\d.]+ it takes on bare metal`));
  t.regex(text, /An operation makes 2 exits, by reason:\n[^]* {4}1 EXCEPTION_NMI pf-hidden: a page fault that only the shadow tables explain/);
  t.regex(text, /% world-switch: the hardware and state-saving part/);
  t.regex(text, /vm_exit: 2 at 520 cycles \(derived\)/);
  t.regex(text, /of the cycles rest on costs graded estimated/);
  t.regex(text, /never looked at time/);
  t.true(text.split('\n').every(line => line.length <= 100));
});

test('a guest that looked at time, one that failed, and one that was refused say so', t => {
  const looked = {...shadow, feedback: {...shadow.feedback, rdtsc: 3}};
  t.regex(textOf(cellParagraphs(looked, native)), /looked at time \(0 timer interrupts, 3 RDTSC/);
  t.regex(textOf(cellParagraphs({...shadow, outcome: 'triple-fault', reason: 'no\u0007stack'}, native)), /Failed\n {2}triple-fault: no\\x07stack/);
  t.regex(textOf(cellParagraphs(refusedCell('pgfault', SHADOW, {host: HOST, reason: 'lacks it'}), null)), /Refused\n {2}lacks it/);
});

test('two techniques: the dearer first, exits by reason, costs that add up to the difference', t => {
  const nested = testingCell('pgfault', 'hardware-assisted+nested+emulated@hypervisor', HOST);
  const text = textOf(differenceParagraphs(nested, shadow));
  t.regex(text, /hardware-assisted\+shadow\[policy=unsync\] \| nehalem-2009 takes [\d,]+ cycles an\s+operation/);
  t.regex(text, /Exits: 0 against 2, by reason\n {2}\+1 EXCEPTION_NMI pf-hidden \(0 against 1\)/);
  t.regex(text, /% \+1,040 vm_exit \(0 against 1,040\)/);
  t.false(text.includes('other prices'));
});

test('two hosts: what comes from doing more and what from other prices add up to the whole', t => {
  const old = testingCell('pgfault', SHADOW, 'pentium4-2005');
  const text = textOf(differenceParagraphs(shadow, old));
  const [, doing, paying] = /Of the difference, ([+-][\d,.]+) cycles come from doing other things and\s+([+-][\d,.]+) from other prices/.exec(text)!;
  t.is(Number(doing.replaceAll(',', '')) + Number(paying.replaceAll(',', '')), (old.cycles.region - shadow.cycles.region) / 900);
});
