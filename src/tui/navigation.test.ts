import test from 'ava';
import type {Action} from './keys.ts';
import {navigate, START, type Place} from './navigation.ts';

const TECHNIQUES = ['native', 'b', 'c', 'd', 'e', 'f'];
const EXTENT = {rows: 12, techniques: TECHNIQUES, costs: ['vm_exit', 'iret'], page: 5, scrollable: 20};
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
  [{row: 3, scroll: 4}, ['view-flow'], {view: 'flow', row: 3, scroll: 0}],
  [{view: 'flow', row: 3}, ['view-cell', 'view-compare', 'right'], {view: 'compare', row: 3, column: 1}],
  [{column: 2}, ['sort'], {sort: 'c'}],
  [{column: 2}, ['sort', 'sort'], {sort: null}],
  [{column: 2}, ['sort', 'right', 'sort', 'reverse'], {sort: 'd', reverse: true}],
  [{view: 'compare', column: 3}, ['base'], {base: 'd'}],
  [{view: 'compare', column: 3}, ['base', 'base'], {base: null}],
  [{filter: 'shadow'}, ['back'], {filter: ''}],
  [{}, ['filter'], {editing: true}],
  [{view: 'what-if'}, ['right', 'right'], {whatIf: {selected: 0, factors: {vm_exit: 1.5}}}],
  [{view: 'what-if'}, ['down', 'left', 'up', 'right'], {whatIf: {selected: 0, factors: {iret: 0.75, vm_exit: 1.25}}}],
  [{view: 'what-if'}, ['right', 'left'], {whatIf: {selected: 0, factors: {}}}],
  [{view: 'what-if'}, ['right', 'right', 'neutral'], {whatIf: {selected: 0, factors: {}}}],
  [{view: 'what-if'}, ['value', 'page-down'], {mode: 'cycles', row: 5}],
  [{view: 'timeline'}, ['right'], {pan: 0}],
  [{view: 'timeline'}, ['zoom-in', 'right'], {zoom: 1, pan: 3}],
  [{view: 'timeline', zoom: 1, pan: 4}, ['zoom-in', 'zoom-out'], {zoom: 1, pan: 4}],
  [{view: 'timeline', zoom: 1, pan: 4}, ['zoom-out', 'zoom-out'], {zoom: 0, pan: 0}],
];

for (const [from, actions, expected] of rows) {
  test(`${JSON.stringify(from)} ${actions.join(' ')} leads to ${JSON.stringify(expected)}`, (t) => {
    t.like(after(from, ...actions), expected);
  });
}

test('an empty matrix cannot be left for a cell', (t) => {
  const empty = {rows: 0, techniques: [], costs: [], page: 1, scrollable: 0};
  t.deepEqual(navigate(START, 'open', empty), START);
  t.like(navigate(START, 'down', empty), {row: 0, column: 0});
});
