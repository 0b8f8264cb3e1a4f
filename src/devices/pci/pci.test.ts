import test from 'ava';
import {PortBus} from '../port-bus.ts';
import {PciBus} from './bus.ts';
import {createHostBridge, IsaBridge} from './chipset.ts';
import {programPci} from './firmware.ts';
import {PciFunction, type BaseAddress} from './function.ts';
import {placer} from './placer.ts';

class Bench {
  readonly ports = new PortBus();
  resets = 0;
  readonly bus = new PciBus(() => this.resets++);
  readonly irqs: string[] = [];
  readonly bridge = new IsaBridge((irq, level) => this.irqs.push(`${irq} ${level ? 'up' : 'down'}`));
  readonly placed: Array<number | null> = [];

  constructor() {
    this.ports.add(this.bus.device);
    this.bus.add({device: 0, function: 0}, createHostBridge());
    this.bus.add({device: 1, function: 0}, this.bridge.pci);
  }

  plug(device: number, bar: BaseAddress): PciFunction {
    const card = new PciFunction({vendor: 0x1234, device: 0x5678, classCode: 0x020000, interrupts: true}, [bar]);
    this.bus.add({device, function: 0}, card, this.bridge.pin(device));
    return card;
  }

  read(device: number, offset: number, width: 1 | 2 | 4 = 4): number {
    this.ports.write(0xcf8, 4, (0x8000_0000 | (device << 11) | (offset & 0xfc)) >>> 0);
    return this.ports.read(0xcfc + (offset & 3), width);
  }

  write(device: number, offset: number, value: number, width: 1 | 2 | 4 = 4): void {
    this.ports.write(0xcf8, 4, (0x8000_0000 | (device << 11) | (offset & 0xfc)) >>> 0);
    this.ports.write(0xcfc + (offset & 3), width, value);
  }
}

test('mechanism #1 reaches functions by device and register; absent ones read as ones', t => {
  const bench = new Bench();
  t.is(bench.read(0, 0), 0x12378086);
  t.is(bench.read(1, 0), 0x70008086);
  t.is(bench.read(1, 0xe, 1), 0x80);
  t.is(bench.read(7, 0), 0xffff_ffff);
  bench.ports.write(0xcf8, 4, 0x0000_0000);
  t.is(bench.ports.read(0xcfc, 4), 0xffff_ffff);
});

test('a base address tells its size when ones are written, and is decoded only while the command register allows', t => {
  const bench = new Bench();
  bench.plug(3, {space: 'memory', size: 0x2_0000, place: base => bench.placed.push(base)});
  bench.write(3, 0x10, 0xffff_ffff);
  t.is(bench.read(3, 0x10), 0xfffe_0000);
  bench.write(3, 0x10, 0xfebc_0000);
  t.deepEqual(bench.placed, []);
  bench.write(3, 4, 2, 2);
  bench.write(3, 0x10, 0xfeb8_0000);
  bench.write(3, 4, 0, 2);
  t.deepEqual(bench.placed, [0xfebc_0000, 0xfeb8_0000, null]);
});

test('an I/O base moves a block of ports and gives way to who is there already', t => {
  const bench = new Bench();
  const block = {ports: [[0, 15]] as const, readPort: (port: number) => port, writePort: () => {}};
  bench.plug(3, {space: 'io', size: 16, place: placer(bench.ports, block)});
  bench.write(3, 4, 1, 2);
  bench.write(3, 0x10, 0xc040);
  t.is(bench.ports.read(0xc045, 1), 5);
  bench.write(3, 0x10, 0xcf0);
  t.is(bench.ports.read(0xc045, 1), 0xff);
  t.is(bench.read(0, 0), 0x12378086);
});

test('firmware gives out addresses, switches decoding on and routes interrupts', t => {
  const bench = new Bench();
  const card = bench.plug(3, {space: 'memory', size: 0x2_0000, place: base => bench.placed.push(base)});
  programPci(bench.bus, bench.bridge, bench.ports);
  t.deepEqual(bench.placed, [0xfeb0_0000]);
  t.is(bench.read(3, 0x3c, 1), 11);
  card.setInterrupt(true);
  card.setInterrupt(false);
  t.deepEqual(bench.irqs, ['11 up', '11 down']);
});

test('two slots on one line: it falls when the last lets go; the disable bit holds a pin back', t => {
  const bench = new Bench();
  const none: BaseAddress = {space: 'memory', size: 4096, place: () => {}};
  const [one, other] = [bench.plug(3, none), bench.plug(7, none)];
  programPci(bench.bus, bench.bridge, bench.ports);
  one.setInterrupt(true);
  other.setInterrupt(true);
  one.setInterrupt(false);
  t.deepEqual(bench.irqs, ['11 up']);
  bench.write(7, 4, 0x400, 2);
  t.deepEqual(bench.irqs, ['11 up', '11 down']);
  t.is(bench.read(7, 6, 2) & 8, 8);
});

test('port 0xCF9 resets the machine when its bit 2 rises', t => {
  const bench = new Bench();
  bench.ports.write(0xcf9, 1, 2);
  t.is(bench.resets, 0);
  bench.ports.write(0xcf9, 1, 6);
  bench.ports.write(0xcf9, 1, 6);
  t.is(bench.resets, 1);
});
