// The Am79C970A driven as drivers drive it, in each of its structures and both widths of registers. AMD 19436.
import {crc32} from 'node:zlib';
import fc from 'fast-check';
import test from 'ava';
import type {BusMaster} from '../bus.ts';
import {MemoryBus} from '../memory-bus.ts';
import {PortBus} from '../port-bus.ts';
import {Pcnet} from './card.ts';

const PORTS = 0xc020, MEMORY = 0xfeb4_0000, SIZE = 0x4_0000;
const ADDRESS = [0x52, 0x54, 0x00, 0x77, 0x73, 0x01] as const;
const BLOCK = 0x1000, RECEIVE = 0x2000, TRANSMIT = 0x3000, DATA = 0x8000;

/** Where a style of descriptor keeps its parts. */
const STYLES = {
  0: {bytes: 8, address: 0, length: 4, flags: 3, message: 6},
  2: {bytes: 16, address: 0, length: 4, flags: 7, message: 8},
  3: {bytes: 16, address: 8, length: 4, flags: 7, message: 0},
} as const;
type StyleNumber = keyof typeof STYLES;

class Bench {
  readonly bytes = new Uint8Array(SIZE);
  readonly view = new DataView(this.bytes.buffer);
  readonly ports = new PortBus();
  readonly space = new MemoryBus();
  readonly sent: Uint8Array[] = [];
  /** Frames that have been handed over and not left yet. */
  readonly leaving: Array<() => void> = [];
  irq = false;
  readonly card: Pcnet;
  style: StyleNumber = 2;

  constructor() {
    const memory: BusMaster = {
      read: (at, into) => at + into.length <= SIZE && (into.set(this.bytes.subarray(at, at + into.length)), true),
      write: (at, from) => at + from.length <= SIZE && (this.bytes.set(from, at), true),
    };
    const send = (frame: Uint8Array, sent?: () => void): void => {
      this.sent.push(frame);
      if (sent) this.leaving.push(sent);
    };
    this.card = new Pcnet({memory, ports: this.ports, space: this.space, port: {address: ADDRESS, full: false, whenRoom: () => {}, send}});
    this.card.pci.interrupt = level => { this.irq = level; };
    this.card.pci.writeConfig(0x10, 4, PORTS);
    this.card.pci.writeConfig(0x14, 4, MEMORY);
    this.card.pci.writeConfig(4, 2, 7);
  }

  csr(index: number): number {
    this.ports.write(PORTS + 0x12, 2, index);
    return this.ports.read(PORTS + 0x10, 2);
  }

  write(index: number, value: number): this {
    this.ports.write(PORTS + 0x12, 2, index);
    this.ports.write(PORTS + 0x10, 2, value);
    return this;
  }

  bcr(index: number, value: number): this {
    this.ports.write(PORTS + 0x12, 2, index);
    this.ports.write(PORTS + 0x16, 2, value);
    return this;
  }

  /** Rings of four descriptors each, initialized and started, interrupts on. */
  start(style: StyleNumber, mode = 0): this {
    this.style = style;
    const {view, bytes} = this;
    view.setUint16(BLOCK, mode, true);
    bytes.set(ADDRESS, BLOCK + (style === 0 ? 2 : 4));
    if (style === 0) {
      view.setUint32(BLOCK + 16, RECEIVE | (2 << 29), true);
      view.setUint32(BLOCK + 20, TRANSMIT | (2 << 29), true);
    } else {
      bytes.set([0x20, 0x20], BLOCK + 2);
      view.setUint32(BLOCK + 20, RECEIVE, true);
      view.setUint32(BLOCK + 24, TRANSMIT, true);
    }
    return this.bcr(20, style).write(1, BLOCK).write(2, 0).write(0, 1).write(0, 0x0142);
  }

  give(ring: number, index: number, {address, length, flags}: {address: number; length: number; flags: number}): void {
    const style = STYLES[this.style], at = ring + index * style.bytes;
    if (this.style === 0) this.view.setUint16(at, address, true);
    else this.view.setUint32(at + style.address, address, true);
    if (this.style === 0) this.bytes[at + 2] = address >>> 16;
    this.view.setUint16(at + style.length, -length & 0xffff, true);
    this.bytes[at + style.flags] = flags;
  }

