import test from 'ava';
import type {Action} from './keys.ts';
import {navigate, START, type Place} from './navigation.ts';

const EXTENT = {rows: 12, columns: 6, page: 5, scrollable: 20};
const after = (place: Partial<Place>, ...actions: Action[]): Place =>
  actions.reduce((at, action) => navigate(at, action, EXTENT), {...START, ...place});

const rows: readonly [Partial<Place>, readonly Action[], Partial<Place>][] = [
  [{}, ['up', 'left'], {row: 0, column: 0}],
  [{}, ['down', 'down', 'right'], {row: 2, column: 1}],
  [{row: 10, column: 5}, ['page-down', 'right'], {row: 11, column: 5}],
  [{row: 7}, ['page-up'], {row: 2}],
  [{row: 7}, ['last'], {row: 11}],
  [{row: 7}, ['first'], {row: 0}],
  [{row: 3}, ['open', 'down', 'down', 'right'], {view: 'cell', row: 3, column: 1, scroll: 2}],
  [{view: 'cell', scroll: 18}, ['page-down'], {scroll: 20}],
  [{view: 'cell', row: 3, scroll: 9}, ['back'], {view: 'matrix', row: 3, scroll: 0}],
  [{view: 'cell'}, ['open', 'value'], {view: 'cell', mode: 'slowdown'}],
  [{}, ['value'], {mode: 'cycles'}],
  [{}, ['value', 'value', 'value', 'value'], {mode: 'slowdown'}],
  [{row: 4}, ['help', 'down', 'down'], {help: true, row: 4, helpScroll: 2}],
  [{row: 4}, ['help', 'down', 'open'], {help: false, view: 'matrix', row: 4, helpScroll: 0}],
  [{}, ['help', 'help'], {help: false}],
];

for (const [from, actions, expected] of rows) {
  test(`${JSON.stringify(from)} ${actions.join(' ')} leads to ${JSON.stringify(expected)}`, (t) => {
    t.like(after(from, ...actions), expected);
  });
}

test('an empty matrix cannot be left for a cell', (t) => {
  const empty = {rows: 0, columns: 0, page: 1, scrollable: 0};
  t.deepEqual(navigate(START, 'open', empty), START);
  t.like(navigate(START, 'down', empty), {row: 0, column: 0});
});
