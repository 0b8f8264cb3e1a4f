// The I/O APIC, after the Intel 82093AA datasheet.
import test from 'ava';
import type {InterruptMessage} from '../local-apic/message.ts';
import {IoApic} from './io-apic.ts';

class Bench {
  readonly sent: InterruptMessage[] = [];
  takes = true;
  readonly ioApic = new IoApic(message => {
    this.sent.push(message);
    return this.takes;
  });

  read(index: number): number {
    this.ioApic.writeMemory(0, 4, index);
    return this.ioApic.readMemory(0x10, 4);
  }

  write(index: number, value: number): this {
    this.ioApic.writeMemory(0, 4, index);
    this.ioApic.writeMemory(0x10, 4, value);
    return this;
  }

  pin(pin: number, ...levels: boolean[]): this {
    for (const level of levels) this.ioApic.setPin(pin, level);
    return this;
  }

  get vectors(): number[] {
    return this.sent.map(({vector}) => vector);
  }
}

test('identity, version with 24 entries, and a table that is masked after reset', t => {
  const bench = new Bench().write(0, 0xffff_ffff);
  t.is(bench.read(0), 0x0f00_0000);
  t.is(bench.read(1), 0x0017_0011);
  t.is(bench.read(2), 0x0f00_0000);
  t.deepEqual([0x10, 0x11, 0x3e, 0x3f, 0x40].map(index => bench.read(index)), [0x1_0000, 0, 0x1_0000, 0, 0]);
});

test('an entry keeps what software may write', t => {
  const bench = new Bench().write(0x14, 0xffff_ffff).write(0x15, 0xffff_ffff);
  t.is(bench.read(0x14), 0x1_afff);
  t.is(bench.read(0x15), 0xff00_0000);
});

test('the window takes doublewords, the index bytes too', t => {
  const bench = new Bench();
  bench.ioApic.writeMemory(0, 1, 0x15);
  bench.ioApic.writeMemory(0x10, 1, 0xff);
  t.is(bench.read(0x15), 0);
  t.is(bench.ioApic.readMemory(0, 4), 0x15);
});

test('an edge is sent as it rises, with mode and destination of its entry', t => {
  const bench = new Bench().write(0x1a, 0x0935).write(0x1b, 0x0300_0000).pin(5, true, true, false, true);
  t.deepEqual(bench.sent, [0, 1].map(() => ({vector: 0x35, mode: 1, level: false, destination: 3, logical: true})));
});

test('an edge on a masked pin is ignored, and does not come back', t => {
  t.deepEqual(new Bench().write(0x1a, 0x1_0035).pin(5, true).write(0x1a, 0x35).vectors, []);
});

test('a level asks until it is taken, then again when its service ends while it stays', t => {
  const bench = new Bench();
  bench.takes = false;
  bench.write(0x24, 0x1_8041).pin(10, true).write(0x24, 0x8041);
  t.is(bench.read(0x24), 0x8041);
  bench.takes = true;
  bench.write(0x24, 0x8041);
  t.is(bench.read(0x24), 0xc041, 'remote IRR');
  bench.pin(10, false, true);
  t.deepEqual(bench.vectors, [0x41, 0x41]);
  bench.ioApic.ended(0x40);
  bench.ioApic.ended(0x41);
  t.deepEqual(bench.vectors, [0x41, 0x41, 0x41]);
  bench.pin(10, false).ioApic.ended(0x41);
  t.is(bench.read(0x24), 0x8041);
  t.is(bench.vectors.length, 3);
});

test('an entry that turns to edges forgets what was not acknowledged', t => {
  t.is(new Bench().write(0x24, 0x8041).pin(10, true).write(0x24, 0x41).read(0x24), 0x41);
});