  flags(ring: number, index: number): number {
    const {bytes, flags} = STYLES[this.style];
    return this.bytes[ring + index * bytes + flags];
  }

  message(ring: number, index: number): number {
    const {bytes, message} = STYLES[this.style];
    return this.view.getUint16(ring + index * bytes + message, true);
  }
}

const OWN = 0x80, ERR = 0x40, STP = 0x02, ENP = 0x01, BUFF = 0x04;
const frameTo = (to: readonly number[], length = 100): Uint8Array => Uint8Array.from([...to, ...Array.from({length: length - 6}, (_, at) => at & 0xff)]);

test('the PROM has the address, its letters and a checksum; the chip says what it is', t => {
  const bench = new Bench();
  const prom = Array.from({length: 16}, (_, at) => bench.ports.read(PORTS + at, 1));
  t.deepEqual(prom.slice(0, 6), [...ADDRESS]);
  t.deepEqual(prom.slice(14), [0x57, 0x57]);
  t.is(prom[12] | (prom[13] << 8), prom.slice(0, 12).reduce((a, b) => a + b) + 0x57 * 2);
  t.is((bench.csr(89) << 16) | bench.csr(88), 0x0262_1003);
  t.is(bench.csr(0), 0x0004);
  t.deepEqual([12, 13, 14].map(index => bench.csr(index)), [0x5452, 0x7700, 0x0173]);
});

for (const style of [0, 2, 3] as const) {
  test(`style ${style}: a frame in two buffers is sent whole; its last descriptor comes back when it has left, with an interrupt`, t => {
    const bench = new Bench().start(style);
    t.is(bench.csr(0), 0x0073, 'initialized and told, started, both sides on, interrupts on');
    bench.bytes.set([1, 2, 3, 4, 5, 6], DATA);
    bench.give(TRANSMIT, 0, {address: DATA, length: 4, flags: OWN | STP});
    bench.give(TRANSMIT, 1, {address: DATA + 4, length: 2, flags: OWN | ENP});
    bench.write(0, 0x48);
    t.deepEqual(bench.sent.map(frame => [...frame]), [[1, 2, 3, 4, 5, 6]]);
    t.deepEqual([bench.flags(TRANSMIT, 0) & OWN, bench.flags(TRANSMIT, 1) & OWN, bench.irq], [0, OWN, false]);
    bench.leaving[0]();
    t.is(bench.flags(TRANSMIT, 1), ENP);
    t.true(bench.irq);
    t.is(bench.csr(0) & 0x0280, 0x0280);
    bench.write(0, 0x0240);
    t.false(bench.irq);
  });

  test(`style ${style}: a frame comes in with its check sequence, over as many buffers as it needs`, t => {
    const bench = new Bench().start(style);
    bench.give(RECEIVE, 0, {address: DATA, length: 64, flags: OWN});
    bench.give(RECEIVE, 1, {address: DATA + 0x1000, length: 64, flags: OWN});
    const frame = frameTo(ADDRESS);
    bench.card.receive(frame);
    t.deepEqual([bench.flags(RECEIVE, 0), bench.flags(RECEIVE, 1)], [STP, ENP]);
    t.is(bench.message(RECEIVE, 1), 104);
    const got = [...bench.bytes.subarray(DATA, DATA + 64), ...bench.bytes.subarray(DATA + 0x1000, DATA + 0x1000 + 40)];
    t.deepEqual(got.slice(0, 100), [...frame]);
    t.is(new DataView(Uint8Array.from(got).buffer).getUint32(100, true), crc32(frame));
    t.true(bench.irq);
  });
}

test('without a buffer a frame is missed and counted; one that does not fit says so', t => {
  const bench = new Bench().start(2);
  bench.card.receive(frameTo(ADDRESS));
  t.is(bench.csr(0) & 0x9000, 0x9000, 'MISS and the summary ERR');
  t.is(bench.csr(112), 1);
  bench.give(RECEIVE, 0, {address: DATA, length: 64, flags: OWN});
  bench.card.receive(frameTo(ADDRESS));
  t.is(bench.flags(RECEIVE, 0), STP | ENP | ERR | BUFF);
});

