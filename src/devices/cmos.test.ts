import test from 'ava';
import {createCmos} from './cmos.ts';
import {SteppedClock} from './stepped-clock.ts';

const HERTZ = 1_000_000;
const MIB = 1024 * 1024;

function bench(memorySize = 64 * MIB) {
  const clock = new SteppedClock(HERTZ);
  const cmos = createCmos(clock, memorySize);
  const select = (address: number): void => cmos.writePort(0x70, 1, address);
  const read = (address: number): number => {
    select(address);
    return cmos.readPort(0x71, 1);
  };
  const write = (address: number, value: number): void => {
    select(address);
    cmos.writePort(0x71, 1, value);
  };
  return {clock, read, write};
}

const DATE = [0x32, 0x09, 0x08, 0x07, 0x06, 0x04, 0x02, 0x00];
const dates: Array<[seconds: number, statusB: number, bytes: number[]]> = [
  [0, 0x02, [0x20, 0x00, 0x01, 0x01, 0x07, 0x00, 0x00, 0x00]],
  [59, 0x02, [0x20, 0x00, 0x01, 0x01, 0x07, 0x00, 0x00, 0x59]],
  [60, 0x02, [0x20, 0x00, 0x01, 0x01, 0x07, 0x00, 0x01, 0x00]],
  [86_400 + 13 * 3600, 0x02, [0x20, 0x00, 0x01, 0x02, 0x01, 0x13, 0x00, 0x00]],
  [59 * 86_400 + 59, 0x06, [20, 0, 2, 29, 3, 0, 0, 59]],
  [13 * 3600, 0x00, [0x20, 0x00, 0x01, 0x01, 0x07, 0x81, 0x00, 0x00]],
  [0, 0x04, [20, 0, 1, 1, 7, 12, 0, 0]],
];
for (const [seconds, statusB, bytes] of dates) {
  test(`${seconds} seconds after the start, with status B 0x${statusB.toString(16)}`, t => {
    const {clock, read, write} = bench();
    write(0x0b, statusB);
    clock.advanceTo(seconds * HERTZ);
    t.deepEqual(DATE.map(read), bytes);
  });
}

test('UIP is set for 244 microseconds before each second', t => {
  const {clock, read} = bench();
  const statusA = (time: number): number => {
    clock.advanceTo(time);
    return read(0x0a);
  };
  t.deepEqual([0, 999_755, 999_756, 999_999, 1_000_000].map(statusA), [0x26, 0x26, 0xa6, 0xa6, 0x26]);
});

const sizes: Array<[mib: number, above1M: number, above16M: number]> = [
  [1, 0, 0],
  [16, 15 * 1024, 0],
  [64, 63 * 1024, 768],
  [1024, 0xffff, 16_128],
];
for (const [mib, above1M, above16M] of sizes) {
  test(`${mib} MiB of memory read as ${above1M} KiB above 1 MiB and ${above16M} blocks above 16 MiB`, t => {
    const {read} = bench(mib * MIB);
    const word = (address: number): number => read(address) | (read(address + 1) << 8);
    t.deepEqual([0x15, 0x17, 0x30, 0x34].map(word), [640, above1M, above1M, above16M]);
    let sum = 0;
    for (let address = 0x10; address <= 0x2d; address++) sum += read(address);
    t.is((read(0x2e) << 8) | read(0x2f), sum, 'checksum');
  });
}

test('RAM keeps what is written; the date, status C and status D do not', t => {
  const {read, write} = bench();
  for (const address of [0x0f, 0x40, 0x7f]) {
    write(address, 0xa5);
    t.is(read(address), 0xa5);
  }
  for (const address of [0x00, 0x09, 0x0c]) {
    write(address, 0x12);
    t.is(read(address), 0);
  }
  t.is(read(0x0d), 0x80, 'RAM is valid');
});

test('the NMI bit is no part of the address', t => {
  const {read, write} = bench();
  write(0x40, 0x77);
  t.is(read(0xc0), 0x77);
});

test('the index port reads as ones', t => {
  t.is(createCmos(new SteppedClock(HERTZ), MIB).readPort(0x70, 1), 0xff);
});
