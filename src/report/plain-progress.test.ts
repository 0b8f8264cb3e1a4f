import test from 'ava';
import {followPlain} from './plain-progress.ts';
import {TestingLive} from './testing-live.ts';
import {refusedCell, testingCell} from './testing-run.ts';

const HOST = 'nehalem-2009';
const NESTED = 'hardware-assisted+nested+emulated@hypervisor';
const cells = [
  testingCell('in', 'native', HOST), testingCell('in', NESTED, HOST),
  testingCell('in', 'paravirtual+direct-paging+xen-ring@hybrid', HOST, {outcome: 'error', reason: 'the plugin xen-ring failed\nin kick()'}),
  refusedCell('in', 'x+y+z@hosted', {host: HOST, reason: 'x needs y'}),
];

const follow = async (drive: (run: TestingLive) => void): Promise<string> => {
  const run = new TestingLive(cells);
  let text = '';
  const result = followPlain(run, {width: 80, colour: false, write: (piece) => { text += piece; }});
  drive(run);
  await result;
  return text;
};

test('a header, then a line for each cell as it ends', async (t) => {
  t.is(await follow((run) => run.advance(4)), [
    'worldswitch: 4 cells: 1 workload x 4 techniques x 1 host',
    '',
    '[1/4] in | native | nehalem-2009: 26,100 cycles, 1.00x, 0 exits per operation',
    '[2/4] in | hardware-assisted+nested+emulated@hypervisor | nehalem-2009: 1,131,300 cycles, 43.34x, 1 exit per operation, equivalent',
    '[3/4] in | paravirtual+direct-paging+xen-ring@hybrid | nehalem-2009: FAILED: error: the plugin xen-ring failed\\nin kick()',
    '[4/4] in | x+y+z@hosted | nehalem-2009: refused: x needs y',
    '', '',
  ].join('\n'));
});

test('refusals of one technique on one host for one reason take one line', async (t) => {
  const refused = ['in', 'cpuid', 'syscall'].map((workload) => refusedCell(workload, 'x+y+z@hosted', {host: HOST, reason: 'x needs y'}));
  const run = new TestingLive([...refused, testingCell('in', 'native', HOST)]);
  let text = '';
  const result = followPlain(run, {width: 80, colour: false, write: (piece) => { text += piece; }});
  run.advance(4);
  await result;
  t.deepEqual(text.split('\n').filter((line) => line.startsWith('[')), [
    '[3/4] x+y+z@hosted | nehalem-2009 (3 cells): refused: x needs y',
    '[4/4] in | native | nehalem-2009: 26,100 cycles, 1.00x, 0 exits per operation',
  ]);
});

test('an interrupted run shows what had ended and says so', async (t) => {
  const text = await follow((run) => {
    run.advance();
    run.interrupt();
  });
  t.true(text.endsWith('[1/4] in | native | nehalem-2009: 26,100 cycles, 1.00x, 0 exits per operation\n\nInterrupted after 4.2 s.\n\n'));
});

test('cells that ended before the run is over are written before it is over', async (t) => {
  const run = new TestingLive(cells);
  let text = '';
  const result = followPlain(run, {width: 80, colour: false, write: (piece) => { text += piece; }});
  run.advance();
  await new Promise((resolve) => { setTimeout(resolve, 400); });
  t.true(text.includes('[1/4]'));
  t.false(text.includes('[2/4]'));
  run.interrupt();
  await result;
});
