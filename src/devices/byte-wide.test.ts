import test from 'ava';
import {byteWide} from './byte-wide.ts';

function memoryChip() {
  const bytes = new Map<number, number>();
  return byteWide({
    ports: [[0x300, 0x307]],
    read: port => bytes.get(port) ?? 0,
    write: (port, value) => bytes.set(port, value),
  });
}

test('a wide access becomes byte accesses at ascending ports', t => {
  const chip = memoryChip();
  chip.writePort(0x300, 4, 0xfedcba98);
  t.deepEqual([0x300, 0x301, 0x302, 0x303].map(port => chip.readPort(port, 1)), [0x98, 0xba, 0xdc, 0xfe]);
  t.is(chip.readPort(0x300, 4), 0xfedcba98);
  t.is(chip.readPort(0x301, 2), 0xdcba);
});
