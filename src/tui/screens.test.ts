import {fc, testProp} from '@fast-check/ava';
import test from 'ava';
import {arrange} from '../report/arrange.ts';
import {VALUE_MODES} from '../report/cell-face.ts';
import {buildMatrix, snapshotEntries} from '../report/matrix.ts';
import {summarize} from '../report/summary.ts';
import {TestingLive} from '../report/testing-live.ts';
import {testingCell, testingCells, testingRun} from '../report/testing-run.ts';
import {cellScreen} from './cell-screen.ts';
import {compareScreen} from './compare-screen.ts';
import {flowScreen} from './flow-screen.ts';
import {helpScreen} from './help-screen.ts';
import {lineText} from './line.ts';
import {matrixScreen} from './matrix-screen.ts';
import {START, type Place} from './navigation.ts';
import type {Ending, Screen, ScreenInput} from './screen.ts';
import {timelineScreen} from './timeline-screen.ts';
import {whatIfScreen} from './what-if-screen.ts';

const NONE: Ending = {summary: [], reports: [], problem: null};

function input(ended: number, changes: Partial<ScreenInput> = {}, cells = testingCells()): ScreenInput {
  const run = new TestingLive(cells);
  run.advance(ended);
  const snapshot = run.snapshot();
  const whole = buildMatrix(snapshotEntries(snapshot));
  const place = changes.place ?? START;
  return {snapshot, whole, matrix: arrange(whole, place), timeline: null, message: null, place, stopping: false, ending: NONE, columns: 120, rows: 40, ...changes};
}

const texts = (screen: Screen): string[] => screen.lines.map((line) => lineText(line).trimEnd());
const TIMELINE = await new TestingLive().timeline('', {from: 0, to: 1000, parts: 50});
const ENDED: Ending = {summary: summarize(testingRun()), reports: ['reports/latest.json'], problem: 'Cannot write: no.'};

testProp('no screen is ever wider than the terminal or taller than its rows less one', [
  fc.record({columns: fc.integer({min: 12, max: 220}), rows: fc.integer({min: 2, max: 70}), ended: fc.integer({min: 0, max: 72}), row: fc.integer({min: 0, max: 13}),
    column: fc.integer({min: 0, max: 5}), scroll: fc.integer({min: 0, max: 80}), mode: fc.constantFrom(...VALUE_MODES), over: fc.boolean()}),
], (t, {columns, rows, ended, row, column, scroll, mode, over}) => {
  const given = input(ended, {columns, rows, ending: over ? ENDED : NONE, place: {...START, row, column, scroll, mode, helpScroll: scroll}});
  const all = [matrixScreen, cellScreen, helpScreen, compareScreen, flowScreen, timelineScreen, whatIfScreen];
  for (const screen of all.map((draw) => draw({...given, timeline: TIMELINE}))) {
    t.true(screen.lines.length <= rows - 1);
    t.deepEqual(screen.lines.map(lineText).filter((text) => text.length > columns), []);
  }
});

testProp("the cursor's cell is in sight on every terminal of some size", [
  fc.integer({min: 40, max: 200}), fc.integer({min: 10, max: 60}), fc.integer({min: 0, max: 11}), fc.integer({min: 0, max: 5}),
], (t, columns, rows, row, column) => {
  const {lines} = matrixScreen(input(72, {columns, rows, ending: ENDED, place: {...START, row, column}}));
  t.is(lines.flat().filter(({selected}) => selected).length, 1);
});

test('the matrix fills in, with progress and time left', (t) => {
  const lines = texts(matrixScreen(input(8)));
  t.regex(lines[0], /^worldswitch {2}6 workloads × 6 techniques × 2 hosts {2,}slowdown against native$/);
  t.is(lines[1], '███░░░░░░░░░░░░░░░░░░░░░░░░░░░  8/72 cells  1 s, about 6 s left');
  t.true(lines.includes('syscall   ▸1.00x            15.72x≠             17.94x             1.00x*                  1.00x*                 –'));
  t.true(lines.includes('syscall    1.00x            20.17x≠                  …                 ·                       ·                  ·'));
  t.true(lines.includes('syscall | native | pentium4-2005'));
  t.is(lines.length, 39);
  t.regex(lines.at(-1)!, /^\? help {3}q quit {3}Enter explain cell/);
});

