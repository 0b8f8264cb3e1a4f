// The 82540EM driven as a driver drives it. Intel 317453.
import fc from 'fast-check';
import test from 'ava';
import type {BusMaster} from '../bus.ts';
import {MemoryBus} from '../memory-bus.ts';
import {PortBus} from '../port-bus.ts';
import {SteppedClock} from '../stepped-clock.ts';
import {E1000} from './card.ts';

const BASE = 0xfeb0_0000, PORTS = 0xc000, SIZE = 0x4_0000;
const ADDRESS = [0x52, 0x54, 0x00, 0x77, 0x73, 0x01] as const;
const RING = 0x1000, DATA = 0x8000;

class Bench {
  readonly clock = new SteppedClock(1_000_000_000);
  readonly bytes = new Uint8Array(SIZE);
  readonly view = new DataView(this.bytes.buffer);
  readonly space = new MemoryBus();
  readonly ports = new PortBus();
  readonly sent: Uint8Array[] = [];
  irq = false;
  rises = 0;
  readonly card: E1000;

  constructor() {
    const memory: BusMaster = {
      read: (at, into) => at + into.length <= SIZE && (into.set(this.bytes.subarray(at, at + into.length)), true),
      write: (at, from) => at + from.length <= SIZE && (this.bytes.set(from, at), true),
    };
    this.card = new E1000({clock: this.clock, memory, space: this.space, ports: this.ports, port: {address: ADDRESS, full: false, whenRoom: () => {}, send: frame => { this.sent.push(frame); }}});
    this.card.pci.interrupt = level => {
      if (level && !this.irq) this.rises++;
      this.irq = level;
    };
    this.card.pci.writeConfig(0x10, 4, BASE);
    this.card.pci.writeConfig(0x14, 4, PORTS);
    this.card.pci.writeConfig(4, 2, 7);
  }

  read(register: number): number {
    return this.space.read(BASE + register, 4);
  }

  write(register: number, value: number): this {
    this.space.write(BASE + register, 4, value);
    return this;
  }

  transmitRing(entries = 8): this {
    return this.write(0x3800, RING).write(0x3808, entries * 16).write(0x3810, 0).write(0x3818, 0).write(0x400, 2).write(0xd0, 1);
  }

  receiveRing(entries = 8, control = 0x0400_8002): this {
    for (let index = 0; index < entries; index++) this.view.setUint32(RING + index * 16, DATA + index * 2048, true);
    return this.write(0x2800, RING).write(0x2808, entries * 16).write(0x2810, 0).write(0x2818, entries - 1).write(0x100, control).write(0xd0, 0x80);
  }

  descriptor(index: number, address: number, low: number, high: number): void {
    this.view.setBigUint64(RING + index * 16, BigInt(address), true);
    this.view.setUint32(RING + index * 16 + 8, low >>> 0, true);
    this.view.setUint32(RING + index * 16 + 12, high >>> 0, true);
  }
}

const END = 0x0100_0000, REPORT = 0x0800_0000, EXTENDED = 0x2000_0000, SEGMENT = 0x0400_0000;

test('the EEPROM gives the address by EERD and bit by bit, and adds up to 0xBABA', t => {
  const bench = new Bench();
  const word = (at: number): number => {
    bench.write(0x14, 1 | (at << 8));
    return bench.read(0x14) >>> 16;
  };
  t.deepEqual([word(0), word(1), word(2)], [0x5452, 0x7700, 0x0173]);
  t.is(Array.from({length: 64}, (_, at) => word(at)).reduce((a, b) => a + b) & 0xffff, 0xbaba);
  const pins = (value: number): number => bench.write(0x10, value).read(0x10);
  t.is(pins(0x40) & 0x80, 0x80);
  pins(0x42);
  for (const bit of [1, 1, 0, 0, 0, 0, 0, 0, 1]) for (const clock of [0, 1, 0]) pins(0x42 | (bit << 2) | clock);
  let read = 0;
  for (let bit = 0; bit < 16; bit++) {
    read = (read << 1) | ((bench.read(0x10) >>> 3) & 1);
    pins(0x43);
    pins(0x42);
  }
  t.is(read, 0x7700);
});

test('the PHY identifies itself and its link is up', t => {
  const bench = new Bench();
  const phy = (register: number): number => bench.write(0x20, (2 << 26) | (1 << 21) | (register << 16)).read(0x20);
  t.is(phy(2) & 0xffff, 0x0141);
  t.is(phy(1) & 0x24, 0x24);
  t.is(bench.write(0x20, (2 << 26) | (7 << 21)).read(0x20) & (1 << 30), 1 << 30);
  t.is(bench.read(8) & 3, 3);
});

test('a frame in two descriptors is sent whole, its done bits written, one interrupt', t => {
  const bench = new Bench().transmitRing();
  bench.bytes.set([1, 2, 3, 4, 5, 6], DATA);
  bench.descriptor(0, DATA, 4, 0);
  bench.descriptor(1, DATA + 4, 2 | END | REPORT, 0);
  bench.write(0x3818, 2);
  t.deepEqual(bench.sent.map(frame => [...frame]), [[1, 2, 3, 4, 5, 6]]);
  t.is(bench.bytes[RING + 16 + 12] & 1, 1);
  t.is(bench.read(0x3810), 2);
  t.true(bench.irq);
  t.is(bench.read(0xc0) & 3, 3);
  t.false(bench.irq);
});

