import test from 'ava';
import {eventCycles} from './figures.ts';
import {testingCells} from './testing-run.ts';

test('the cells tests are made of keep the sums that real cells keep', (t) => {
  for (const cell of testingCells()) {
    const charged = cell.events.reduce((sum, event) => sum + eventCycles(event), 0);
    t.is(charged + cell.cycles.byCategory.idle, cell.cycles.region);
    t.is(Object.values(cell.cycles.byCategory).reduce((sum, cycles) => sum + cycles, 0), cell.cycles.region);
    if (cell.technique.name === 'native') t.is(cell.perOperation?.exits, 0);
  }
});
