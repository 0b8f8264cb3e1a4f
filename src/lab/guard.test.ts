import test from 'ava';
import {createGuarded, guardedObject, PluginError} from './guard.ts';
import type {Guard} from './guard.ts';

class GuestFault { readonly vector = 14; }
const guard: Guard = {
  callee: {kind: 'memory', name: 'agile', file: '/lab/agile.ts', cell: 'ptemod | x | y'},
  isControlFlow: thrown => thrown instanceof GuestFault,
};

class Strategy {
  count = 0;
  add(a: number, b: number): number { this.count += 1; return a + b; }
  fail(): never { throw new TypeError('no frame'); }
  fault(): never { throw new GuestFault(); }
}
class Derived extends Strategy {
  field = (): string => `field of ${this.count}`;
  override add(a: number, b: number): number { return super.add(a, b) * 10; }
}

test('methods of the class, of its base and of fields work on the original', t => {
  const original = new Derived();
  const strategy = guardedObject(original, guard);
  t.is(strategy.add(1, 2), 30);
  t.is(original.count, 1);
  t.is(strategy.count, 1);
  t.is(strategy.field(), 'field of 1');
  strategy.count = 5;
  t.is(original.count, 5);
});

test('what a hook throws names plugin, hook, cell and file, and keeps its cause', t => {
  const error = t.throws(() => guardedObject(new Strategy(), guard).fail(), {instanceOf: PluginError});
  t.like(error, {plugin: 'memory/agile', hook: 'fail', cell: 'ptemod | x | y', file: '/lab/agile.ts'});
  t.is(error?.message, "plugin memory/agile failed in fail() in cell 'ptemod | x | y': no frame (/lab/agile.ts)");
  t.true(error?.cause instanceof TypeError);
});

test("the machine's control flow passes untouched", t => {
  t.throws(() => guardedObject(new Strategy(), guard).fault(), {any: true, instanceOf: GuestFault});
});

test('an error of a plugin called by a plugin is attributed once, to the inner one', t => {
  const inner = guardedObject(new Strategy(), guard);
  const outer = guardedObject({run: () => inner.fail()}, {...guard, callee: {...guard.callee, name: 'outer'}});
  t.throws(() => outer.run(), {instanceOf: PluginError, message: /^plugin memory\/agile failed in fail/});
});

test('absent hooks stay absent', t => {
  const strategy: {run(): void; halt?: () => void} = guardedObject({run() {}}, guard);
  t.is(strategy.halt, undefined);
  t.false('halt' in strategy);
});

test('create is guarded too, and must return a strategy', t => {
  t.throws(() => createGuarded(guard, () => { throw new Error('bad option'); }), {instanceOf: PluginError, message: /failed in create\(\).*bad option/});
  t.throws(() => createGuarded(guard, () => undefined as unknown as object), {instanceOf: PluginError, message: /create.*returned undefined/});
});

test('the place in the plugin is told when the stack shows it', t => {
  const here = import.meta.filename;
  const strategy = guardedObject(new Strategy(), {...guard, callee: {...guard.callee, file: here.endsWith('.js') ? `file://${here}` : here}});
  const error = t.throws(() => strategy.fail(), {instanceOf: PluginError});
  t.regex(error?.message ?? '', /guard\.test\.[jt]s(?::\d+:\d+)?\)$/);
});
