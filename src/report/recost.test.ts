import test from 'ava';
import {isEstimate, recost} from './recost.ts';
import {testingCell} from './testing-run.ts';

const cell = testingCell('in', 'hardware-assisted+shadow+emulated@hypervisor', 'nehalem-2009');
const factor = (name: string, by: number) => recost(cell, event => (event.name === name ? event.unitCost * by : event.unitCost));

test('the difference is the count times the difference of the unit costs, in its category, the region and an operation', t => {
  const exits = cell.events.find(({name}) => name === 'vm_exit')!;
  const dearer = factor('vm_exit', 3);
  const more = 2 * exits.count * exits.unitCost;
  t.is(dearer.cycles.region, cell.cycles.region + more);
  t.is(dearer.cycles.total, cell.cycles.total + more);
  t.is(dearer.cycles.byCategory['world-switch'], cell.cycles.byCategory['world-switch'] + more);
  t.is(dearer.perOperation!.cycles, cell.perOperation!.cycles + more / cell.perOperation!.operations);
  t.is(dearer.perOperation!.exits, cell.perOperation!.exits);
});

test('unchanged costs leave the cell as it is, and back again is where it was', t => {
  t.is(factor('vm_exit', 1), cell);
  const back = recost(factor('vm_exit', 4), event => (event.name === 'vm_exit' ? event.unitCost / 4 : event.unitCost));
  t.deepEqual(back, cell);
});

for (const [deviceWaits, left] of [[0, 0], [2, 1000]] as const) {
  test(`a guest that waits for ${deviceWaits === 0 ? 'its timer sleeps the less' : 'a device sleeps as long'} when its work takes longer`, t => {
    const sleeping = {
      ...cell, feedback: {timerInterrupts: 1, rdtsc: 0, idleCycles: 1000, deviceWaits},
      cycles: {...cell.cycles, region: cell.cycles.region + 1000, byCategory: {...cell.cycles.byCategory, idle: 1000}},
    };
    t.true(isEstimate(sleeping));
    t.false(isEstimate(cell));
    t.is(recost(sleeping, event => event.unitCost * 2).cycles.byCategory.idle, left);
  });
}
