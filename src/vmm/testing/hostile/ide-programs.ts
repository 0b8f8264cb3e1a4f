// What a driver without rules may do with the IDE controller: any value in any register, any command, tables of regions that lead anywhere.
import {memoryImage, OverlayDisk} from '../../../devices/disk/overlay.ts';
import {createPiix3Ide} from '../../../devices/ide/piix3-ide.ts';
import {PortBus} from '../../../devices/port-bus.ts';
import {SteppedClock} from '../../../devices/stepped-clock.ts';
import type {Chance} from './chance.ts';
import {GUEST_BYTES, GuardedGuest} from './guarded-guest.ts';

const SECTORS = 256, MASTER = 0xc000, TABLE = 0x4000, DATA = 0x1_0000, LAST = 0x8000_0000;
const READ = 0x20, READ_DMA = 0xc8, WRITE_DMA = 0xca;
const COMMANDS = [0x20, 0x24, 0x29, 0x30, 0x34, 0x39, 0xc4, 0xc5, 0xc6, 0xc8, 0xca, 0x25, 0x35, 0xec, 0xef, 0x91, 0x90, 0xf8, 0x27, 0x40, 0xe7, 0x10];

export class IdeBench {
  readonly guest = new GuardedGuest();
  readonly clock = new SteppedClock(1_000_000);
  readonly disk = new OverlayDisk(memoryImage(SECTORS * 512, Uint8Array.from({length: SECTORS * 512}, (_, at) => (at >>> 9) ^ at)));
  readonly #ports = new PortBus();