test('workloads below the last line are counted in it', (t) => {
  const shown = (rows: number): string[] => texts(matrixScreen(input(72, {rows})));
  const short = shown(20);
  const sign = short.find((line) => /^↓ \d+ more$/.test(line));
  const workloads = (lines: string[]): number => lines.filter((line) => /^\S+ +▸?1\.00x/.test(line)).length;
  t.is(workloads(shown(40)) - workloads(short), Number(sign?.split(' ')[1]));
  t.false(shown(40).some((line) => line.startsWith('↓')));
});

test('the values of the other modes', (t) => {
  const row = (mode: (typeof VALUE_MODES)[number]): string | undefined =>
    texts(matrixScreen(input(72, {place: {...START, mode}}))).find((line) => line.startsWith('pgfault'))?.replaceAll(/ +/g, ' ');
  t.deepEqual(VALUE_MODES.map(row), [
    'pgfault 1.00x 18.47x 9.74x* 14.90x 38.80x –', 'pgfault 182 3,362 1,772* 2,712 7,062 –', 'pgfault 0 2 1* 2 2 –', 'pgfault 0 4 2* 4 4 –',
  ]);
});

test('at the end the summary and the reports are shown, or why there are none', (t) => {
  const lines = texts(matrixScreen(input(72, {ending: ENDED})));
  t.true(lines.includes('Reports: reports/latest.json'));
  t.true(lines.includes('Cannot write: no.'));
  t.true(lines.some((line) => line.startsWith('paravirtual+direct-paging+xen-ring@hybrid is fastest on 3 of 6 workloads')));
});

test('a narrow terminal shows the columns around the cursor and says that there are more', (t) => {
  const lines = texts(matrixScreen(input(72, {columns: 40, rows: 30, place: {...START, row: 7, column: 3}})));
  const heading = lines.find((line) => line.startsWith('workload'))!;
  t.regex(heading, /‹.*›$/);
  t.regex(lines.find((line) => line.includes('▸'))!, /^in .*▸ +1\.00x\*$/);
});

test('a cell is explained: switches, cycles, verdict, console, words', (t) => {
  const lines = texts(cellScreen(input(72, {rows: 80, place: {...START, view: 'cell', row: 1, column: 4}})));
  t.deepEqual(lines.slice(0, 2), ['hardware-assisted+shadow[policy=unsync]+emulated@hypervisor', 'in on pentium4-2005']);
  for (const line of [
    'guest-kernel → vmm  exit    IO_INSTRUCTION  in-0x80  exit    900       1  50.0%',
    'world-switch  ████████████████████████████████████░░░░   91.2%  2,880,000',
    'vm_exit              1      1,900  derived    1,710,000  54.1%',
    'verdict      equivalent, instructions clock; equivalence is claimed',
    'in: ok',
    'IO_INSTRUCTION  IN, OUT, INS or OUTS: an access to an I/O port',
  ]) t.true(lines.includes(line), line);
});

test('a guest cannot draw on the screen', (t) => {
  const cells = [testingCell('in', 'native', 'x', {console: 'a\u001B[2J\u001B[3Jb\u0007\n'.repeat(30)})];
  const lines = texts(cellScreen(input(1, {rows: 80}, cells)));
  t.is(lines.filter((line) => line === 'a\\e[2J\\e[3Jb\\x07').length, 12);
  t.true(lines.includes('… 18 lines before'));
  t.notRegex(lines.join(''), /\p{Cc}/u);
});

test('cells that have not ended, or were refused, say so', (t) => {
  const at = (row: number, column: number): string[] => texts(cellScreen(input(8, {place: {...START, view: 'cell', row, column}})));
  t.is(at(6, 2)[3], 'This cell is running now.');
  t.is(at(6, 3)[3], 'This cell has not run yet.');
  t.true(at(0, 5).includes('reason       nested needs the host feature nested-paging, which pentium4-2005 lacks'));
});

const place = (changes: Partial<Place>): {place: Place} => ({place: {...START, ...changes}});
const SHADOW = {row: 3, column: 4};

test('a cell shows its categories in one bar and the four steps of its traps', (t) => {
  const lines = texts(cellScreen(input(72, {rows: 80, ...place({...SHADOW, view: 'cell'})})));
  t.true(lines.includes('W'.repeat(91) + 'V'.repeat(7) + 'P'.repeat(2)) || lines.some((line) => /^G*R*W{60,}V+P*$/.test(line)), lines.join('\n'));
  t.deepEqual(lines.filter((line) => /^(capture|decode|emulate|return) /.test(line)).map((line) => line.split(' ')[0]), ['capture', 'decode', 'emulate', 'return']);
});

