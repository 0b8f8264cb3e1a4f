import test from 'ava';
import {runCell} from './cell.ts';
import {runGuest} from './guest-run.ts';
import {catalogue, cellSpec} from './testing/real-cells.ts';
import {traceWorlds, type Stay} from './world-trace.ts';

const spec = cellSpec({workload: 'syscall', technique: 'binary-translation+shadow+emulated@hosted', host: 'nehalem-2009'});

function traced(options: {most?: number; fromStart?: boolean} = {}) {
  const stays: Stay[] = [];
  const result = traceWorlds(spec, catalogue, {most: options.most ?? Infinity, fromStart: options.fromStart ?? false}, stay => { stays.push(stay); });
  return {stays, ...result};
}

const whole = traced({fromStart: true});

test('from the start: every switch of the run leads to a stay, and all stays together are the run', t => {
  const {total} = runGuest(spec, catalogue, {clock: 'cycles'});
  t.is(whole.switches, total.crossings.reduce((sum, count) => sum + count, 0));
  t.is(whole.told, whole.switches + 1);
  t.is(whole.stays.at(-1)!.to, runCell(spec, catalogue).cycles.total);
});

test('stays follow each other without a gap, each in the context its switch led to', t => {
  for (const [at, stay] of whole.stays.entries()) {
    t.true(stay.to >= stay.from);
    if (at === 0) continue;
    if (stay.from !== whole.stays[at - 1].to || stay.by!.to !== stay.context || stay.by!.from !== whole.stays[at - 1].context) t.fail(JSON.stringify([whole.stays[at - 1], stay]));
  }
});

test('from the region on: its first switches are those of the whole trace there', t => {
  const {stays, region} = traced();
  t.true(region);
  t.is(stays[0].from, 0);
  t.is(stays[0].by, null);
  t.true(stays.length < whole.stays.length);
  t.deepEqual(stays.slice(-50).map(({context, by}) => [context, by?.detail]), whole.stays.slice(-50).map(({context, by}) => [context, by?.detail]));
});

test('no more stays than asked for are told, and the rest is counted', t => {
  const few = traced({most: 10});
  t.is(few.stays.length, 10);
  t.is(few.told, 10);
  t.is(few.switches, traced().switches);
});
