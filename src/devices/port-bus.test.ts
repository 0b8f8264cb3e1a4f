import test from 'ava';
import type {PortDevice, Width} from './bus.ts';
import {floating, PortBus} from './port-bus.ts';

/** A device that logs each access and answers every read with its fill byte. */
function probe(first: number, last: number, fill = 0): PortDevice & {log: string[]} {
  const log: string[] = [];
  const note = (verb: string, port: number, width: Width): void => {
    log.push(`${verb}${width} ${port.toString(16)}`);
  };
  return {
    log,
    ports: [[first, last]],
    readPort(port, width) {
      note('in', port, width);
      return (fill * 0x01010101) & floating(width);
    },
    writePort(port, width, value) {
      note(`out ${value.toString(16)} `, port, width);
    },
  };
}

function busOf(...devices: PortDevice[]): PortBus {
  const bus = new PortBus();
  for (const device of devices) bus.add(device);
  return bus;
}

const unassigned: Array<[Width, number]> = [[1, 0xff], [2, 0xffff], [4, 0xffffffff]];
for (const [width, ones] of unassigned) {
  test(`an unassigned port reads as ones, ${width} bytes wide`, t => {
    t.is(busOf().read(0x80, width), ones);
    t.is(busOf().read(0xffff, width), ones);
  });
}

test('a write to an unassigned port vanishes', t => {
  const device = probe(0x10, 0x1f);
  busOf(device).write(0x80, 4, 0x12345678);
  t.deepEqual(device.log, []);
});

test('an access within one device arrives whole', t => {
  const device = probe(0x10, 0x13, 0x5a);
  const bus = busOf(device);
  t.is(bus.read(0x10, 4), 0x5a5a5a5a);
  bus.write(0x12, 2, 0xabcd);
  t.deepEqual(device.log, ['in4 10', 'out abcd 2 12']);
});

test('an access that leaves a device is split in bytes, in ascending order', t => {
  const left = probe(0x10, 0x11, 0x11);
  const right = probe(0x12, 0x12, 0x22);
  const bus = busOf(left, right);
  t.is(bus.read(0x10, 4), 0xff221111);
  bus.write(0x10, 4, 0x0a0b0c0d);
  t.deepEqual(left.log, ['in1 10', 'in1 11', 'out d 1 10', 'out c 1 11']);
  t.deepEqual(right.log, ['in1 12', 'out b 1 12']);
});

test('an access past the last port reads ones there', t => {
  t.is(busOf(probe(0xffff, 0xffff, 0x42)).read(0xffff, 2), 0xff42);
});

test('two devices on one port are an error that names the port', t => {
  t.throws(() => busOf(probe(0x60, 0x64), probe(0x61, 0x61)), {message: 'Two devices answer on port 0x61'});
});

test('a range outside the port space is an error', t => {
  t.throws(() => busOf(probe(0xfffe, 0x10001)), {message: /no range of I\/O ports/});
});

test('a removed device answers no more, and its ports are free', t => {
  const device = probe(0x10, 0x1f, 0x33);
  const bus = busOf(device);
  t.true(bus.has(0x1f));
  bus.remove(device);
  t.false(bus.has(0x1f));
  t.is(bus.read(0x10, 1), 0xff);
  t.notThrows(() => bus.add(probe(0x10, 0x10)));
});