test('two techniques are compared: both bars on one scale, exits, categories and costs by the size of the difference', (t) => {
  const lines = texts(compareScreen(input(72, {rows: 80, ...place({...SHADOW, view: 'compare', base: 'native'})})));
  t.regex(lines.join('\n'), /^A native {2,}G+P*$/m);
  t.regex(lines.join('\n'), /^B hardware-assisted.* G*W{60,}/m);
  t.regex(lines.join('\n'), /^exits +0 {2}2 +\+2/m);
  t.regex(lines.join('\n'), /B takes more cycles than A because each operation makes 1 EXCEPTION_NMI pf-\w+ exit where the other makes 0/);
});

test('without a base chosen the fastest of the row is it', (t) => {
  const [, , , base] = texts(compareScreen(input(72, place({...SHADOW, view: 'compare'}))));
  t.regex(base, /^A binary-translation/);
});

test('the flow draws every switch as an arrow from lane to lane', (t) => {
  const lines = texts(flowScreen(input(72, place({...SHADOW, view: 'flow'}))));
  t.regex(lines[3], /guest-kernel +vmm +count +per op/);
  t.is(lines.filter((line) => line.includes('├━━━━━━━━━━━━━▶')).length, 2);
  t.is(lines.filter((line) => line.includes('◀━━━━━━━━━━━━━┤')).length, 2);
  t.true(lines.some((line) => /▶ +900 +1 {2}exit EXCEPTION_NMI pf-hidden$/.test(line)));
});

test('native is never left, and the flow says so', (t) => {
  t.true(texts(flowScreen(input(72, place({view: 'flow'})))).includes('The guest was never left: no switch in the region.'));
});

test('the timeline shows contexts over time and the switches with how long they last', (t) => {
  const lines = texts(timelineScreen({...input(72, place({...SHADOW, view: 'timeline'})), timeline: TIMELINE}));
  t.true(lines.includes(`guest-kernel  ${'█████     '.repeat(5)}   50.0%`));
  t.true(lines.some((line) => /^ +100 +\+100 +guest-kernel → vmm +exit +CPUID +0x1$/.test(line)));
});

test('what if: an exit at no cost makes another technique win, and the row says so', (t) => {
  const lines = texts(whatIfScreen(input(72, {rows: 60, ...place({view: 'what-if', whatIf: {selected: 0, factors: {vm_exit: 0, vm_entry: 0, exit_dispatch: 0}}})})));
  t.true(lines.some((line) => line.startsWith('▸ ') && line.includes('x')));
  const row = lines.find((line) => line.startsWith('pgfault'))!;
  t.regex(row, /▲/);
  t.regex(row, /▽/);
  t.regex(lines.join('\n'), /The winner changes in [1-9]\d* of \d+ rows/);
});

test('what if with nothing changed is the matrix', (t) => {
  const row = (screen: Screen): string | undefined => texts(screen).find((line) => line.startsWith('pgfault'));
  t.is(row(whatIfScreen(input(72, {rows: 60, ...place({view: 'what-if'})}))), row(matrixScreen(input(72, {rows: 60}))));
});

test('a filter keeps the cells that hold every word, and the fastest stays what it was', (t) => {
  const lines = texts(matrixScreen(input(72, place({filter: 'pg nehalem -paravirtual'}))));
  t.deepEqual(lines.filter((line) => /x|–/.test(line) && line.startsWith('pgfault')).length, 1);
  t.false(lines.some((line) => line.startsWith('syscall') || line.includes('direct-paging')));
  t.true(lines.includes('only "pg nehalem -paravirtual" (Backspace shows all)'));
});

test('a filter that nothing holds leaves an empty matrix, not an error', (t) => {
  for (const draw of [matrixScreen, cellScreen, compareScreen, whatIfScreen]) t.notThrows(() => draw(input(72, place({filter: 'nosuch'}))));
});

test('sorted by a technique, the workloads of each host stand by its figure', (t) => {
  const order = (reverse: boolean): string[] => texts(matrixScreen(input(72, place({sort: 'trap-and-emulate+shadow+emulated@hypervisor', reverse}))))
    .filter((line) => / 1\.00x +\d/.test(line)).slice(0, 4).map((line) => line.split(' ')[0]);
  t.not(order(false)[0], order(true)[0]);
  t.deepEqual(order(false).toReversed(), order(true));
});
