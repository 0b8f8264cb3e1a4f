import test from 'ava';
import {Chip8259} from './chip.ts';
import {NONE} from './priority.ts';

function slave(): Chip8259 {
  const chip = new Chip8259(() => {});
  chip.vectorBase = 0x28;
  chip.initialized = true;
  return chip;
}

test('an acknowledge with nothing pending gives the vector of level 7 and puts nothing in service', t => {
  const chip = slave();
  t.is(chip.acknowledge(), NONE);
  t.is(chip.vector(NONE), 0x2f);
  t.is(chip.inService, 0);
});

test('a request that comes back before the acknowledge is served as if it had never gone', t => {
  const chip = slave();
  for (const level of [true, false, true]) chip.setLine(4, level);
  t.is(chip.acknowledge(), 4);
  t.is(chip.inService, 0x10);
});

test('INT is driven once for each change', t => {
  const levels: boolean[] = [];
  const chip = new Chip8259(level => levels.push(level));
  chip.initialized = true;
  chip.setLine(1, true);
  chip.setLine(1, true);
  chip.setLine(0, true);
  chip.setLine(1, false);
  chip.setLine(0, false);
  t.deepEqual(levels, [true, false]);
});
