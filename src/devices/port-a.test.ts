import test from 'ava';
import {createPortA} from './port-a.ts';

function bench(...writes: number[]) {
  const a20: boolean[] = [];
  let resets = 0;
  const port = createPortA(level => a20.push(level), () => resets++);
  for (const value of writes) port.writePort(0x92, 1, value);
  return {a20, resets, read: port.readPort(0x92, 1)};
}

const rows: Array<[writes: number[], a20: boolean[], resets: number]> = [
  [[0x02, 0x00], [true, false], 0],
  [[0x01], [false], 1],
  [[0x03, 0x03], [true, true], 1],
  [[0x01, 0x00, 0x01], [false, false, false], 2],
];
for (const [writes, a20, resets] of rows) {
  test(`writing ${writes.join(', ')} gives A20 ${a20.join(', ')} and ${resets} resets`, t => {
    const result = bench(...writes);
    t.deepEqual(result.a20, a20);
    t.is(result.resets, resets);
    t.is(result.read, writes.at(-1)!);
  });
}
