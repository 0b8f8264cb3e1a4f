import test from 'ava';
import {runCell} from './cell.ts';
import {runGuest} from './guest-run.ts';
import {catalogue, cellSpec} from './testing/real-cells.ts';
import {timelineOf, type Timeline} from './timeline.ts';

const spec = cellSpec({workload: 'syscall', technique: 'binary-translation+shadow+emulated@hosted', host: 'nehalem-2009'});
const cell = runCell(spec, catalogue);
const whole = timelineOf(spec, catalogue, {from: 0, to: cell.cycles.region, parts: 7});

const sum = (figures: readonly number[]): number => figures.reduce((total, each) => total + each, 0);
const spent = ({contexts}: Timeline): number => sum(contexts.map(({cycles}) => sum(cycles)));
const near = (t: {true(actual: boolean, message?: string): void}, a: number, b: number): void => t.true(Math.abs(a - b) <= 1e-6 * b, `${a} ${b}`);

test('every cycle of the region is in one context, every switch counted once', t => {
  near(t, spent(whole), cell.cycles.region);
  t.is(whole.count, sum(cell.switches.map(({count}) => count)));
});

test('parts of a stretch are the whole', t => {
  const halves = [[0, 0.5], [0.5, 1]].map(([from, to]) =>
    timelineOf(spec, catalogue, {from: from * cell.cycles.region, to: to * cell.cycles.region, parts: 40}));
  near(t, sum(halves.map(spent)), cell.cycles.region);
  t.is(sum(halves.map(({count}) => count)), whole.count);
  const [earlier, later] = halves.map(({switches}) => switches.map(({at}) => at));
  t.true(Math.max(...earlier) < Math.min(...later));
});

test('switches follow each other: each leaves the context that the one before it entered', t => {
  t.true(whole.switches.length > 100);
  for (const [at, edge] of whole.switches.slice(1).entries()) t.is(edge.from, whole.switches[at].to);
});

test('being observed changes no count', t => {
  const counted = (watched: boolean): unknown => {
    const {region, total} = runGuest(spec, catalogue, {clock: 'cycles', prepare: ({transitions, cpu}) => {
      if (watched) transitions.observer = {now: () => cpu.now(), crossed: () => {}};
    }});
    return [region, total];
  };
  t.deepEqual(counted(true), counted(false));
});