test('short frames are padded: coming in always, going out if it is asked for', t => {
  const bench = new Bench().start(2);
  bench.give(RECEIVE, 0, {address: DATA, length: 2048, flags: OWN});
  bench.card.receive(frameTo(ADDRESS, 20));
  t.is(bench.message(RECEIVE, 0), 64);
  for (const [index, features] of [0x0115, 0x0915].entries()) {
    bench.write(4, features);
    bench.give(TRANSMIT, index, {address: DATA, length: 20, flags: OWN | STP | ENP});
    bench.write(0, 0x48);
  }
  t.deepEqual(bench.sent.map(({length}) => length), [20, 60]);
});

test('a frame that carries a length may come without its padding and check sequence', t => {
  const bench = new Bench().start(2).write(4, 0x0515);
  bench.give(RECEIVE, 0, {address: DATA, length: 2048, flags: OWN});
  const frame = frameTo(ADDRESS, 60);
  frame.set([0, 10], 12);
  bench.card.receive(frame);
  t.is(bench.message(RECEIVE, 0), 24);
});

const GROUP = [0x01, 0x00, 0x5e, 0x00, 0x00, 0x01] as const;
/** The place of an address in the filter: the six highest bits of the remainder, which zlib gives complemented. */
const hashOf = (address: readonly number[]): number => (~crc32(Uint8Array.from(address)) >>> 26) & 63;

const TAKEN: ReadonlyArray<readonly [what: string, mode: number, to: readonly number[], filter: boolean, taken: boolean]> = [
  ['its own address', 0, ADDRESS, false, true], ['another address', 0, [2, 0, 0, 0, 0, 9], false, false], ['everybody', 0, [255, 255, 255, 255, 255, 255], false, true],
  ['any address in promiscuous mode', 0x8000, [2, 0, 0, 0, 0, 9], false, true], ['everybody, not wanted', 0x4000, [255, 255, 255, 255, 255, 255], false, false],
  ['its own address, not wanted', 0x2000, ADDRESS, false, false], ['a group in the filter', 0, GROUP, true, true], ['a group not in it', 0, GROUP, false, false],
];
for (const [what, mode, to, filter, taken] of TAKEN) {
  test(`a frame to ${what} is ${taken ? '' : 'not '}taken`, t => {
    const bench = new Bench();
    const hash = hashOf(GROUP);
    if (filter) bench.bytes[BLOCK + 12 + (hash >>> 3)] = 1 << (hash & 7);
    bench.start(2, mode);
    bench.give(RECEIVE, 0, {address: DATA, length: 2048, flags: OWN});
    bench.card.receive(frameTo(to));
    t.is((bench.flags(RECEIVE, 0) & OWN) === 0, taken);
  });
}

test('a doubleword to the data register makes registers doublewords, for good; ports of memory are the same', t => {
  const bench = new Bench();
  bench.ports.write(PORTS + 0x10, 4, 0);
  const wide = (index: number): number => {
    bench.ports.write(PORTS + 0x14, 4, index);
    return bench.ports.read(PORTS + 0x10, 4);
  };
  t.is(wide(88), 0x1003);
  t.is(bench.ports.read(PORTS + 0x10, 2), 0xffff);
  bench.ports.read(PORTS + 0x18, 4);
  t.is(wide(0), 4);
  t.is(bench.space.read(MEMORY + 0x14, 4), 0);
});

test('stopping forgets what is under way: nothing is reported of it, and memory stays as it was', t => {
  const bench = new Bench().start(2);
  bench.give(TRANSMIT, 0, {address: DATA, length: 60, flags: OWN | STP | ENP});
  bench.write(0, 0x48).write(0, 0x04);
  bench.leaving[0]();
  t.is(bench.flags(TRANSMIT, 0), OWN | STP | ENP);
  t.is(bench.csr(0), 4);
  bench.card.receive(frameTo(ADDRESS));
  t.is(bench.csr(112), 0);
});

