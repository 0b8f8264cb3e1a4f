// The IDE function against the ATA standard and the bus-master interface, driven through ports as a driver does.
import test from 'ava';
import type {BusMaster} from '../bus.ts';
import {memoryImage, OverlayDisk} from '../disk/overlay.ts';
import {PortBus} from '../port-bus.ts';
import {SteppedClock} from '../stepped-clock.ts';
import {createPiix3Ide} from './piix3-ide.ts';

const SECTORS = 4096;
const MASTER = 0xc000;

class Bench {
  readonly clock = new SteppedClock(1_000_000);
  readonly ports = new PortBus();
  readonly memory = new Uint8Array(0x1_0000);
  readonly disk = new OverlayDisk(memoryImage(SECTORS * 512, Uint8Array.from({length: SECTORS * 512}, (_, at) => (at >>> 9) + (at & 0xff))));
  interrupts = 0;
  irq = false;

  constructor() {
    const within = (address: number, bytes: Uint8Array): boolean => address + bytes.length <= this.memory.length;
    const master: BusMaster = {
      read: (address, into) => within(address, into) && (into.set(this.memory.subarray(address, address + into.length)), true),
      write: (address, from) => within(address, from) && (this.memory.set(from, address), true),
    };
    const {pci} = createPiix3Ide({
      clock: this.clock, ports: this.ports, memory: master, units: [{disk: this.disk, speed: {accessSeconds: 0.001, bytesPerSecond: 1_000_000}}],
      irq: () => level => {
        if (level && !this.irq) this.interrupts++;
        this.irq = level;
      },
    });
    pci.writeConfig(0x20, 4, MASTER);
    pci.writeConfig(4, 2, 5);
  }

  out(port: number, value: number): this {
    this.ports.write(port, 1, value);
    return this;
  }

  in(port: number): number {
    return this.ports.read(port, 1);
  }

  /** Task file for LBA28 and a command. */
  command(code: number, lba = 0, count = 1): this {
    return this.out(0x1f2, count & 0xff).out(0x1f3, lba & 0xff).out(0x1f4, (lba >>> 8) & 0xff).out(0x1f5, (lba >>> 16) & 0xff)
      .out(0x1f6, 0xe0 | ((lba >>> 24) & 0xf)).out(0x1f7, code);
  }

  command48(code: number, lba: number, count: number): this {
    this.out(0x1f2, count >>> 8).out(0x1f3, Math.floor(lba / 2 ** 24) & 0xff).out(0x1f4, Math.floor(lba / 2 ** 32)).out(0x1f5, 0);
    return this.out(0x1f2, count & 0xff).out(0x1f3, lba & 0xff).out(0x1f4, (lba >>> 8) & 0xff).out(0x1f5, (lba >>> 16) & 0xff).out(0x1f6, 0x40).out(0x1f7, code);
  }

  wait(): this {
    if (this.clock.next() !== Infinity) this.clock.advanceTo(this.clock.next());
    return this;
  }

  words(count: number): number[] {
    return Array.from({length: count}, () => this.ports.read(0x1f0, 2));
  }
}

const byteAt = (sector: number, at: number): number => (sector + at) & 0xff;

test('IDENTIFY gives the size and an interrupt', t => {
  const bench = new Bench().command(0xec);
  t.is(bench.in(0x3f6), 0x80);
  bench.wait();
  t.is(bench.in(0x3f6), 0x58);
  const words = bench.words(256);
  t.is(words[60] | (words[61] << 16), SECTORS);
  t.is(words[100], SECTORS);
  t.is(String.fromCharCode(...words.slice(27, 32).flatMap(word => [word >>> 8, word & 0xff])), 'WORLDSWITC');
  t.is(bench.in(0x1f7), 0x50);
  t.is(bench.interrupts, 1);
});

test('READ SECTORS: one block and one interrupt a sector; reading the status takes the request back', t => {
  const bench = new Bench().command(0x20, 5, 3);
  for (let sector = 5; sector < 8; sector++) {
    bench.wait();
    t.true(bench.irq);
    t.is(bench.in(0x1f7), 0x58);
    t.false(bench.irq);
    t.is(bench.words(256)[100], byteAt(sector, 200) | (byteAt(sector, 201) << 8));
  }
  t.is(bench.in(0x1f7), 0x50);
  t.is(bench.interrupts, 3);
});

test('READ MULTIPLE moves the set number of sectors a block, and is refused before it is set', t => {
  const bench = new Bench().command(0xc4, 0, 4);
  t.is(bench.in(0x1f7) & 1, 1);
  t.is(bench.in(0x1f1), 4);
  bench.command(0xc6, 0, 4).wait();
  bench.in(0x1f7);
  const before = bench.interrupts;
  bench.command(0xc4, 0, 8).wait();
  for (let block = 0; block < 2; block++) {
    bench.in(0x1f7);
    bench.words(4 * 256);
    bench.wait();
  }
  t.is(bench.interrupts - before, 2);
});

