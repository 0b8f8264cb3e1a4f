import test from 'ava';
import {createCmos} from './cmos.ts';
import {SteppedClock} from './stepped-clock.ts';

const HERTZ = 1_000_000;
const MIB = 1024 * 1024;

function bench(memorySize = 64 * MIB) {
  const clock = new SteppedClock(HERTZ);
  const irq = {level: false, rises: 0};
  const cmos = createCmos(clock, memorySize, level => {
    if (level && !irq.level) irq.rises++;
    irq.level = level;
  });
  const select = (address: number): void => cmos.writePort(0x70, 1, address);
  const read = (address: number): number => {
    select(address);
    return cmos.readPort(0x71, 1);
  };
  const write = (address: number, value: number): void => {
    select(address);
    cmos.writePort(0x71, 1, value);
  };
  return {clock, read, write, irq};
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

test('RAM keeps what is written; status C and status D do not', t => {
  const {read, write} = bench();
  for (const address of [0x0f, 0x40, 0x7f]) {
    write(address, 0xa5);
    t.is(read(address), 0xa5);
  }
  for (const address of [0x0c]) {
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
  t.is(createCmos(new SteppedClock(HERTZ), MIB, () => {}).readPort(0x70, 1), 0xff);
});

const set = (write: (address: number, value: number) => void, bytes: ReadonlyArray<readonly [address: number, value: number]>): void => {
  for (const [address, value] of bytes) write(address, value);
};

test('the date is set while SET holds it, and goes on from there at the next second', t => {
  const {clock, read, write} = bench();
  clock.advanceTo(1.25 * HERTZ);
  write(0x0b, 0x82);
  set(write, [[0x00, 0x58], [0x02, 0x59], [0x04, 0x23], [0x07, 0x28], [0x08, 0x02], [0x09, 0x24], [0x32, 0x20]]);
  clock.advanceTo(7.5 * HERTZ);
  t.is(read(0x00), 0x58, 'held');
  write(0x0b, 0x02);
  clock.advanceTo(7.99 * HERTZ);
  t.is(read(0x00), 0x58);
  clock.advanceTo(9 * HERTZ);
  t.deepEqual(DATE.map(read), [0x20, 0x24, 0x02, 0x29, 0x05, 0x00, 0x00, 0x00]);
});

test('a byte of the date written without SET takes effect at once', t => {
  const {read, write} = bench();
  write(0x04, 0x17);
  t.deepEqual([read(0x04), read(0x02), read(0x00)], [0x17, 0, 0]);
});

test('resetting the divider stops the time; the next second is half a second after its release', t => {
  const {clock, read, write} = bench();
  write(0x0a, 0x76);
  clock.advanceTo(5.1 * HERTZ);
  t.is(read(0x00), 0);
  write(0x0a, 0x26);
  clock.advanceTo(5.59 * HERTZ);
  t.is(read(0x00), 0);
  clock.advanceTo(5.61 * HERTZ);
  t.is(read(0x00), 1);
});

const rates: Array<[rate: number, interrupts: number]> = [[0x26, 1024], [0x2f, 2], [0x22, 128], [0x21, 256], [0x23, 8192], [0x20, 0]];
for (const [statusA, interrupts] of rates) {
  test(`status A 0x${statusA.toString(16)} gives ${interrupts} periodic interrupts in a second, each acknowledged by status C`, t => {
    const {clock, read, write, irq} = bench();
    write(0x0a, statusA);
    write(0x0b, 0x42);
    for (let time = 0; time < HERTZ; time += 50) {
      clock.advanceTo(time);
      if (irq.level) t.is(read(0x0c), 0xc0);
    }
    clock.advanceTo(HERTZ);
    t.is(irq.rises, interrupts);
  });
}

test('IRQ 8 stays up until status C is read, and no second interrupt comes meanwhile', t => {
  const {clock, read, write, irq} = bench();
  write(0x0b, 0x52);
  clock.advanceTo(3 * HERTZ);
  t.deepEqual(irq, {level: true, rises: 1});
  t.is(read(0x0c), 0xd0, 'periodic and update-ended');
  t.deepEqual(irq, {level: false, rises: 1});
});

test('flags are set whether or not they may interrupt', t => {
  const {clock, read, irq} = bench();
  clock.advanceTo(HERTZ);
  t.is(read(0x0c), 0x50);
  t.is(read(0x0c), 0);
  t.is(irq.rises, 0);
});

test('the alarm comes at its time of day; 0xC0 and above match any', t => {
  const {clock, read, write, irq} = bench();
  set(write, [[0x01, 0x05], [0x03, 0xff], [0x05, 0xc0], [0x0b, 0x22]]);
  clock.advanceTo(4.99 * HERTZ);
  t.false(irq.level);
  clock.advanceTo(5 * HERTZ);
  t.is(read(0x0c), 0xf0);
  clock.advanceTo(64.9 * HERTZ);
  t.false(irq.level);
  clock.advanceTo(65 * HERTZ);
  t.true(irq.level);
});