test('descriptors that are under way are not sent again when the ring has come round', t => {
  const bench = new Bench().start(2);
  for (const index of [0, 1, 2, 3]) bench.give(TRANSMIT, index, {address: DATA, length: 60, flags: OWN | STP | ENP});
  bench.write(0, 0x48).write(0, 0x48);
  t.is(bench.sent.length, 4);
  bench.leaving[0]();
  bench.give(TRANSMIT, 0, {address: DATA, length: 61, flags: OWN | STP | ENP});
  bench.write(0, 0x48);
  t.deepEqual(bench.sent.map(({length}) => length), [60, 60, 60, 60, 61]);
});

test('registers of addresses and rings are written while the chip is stopped, masks at any time', t => {
  const bench = new Bench().write(12, 0x1234).start(2);
  t.is(bench.csr(12), 0x5452, 'from the block');
  t.is(bench.write(12, 0x9999).csr(12), 0x5452);
  bench.give(RECEIVE, 0, {address: DATA, length: 2048, flags: OWN});
  bench.write(3, 0x0400).write(0, 0x0140).card.receive(frameTo(ADDRESS));
  t.is(bench.csr(0) & 0x0480, 0x0400);
  t.false(bench.irq);
  bench.write(3, 0);
  t.true(bench.irq);
});

test('in loop-back mode frames come back and never reach the wire', t => {
  const bench = new Bench().start(2, 0x0004 | 0x8000);
  bench.give(RECEIVE, 0, {address: DATA + 0x1000, length: 2048, flags: OWN});
  bench.bytes.set([1, 2, 3], DATA);
  bench.give(TRANSMIT, 0, {address: DATA, length: 60, flags: OWN | STP | ENP});
  bench.write(0, 0x48);
  t.is(bench.sent.length, 0);
  t.deepEqual([...bench.bytes.subarray(DATA + 0x1000, DATA + 0x1003)], [1, 2, 3]);
  t.is(bench.csr(0) & 0x0600, 0x0600);
});

test('a ring as large as the registers allow, given whole, is gone round once', t => {
  const bench = new Bench().start(2, 0x0004);
  bench.write(0, 4).write(30, 0).write(31, 0).write(78, 0);
  bench.bytes.fill(0xff);
  bench.write(0, 0x42).write(0, 0x48);
  t.is(bench.csr(0) & 0x0800, 0x0800, 'the ring is longer than memory');
  t.is(bench.bytes.subarray(0, 0x1_0000).filter((byte, at) => at % 16 === 7 && (byte & OWN) !== 0).length, 0);
});

test('an address port only selects, whatever width registers have', t => {
  const bench = new Bench();
  const selects = (offset: number): boolean => bench.ports.deviceAt(PORTS + offset)?.selects?.(PORTS + offset) ?? false;
  t.deepEqual([0x10, 0x12, 0x14, 0x16].map(selects), [false, true, false, false]);
  bench.ports.write(PORTS + 0x10, 4, 0);
  t.deepEqual([0x10, 0x12, 0x14, 0x16].map(selects), [false, false, true, false]);
});

test('nothing is fetched before the bus-master bit is set', t => {
  const bench = new Bench();
  bench.card.pci.writeConfig(4, 2, 3);
  bench.start(2);
  t.is(bench.csr(0) & 0x8900, 0x8800, 'the block could not be read: memory error');
});

test('no programming of the card gets past its checks', t => {
  const step = fc.tuple(fc.nat(0x80), fc.oneof(fc.nat(0xffff), fc.constantFrom(1, 2, 4, 8, 0x43, 0x48, 0x142)), fc.boolean());
  fc.assert(fc.property(fc.array(step, {maxLength: 24}), fc.uint8Array({minLength: 128, maxLength: 128}), fc.constantFrom(0, 2, 3), (steps, noise, style) => {
    const bench = new Bench();
    for (const at of [BLOCK, RECEIVE, TRANSMIT]) bench.bytes.set(noise, at);
    bench.start(style);
    for (const [index, value, bus] of steps) {
      if (bus) bench.bcr(index, value);
      else bench.write(index, value);
      bench.card.receive(frameTo(ADDRESS));
      bench.leaving.splice(0).forEach(left => left());
    }
  }), {numRuns: 1000, seed: 1});
  t.pass();
});