  constructor() {
    const unit = {disk: this.disk, speed: {accessSeconds: 0.0001, bytesPerSecond: 1e7}};
    const {pci} = createPiix3Ide({clock: this.clock, memory: this.guest.bus, ports: this.#ports, irq: () => () => {}, units: [unit]});
    pci.writeConfig(0x20, 4, MASTER);
    pci.writeConfig(4, 2, 5);
  }

  out(port: number, value: number, width: 1 | 2 | 4 = 1): void {
    this.#ports.write(port, width, value);
  }

  in(port: number): number {
    return this.#ports.read(port, 1);
  }

  run(): void {
    for (let event = 0; event < 20 && this.clock.next() !== Infinity; event++) this.clock.advanceTo(this.clock.next());
  }

  reset(): void {
    this.out(MASTER, 0);
    this.out(MASTER + 2, 6);
    this.out(0x3f6, 4);
    this.out(0x3f6, 0);
  }

  command(code: number, sector: number, count: number): void {
    this.out(0x1f2, count);
    for (let byte = 0; byte < 3; byte++) this.out(0x1f3 + byte, sector >>> (8 * byte));
    this.out(0x1f6, 0xe0 | ((sector >>> 24) & 0xf));
    this.out(0x1f7, code);
  }

  region(index: number, address: number, word: number): void {
    this.guest.put32(TABLE + index * 8, address);
    this.guest.put32(TABLE + index * 8 + 4, word);
  }

  /** Starts the bus master on a table, in the direction of the command. */
  dma(write: boolean, sector: number, table = TABLE): void {
    this.out(MASTER + 4, table, 4);
    this.command(write ? WRITE_DMA : READ_DMA, sector, 1);
    this.out(MASTER, write ? 1 : 9);
    this.run();
  }

  /** The transfer failed on both sides: the bus master's error bit is set and it is not active, the drive shows an error. */
  get failed(): boolean {
    return (this.in(MASTER + 2) & 3) === 2 && (this.in(0x1f7) & 1) === 1;
  }

  /** The drive refused the command. */
  get refused(): boolean {
    return (this.in(0x1f7) & 0x89) === 1;
  }

  /** A reset mends the controller: what a rightful driver reads is the disk's. */
  get works(): boolean {
    this.reset();
    const expected = new Uint8Array(512);
    this.disk.read(9, expected);
    this.command(READ, 9, 1);
    this.run();
    const words = Uint16Array.from({length: 256}, () => this.#ports.read(0x1f0, 2));
    return Buffer.from(words.buffer).equals(expected) && (this.in(0x1f7) & 0x89) === 0;
  }

  noise(chance: Chance): void {
    this.out(0x3f6, chance.once(4) ? chance.below(256) : 0);
    for (let index = 0; index < 3; index++) {
      const address = chance.once(2) ? chance.odd(GUEST_BYTES) : DATA + 2 * chance.below(0x1000);
      this.region(index, address, (chance.once(3) ? chance.word() : 2 * chance.below(600)) | (chance.once(2) ? LAST : 0));
    }
    this.out(MASTER + 4, chance.once(4) ? chance.odd(GUEST_BYTES) : TABLE, 4);
    for (let act = 2 + chance.below(5); act > 0; act--) this.#act(chance);
  }

  #act(chance: Chance): void {
    for (let register = 1; register < 6; register++) if (chance.once(2)) this.out(0x1f0 + register, chance.once(2) ? chance.below(256) : chance.below(8));
    this.out(0x1f6, chance.once(3) ? chance.below(256) : 0xe0);
    this.out(0x1f7, chance.once(5) ? chance.below(256) : chance.pick(COMMANDS));
    if (chance.once(2)) this.out(MASTER + chance.pick([0, 2, 8]), chance.pick([0, 1, 8, 9, 255]));
    if (chance.once(2)) this.run();
    for (let word = chance.below(4); word > 0; word--) {
      if (chance.once(2)) this.#ports.read(0x1f0, chance.pick([1, 2, 4]));
      else this.out(0x1f0, chance.word(), chance.pick([1, 2, 4]));
    }
    if (chance.once(4)) this.in(chance.pick([0x1f1, 0x1f7, 0x3f6, MASTER + 2, MASTER]));
  }
}

/** Impossible requests, each of which must fail. */
export const FAILURES: ReadonlyArray<readonly [what: string, fails: (bench: IdeBench, chance: Chance) => boolean]> = [
  ['a region outside memory', (bench, chance) => {
    bench.region(0, GUEST_BYTES + 2 * chance.below(0x3000_0000), 512 | LAST);
    bench.dma(chance.once(2), 3);
    return bench.failed;
  }],
  ['a region across the end of memory', (bench, chance) => {
    bench.region(0, GUEST_BYTES - 2 * (1 + chance.below(255)), 512 | LAST);
    bench.dma(chance.once(2), 3);
    return bench.failed;
  }],
  ['a table outside memory', (bench, chance) => {
    bench.dma(chance.once(2), 3, (GUEST_BYTES + 4 * chance.below(0x2000_0000)) >>> 0);
    return bench.failed;
  }],
  ['a table that ends before the data', (bench, chance) => {
    bench.region(0, DATA, (2 * (1 + chance.below(255))) | LAST);
    bench.dma(chance.once(2), 3);
    return bench.failed;
  }],
  ['the bus master in the other direction', (bench, chance) => {
    const write = chance.once(2);
    bench.region(0, DATA, 512 | LAST);
    bench.out(MASTER + 4, TABLE, 4);
    bench.command(write ? WRITE_DMA : READ_DMA, 3, 1);
    bench.out(MASTER, write ? 9 : 1);
    bench.run();
    return bench.failed;
  }],
  ['sectors beyond the disk', (bench, chance) => {
    bench.command(chance.pick([0x20, 0x30, READ_DMA, WRITE_DMA]), SECTORS - chance.below(3) + chance.below(0x0fff_0000), 4);
    return bench.refused;
  }],
  ['a command that there is not', (bench, chance) => {
    bench.command(chance.pick([0x02, 0x05, 0x0f, 0x50, 0xa0, 0xa1, 0xfe, 0xff]), 3, 1);
    return bench.refused;
  }],
  ['blocks of several sectors before their size is set', (bench, chance) => {
    bench.command(chance.pick([0xc4, 0xc5]), 3, 4);
    return bench.refused;
  }],
];
