import test from 'ava';
import type {Width} from './bus.ts';
import {createDebugExit} from './debug-exit.ts';

const writes: Array<[port: number, width: Width, value: number, code: number]> = [
  [0xf4, 1, 0x00, 1],
  [0xf4, 1, 0x10, 0x21],
  [0xf5, 1, 0xff, 0x1ff],
  [0xf4, 2, 0x1234, 0x2469],
  [0xf4, 4, 0x00000010, 0x21],
  [0xf4, 4, 0xffffffff, 0x1ffffffff],
];
for (const [port, width, value, code] of writes) {
  test(`0x${value.toString(16)} written ${width} wide at 0x${port.toString(16)} exits with 0x${code.toString(16)}`, t => {
    const codes: number[] = [];
    createDebugExit(exit => codes.push(exit)).writePort(port, width, value);
    t.deepEqual(codes, [code]);
  });
}

test('a read does not end the machine', t => {
  t.is(createDebugExit(() => t.fail()).readPort(0xf4, 1), 0);
});