test('nothing is fetched before the bus-master bit is set', t => {
  const bench = new Bench().transmitRing();
  bench.card.pci.writeConfig(4, 2, 3);
  bench.descriptor(0, DATA, 60 | END, 0);
  bench.write(0x3818, 1);
  t.deepEqual(bench.sent, []);
});

test('a long TCP segment is cut: sequence numbers, identification, lengths and checksums', t => {
  const bench = new Bench().transmitRing();
  const frame = new Uint8Array(54 + 250);
  const view = new DataView(frame.buffer);
  view.setUint8(14, 0x45);
  view.setUint16(18, 100);
  view.setUint8(23, 6);
  view.setUint32(38, 1000);
  view.setUint8(46, 0x50);
  view.setUint8(47, 0x19);
  frame.fill(7, 54);
  bench.bytes.set(frame, DATA);
  bench.bytes.set([14, 24, 33, 0, 34, 50, 0, 0], RING);
  bench.view.setUint32(RING + 8, EXTENDED | 0x0300_0000 | 250, true);
  bench.view.setUint32(RING + 12, (100 << 16) | (54 << 8), true);
  bench.descriptor(1, DATA, frame.length | EXTENDED | SEGMENT | END | REPORT | (1 << 20), 3 << 8);
  bench.write(0x3818, 2);
  t.deepEqual(bench.sent.map(piece => piece.length), [154, 154, 104]);
  const views = bench.sent.map(piece => new DataView(piece.buffer));
  t.deepEqual(views.map(piece => piece.getUint32(38)), [1000, 1100, 1200]);
  t.deepEqual(views.map(piece => piece.getUint16(18)), [100, 101, 102]);
  t.deepEqual(views.map(piece => piece.getUint8(47) & 9), [0, 0, 9]);
  for (const piece of bench.sent) {
    let sum = 0;
    for (let at = 14; at < 34; at += 2) sum += (piece[at] << 8) | piece[at + 1];
    t.is(((sum & 0xffff) + (sum >>> 16)) & 0xffff, 0xffff);
  }
});

const frameTo = (to: readonly number[], length = 100): Uint8Array => Uint8Array.from({length}, (_, at) => to[at] ?? at);

test('frames for this address and broadcasts are taken, others are not', t => {
  const bench = new Bench().receiveRing();
  bench.card.receive(frameTo(ADDRESS));
  bench.card.receive(frameTo([0x52, 0x54, 0, 0x77, 0x73, 0x99]));
  bench.card.receive(frameTo([255, 255, 255, 255, 255, 255], 20));
  t.is(bench.read(0x2810), 2);
  t.deepEqual([bench.view.getUint16(RING + 8, true), bench.view.getUint16(RING + 16 + 8, true)], [100, 60]);
  t.is(bench.bytes[RING + 12], 3);
  t.is(bench.bytes[DATA + 50], 50);
  t.is(bench.read(0xc0) & 0x80, 0x80);
});

test('a frame larger than a buffer takes several descriptors; without room it is lost', t => {
  const bench = new Bench().receiveRing(8, 0x0403_8002);
  bench.card.receive(frameTo(ADDRESS, 600));
  t.is(bench.read(0x2810), 3);
  t.deepEqual([0, 1, 2].map(index => bench.bytes[RING + index * 16 + 12]), [1, 1, 3]);
  bench.card.receive(frameTo(ADDRESS, 1500));
  t.is(bench.read(0x2810), 3);
  t.is(bench.read(0xc0) & 0x40, 0x40);
});

test('the throttle holds the second interrupt back', t => {
  const bench = new Bench().receiveRing().write(0xc4, 1000);
  bench.card.receive(frameTo(ADDRESS));
  bench.read(0xc0);
  bench.card.receive(frameTo(ADDRESS));
  t.is(bench.rises, 1);
  bench.clock.advanceTo(256_000);
  t.is(bench.rises, 2);
});

test('the ports reach the same registers', t => {
  const bench = new Bench();
  bench.ports.write(PORTS, 4, 0x5400);
  t.is(bench.ports.read(PORTS + 4, 4), 0x7700_5452);
});

test('no programming of the card gets past its checks', t => {
  const registers = [0x100, 0x400, 0x2800, 0x2804, 0x2808, 0x2810, 0x2818, 0x3800, 0x3804, 0x3808, 0x3810, 0x3818, 0, 0x10, 0x14, 0x20, 0xc4, 0xc8, 0xd0];
  fc.assert(fc.property(fc.array(fc.tuple(fc.constantFrom(...registers), fc.oneof(fc.nat(0x2000), fc.nat()))), fc.uint8Array({minLength: 256, maxLength: 256}), (writes, noise) => {
    const bench = new Bench();
    bench.bytes.set(noise, RING);
    for (const [register, value] of writes) {
      bench.write(register, value);
      bench.card.receive(frameTo(ADDRESS));
    }
  }), {numRuns: 1000, seed: 1});
  t.pass();
});
