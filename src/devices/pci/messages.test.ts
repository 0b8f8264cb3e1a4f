// MSI and MSI-X: what a function writes, where, and when not. PCI Local Bus Specification 3.0, 6.8.
import test from 'ava';
import type {BusMaster} from '../bus.ts';
import {PciFunction} from './function.ts';
import {Msi} from './msi.ts';
import {MsiX} from './msix.ts';

class Bench {
  readonly written: string[] = [];
  readonly memory: BusMaster = {
    read: () => false,
    write: (address, bytes) => {
      this.written.push(`${address.toString(16)} ${new DataView(bytes.buffer).getUint32(0, true).toString(16)}`);
      return true;
    },
  };
  readonly pci = new PciFunction({vendor: 0x1234, device: 1, classCode: 0x020000, interrupts: true});
  pin = false;

  constructor() {
    this.pci.interrupt = level => { this.pin = level; };
    this.pci.writeConfig(4, 2, 4);
  }

  msi(): this {
    this.pci.messages = new Msi(this.pci, 0xf0, this.memory);
    return this;
  }

  msiX(): MsiX {
    const messages = new MsiX(this.pci, {offset: 0x98, bar: 1, vectors: 3, memory: this.memory});
    this.pci.messages = messages;
    this.pci.onWrite = () => messages.unmasked();
    return messages;
  }
}

test('a capability is found by the list: its identity, one message, 64-bit addresses', t => {
  const {pci} = new Bench().msi();
  t.is(pci.readConfig(6, 2) & 0x10, 0x10);
  t.is(pci.readConfig(0x34, 1), 0xf0);
  t.is(pci.readConfig(0xf0, 4), 0x0080_0005);
});

test('MSI sends its doubleword where the pin would rise, and the pin stays low', t => {
  const bench = new Bench().msi();
  bench.pci.setInterrupt(true);
  t.true(bench.pin);
  bench.pci.writeConfig(0xf4, 4, 0xfee0_1007);
  bench.pci.writeConfig(0xfc, 2, 0x4041);
  bench.pci.writeConfig(0xf2, 2, 1);
  t.false(bench.pin);
  bench.pci.setInterrupt(true);
  t.deepEqual(bench.written, [], 'it has not risen');
  bench.pci.setInterrupt(false);
  bench.pci.setInterrupt(true);
  t.deepEqual(bench.written, ['fee01004 4041']);
  bench.pci.writeConfig(0xf2, 2, 0);
  t.true(bench.pin);
});

test('without mastering the bus, or to an address beyond 4 GiB, nothing is sent', t => {
  const bench = new Bench().msi();
  bench.pci.writeConfig(0xf2, 2, 1);
  bench.pci.writeConfig(0xf8, 4, 1);
  bench.pci.setInterrupt(true);
  bench.pci.setInterrupt(false);
  bench.pci.writeConfig(0xf8, 4, 0);
  bench.pci.writeConfig(4, 2, 0);
  bench.pci.setInterrupt(true);
  t.deepEqual(bench.written, []);
});

test('MSI-X: each vector has its message; a masked one waits, and is sent when its mask or the function\'s is lifted', t => {
  const bench = new Bench();
  const messages = bench.msiX();
  t.is(bench.pci.readConfig(0x98, 4), 0x0002_0011);
  [0, 1, 2].forEach(vector => [0xfee0_0000, 0, 0x40 + vector].forEach((value, at) => messages.writeMemory(16 * vector + 4 * at, 4, value)));
  messages.writeMemory(12, 4, 0);
  messages.writeMemory(28, 4, 0);
  bench.pci.writeConfig(0x9a, 2, 0x8000);
  for (const vector of [1, 2, 0, 3, 0xffff]) messages.send(vector);
  t.deepEqual(bench.written, ['fee00000 41', 'fee00000 40']);
  t.is(messages.readMemory(0x800, 4), 4);
  messages.writeMemory(44, 4, 0);
  t.deepEqual(bench.written.slice(2), ['fee00000 42']);
  bench.pci.writeConfig(0x9a, 2, 0xc000);
  messages.send(1);
  t.is(messages.readMemory(0x800, 1), 2);
  bench.pci.writeConfig(0x9a, 2, 0x8000);
  t.deepEqual(bench.written.slice(3), ['fee00000 41']);
  t.is(messages.readMemory(0x800, 4), 0);
});

test('MSI-X: after reset every vector is masked; the table takes doublewords, its last one only the mask', t => {
  const messages = new Bench().msiX();
  t.deepEqual([0, 1, 2].map(vector => messages.readMemory(16 * vector + 12, 4)), [1, 1, 1]);
  messages.writeMemory(12, 4, 0xffff_fffe);
  messages.writeMemory(0, 1, 0xff);
  t.is(messages.readMemory(12, 4), 0);
  t.is(messages.readMemory(0, 4), 0);
});
