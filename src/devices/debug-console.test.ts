import test from 'ava';
import {createDebugConsole} from './debug-console.ts';

test('bytes written appear on the console in order', t => {
  const bytes: number[] = [];
  const device = createDebugConsole(byte => bytes.push(byte));
  for (const byte of [0x48, 0x69, 0xff]) device.writePort(0xe9, 1, byte);
  t.deepEqual(bytes, [0x48, 0x69, 0xff]);
});

test('reading returns 0xE9, the sign that the console is there', t => {
  t.is(createDebugConsole(() => {}).readPort(0xe9, 1), 0xe9);
});