test('WRITE SECTORS asks for the first block without an interrupt, and what was written is read', t => {
  const bench = new Bench().command(0x30, 9, 2);
  t.is(bench.in(0x1f7), 0x58);
  t.is(bench.interrupts, 0);
  for (let block = 0; block < 2; block++) {
    for (let word = 0; word < 256; word++) bench.ports.write(0x1f0, 2, 0x1000 * block + word);
    bench.wait().in(0x1f7);
  }
  t.is(bench.interrupts, 2);
  const written = new Uint8Array(1024);
  bench.disk.read(9, written);
  t.is(written[512 + 2 * 7] | (written[512 + 2 * 7 + 1] << 8), 0x1007);
});

test('addresses beyond the disk are not found; unknown commands are aborted', t => {
  const bench = new Bench().command(0x20, SECTORS - 1, 2);
  t.is(bench.in(0x1f7) & 1, 1);
  t.is(bench.in(0x1f1), 0x14);
  bench.command(0x02);
  t.is(bench.in(0x1f1), 4);
});

test('48-bit addresses take two writes a register, the first read back with HOB', t => {
  const bench = new Bench().command48(0x24, 0x105, 1).wait();
  t.is(bench.words(256)[0], byteAt(0x105, 0) | (byteAt(0x105, 1) << 8));
  bench.out(0x1f3, 0xaa).out(0x1f3, 0xbb).out(0x3f6, 0x80);
  t.is(bench.in(0x1f3), 0xaa);
  t.is(bench.out(0x3f6, 0).in(0x1f3), 0xbb);
});

test('an absent slave answers zeros, a reset selects the master and leaves the signature', t => {
  const bench = new Bench().out(0x1f6, 0xb0);
  t.is(bench.in(0x1f7), 0);
  bench.out(0x3f6, 4).out(0x3f6, 0);
  t.deepEqual([0x1f2, 0x1f3, 0x1f4, 0x1f5].map(port => bench.in(port)), [1, 1, 0, 0]);
});

test('nIEN holds the interrupt back', t => {
  const bench = new Bench().out(0x3f6, 2).command(0xec).wait();
  t.is(bench.interrupts, 0);
});

/** A table of physical regions at 0x100. */
function table(bench: Bench, regions: ReadonlyArray<readonly [address: number, bytes: number]>): void {
  const view = new DataView(bench.memory.buffer);
  regions.forEach(([address, bytes], index) => {
    view.setUint32(0x100 + index * 8, address, true);
    view.setUint32(0x104 + index * 8, bytes | (index === regions.length - 1 ? 0x8000_0000 : 0), true);
  });
  bench.ports.write(MASTER + 4, 4, 0x100);
}

test('READ DMA fills the regions and interrupts once', t => {
  const bench = new Bench();
  table(bench, [[0x1000, 600], [0x3000, 424]]);
  bench.command(0xc8, 20, 2).out(MASTER, 9).wait();
  t.is(bench.memory[0x1000 + 599], byteAt(21, 599 - 512));
  t.is(bench.memory[0x3000], byteAt(21, 600 - 512));
  t.is(bench.interrupts, 1);
  t.is(bench.in(MASTER + 2) & 7, 4);
  t.is(bench.out(MASTER + 2, 4).in(MASTER + 2) & 7, 0);
});

test('the engine may start after the drive is ready', t => {
  const bench = new Bench();
  table(bench, [[0x1000, 512]]);
  bench.command(0xc8, 3).wait();
  t.is(bench.in(0x3f6), 0x58);
  bench.out(MASTER, 9);
  t.is(bench.memory[0x1000 + 7], byteAt(3, 7));
});

test('WRITE DMA takes from the regions', t => {
  const bench = new Bench();
  table(bench, [[0x1000, 512]]);
  bench.memory.fill(0x5a, 0x1000, 0x1200);
  bench.command(0xca, 11).out(MASTER, 1).wait();
  const written = new Uint8Array(512);
  bench.disk.read(11, written);
  t.true(written.every(byte => byte === 0x5a));
});

for (const [what, regions] of [['outside memory', [[0xf_0000, 512]]], ['too short', [[0x1000, 256]]]] as const) {
  test(`a table ${what} ends the command with an error and moves nothing on`, t => {
    const bench = new Bench();
    table(bench, regions);
    bench.command(0xc8, 3).out(MASTER, 9).wait();
    t.is(bench.in(MASTER + 2) & 3, 2);
    t.is(bench.in(0x3f6) & 1, 1);
  });
}
