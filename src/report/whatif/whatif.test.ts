import test from 'ava';
import {parseJson, formatJson} from '../json.ts';
import {testingCell, testingCells, testingRun} from '../testing-run.ts';
import {readPrices} from './prices.ts';
import {recostText} from './recost-text.ts';
import {places, recostRun, winnerChanges} from './recosted.ts';
import {sensitivityText} from './sensitivity-text.ts';
import {sensitivity} from './sensitivity.ts';

const run = testingRun();
const priced = (...costs: string[]) => recostRun(run, readPrices(costs, undefined, run.cells));
const SHADOW = 'hardware-assisted+shadow[policy=unsync]+emulated@hypervisor';

test('a cost by value and by factor: events times prices are the cycles, counts stay', t => {
  for (const after of [priced('vm_exit=1000'), priced('vm_exit=x3', 'iret=7')]) {
    for (const [at, cell] of after.cells.entries()) {
      t.is(cell.events.reduce((sum, {count, unitCost}) => sum + count * unitCost, 0), cell.cycles.region);
      t.deepEqual(cell.switches, run.cells[at].switches);
    }
  }
  const unit = (technique: string, host: string) => priced('vm_exit=x3').cells.find(cell => cell.technique.name === technique && cell.host === host && cell.workload === 'pgfault')!.events.find(({name}) => name === 'vm_exit')!.unitCost;
  t.deepEqual([unit(SHADOW, 'pentium4-2005'), unit(SHADOW, 'nehalem-2009')], [5700, 1560]);
});

test('the recosted report is a report: it reads back, says what was done, and its prices are judgements', t => {
  const after = parseJson(formatJson(priced('vm_exit=x2')), 'recosted');
  const changed = after.cells.filter(({notes = []}) => notes.some(note => note.startsWith('recosted')));
  t.true(changed.length > 0);
  for (const cell of changed) t.is(cell.events.find(({name}) => name === 'vm_exit')!.grade, 'estimated');
  const untouched = after.cells.filter(({events}) => !events.some(({name}) => name === 'vm_exit'));
  t.true(untouched.every(({notes}) => notes === undefined));
});

test("another host's prices, for what it has", t => {
  const cell = recostRun(testingRun([testingCell('pgfault', SHADOW, 'pentium4-2005')]), readPrices([], 'nehalem-2009', run.cells)).cells[0];
  t.not(cell.events.find(({name}) => name === 'vm_exit')!.unitCost, 1900);
});

test('a guest that looked at time is marked an estimate', t => {
  const looked = testingRun([{...testingCell('pgfault', SHADOW, 'nehalem-2009'), feedback: {timerInterrupts: 0, rdtsc: 1, idleCycles: 0, deviceWaits: 0}}]);
  const text = recostText(looked, recostRun(looked, readPrices(['vm_exit=1'], undefined, looked.cells)), 100);
  t.regex(text, /^1 of 1 cell change/);
  t.regex(text, /~[\d,]+/);
  t.regex(text, /~ an estimate: the guest looked at time/);
});

test('a price that changes the fastest technique is told', t => {
  const after = priced('vm_exit=0', 'vm_entry=0', 'exit_dispatch=0');
  const flips = winnerChanges(places(run), places(after));
  t.true(flips.length > 0);
  const text = recostText(run, after, 100);
  t.true(text.includes(`${flips[0].row} on ${flips[0].host}: `));
  t.true(text.split('\n').every(line => line.length <= 100));
  t.regex(recostText(run, run, 100), /^Nothing changes/);
});

test('a tie that one of the winners leaves is no change of the winner', t => {
  const [a, b] = [SHADOW, 'hardware-assisted+nested+emulated@hypervisor'].map(name => testingCell('syscall', name, 'nehalem-2009'));
  const tied = testingRun([a, b, {...testingCell('syscall', 'binary-translation+shadow+emulated@hypervisor', 'nehalem-2009')}]);
  const left = testingRun([{...a, cycles: {...a.cycles, region: a.cycles.region + 1}}, ...tied.cells.slice(1)]);
  t.deepEqual(winnerChanges(places(tied), places(left)), []);
});

test('sensitivity: each cost down and up, the largest swing first, flips the same as recosting by hand', t => {
  const found = sensitivity(run, 2);
  const swings = found.costs.map(({down, up}) => Math.abs(Math.log(up.mean / down.mean)));
  t.deepEqual(swings, swings.toSorted((a, b) => b - a));
  for (const {name, up, down} of found.costs) {
    t.deepEqual(up.winners, winnerChanges(places(run), places(priced(`${name}=x2`))), name);
    t.deepEqual(down.winners, winnerChanges(places(run), places(priced(`${name}=x0.5`))), name);
  }
  t.deepEqual(found.costs.map(({name}) => name).toSorted(), [...new Set(testingCells().flatMap(({events}) => events.map(({name}) => name)))].toSorted());
});

test('sensitivity in words: flips or none, a tornado within the line', t => {
  const text = sensitivityText(sensitivity(run, 50), 100);
  t.regex(text, /off by 50x, would change who is fastest/);
  t.regex(text, /^vm_exit +derived +[\d.]+x +[█·]{30} {2}[\d.]+x/m);
  t.true(text.split('\n').every(line => line.length <= 100));
  t.regex(sensitivityText(sensitivity(testingRun(testingCells(['syscall']).slice(0, 1)), 2), 100), /^No conclusion flips/);
});

const WRONG: ReadonlyArray<readonly [string, RegExp]> = [
  ['vm_exit', /must be NAME=CYCLES or NAME=xFACTOR/], ['vm_exit=-1', /must be NAME=CYCLES/], ['vmexit=1', /no cost of the report is named 'vmexit'; near it: vm_exit$/], ['zzz=1', /named 'zzz'; the events of a cell/],
];
for (const [written, message] of WRONG) test(`--cost ${written} is a sentence`, t => { t.throws(() => readPrices([written], undefined, run.cells), {message, name: 'UsageError'}); });
