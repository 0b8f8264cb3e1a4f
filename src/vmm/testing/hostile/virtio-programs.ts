// What a driver without rules may do with a virtio card: queues anywhere, chains of any shape, registers in any order; and the damages of which
// the outcome is known, each to one request that would have been right.
import type {DiskUnit} from '../../../devices/disk/disk.ts';
import {memoryImage, OverlayDisk} from '../../../devices/disk/overlay.ts';
import {MemoryBus} from '../../../devices/memory-bus.ts';
import {Echo} from '../../../devices/network/peers.ts';
import {Wire} from '../../../devices/network/wire.ts';
import {PortBus} from '../../../devices/port-bus.ts';
import {SteppedClock} from '../../../devices/stepped-clock.ts';
import {VirtioBlock} from '../../../devices/virtio/block.ts';
import {VirtioDevice} from '../../../devices/virtio/device.ts';
import {legacyAreas} from '../../../devices/virtio/legacy-transport.ts';
import {VirtioNetwork} from '../../../devices/virtio/network.ts';
import {virtioCard} from '../../../devices/virtio/pci.ts';
import type {Chance} from './chance.ts';
import {GUEST_BYTES, GuardedGuest} from './guarded-guest.ts';

const PORT = 0xc000, WINDOW = 0xfe00_0000, DOORBELLS = 0x3000;
const RING = 0x4000, TABLE = 0x1_0000, HEADER = 0x1_1000, DATA = 0x1_2000, STATUS_BYTE = 0x1_8000;
const NEXT = 1, WRITE = 2, INDIRECT = 4, INDIRECT_FEATURE = 1 << 28, EVENT_FEATURE = 1 << 29;
const NEEDS_RESET = 64;
const SECTORS = 256;

export type VirtioFamily = 'block' | 'cached block' | 'network';

export class VirtioBench {
  readonly guest = new GuardedGuest();
  readonly clock = new SteppedClock(1_000_000);
  readonly #ports = new PortBus();
  readonly #space = new MemoryBus();
  readonly disk = new OverlayDisk(memoryImage(SECTORS * 512, Uint8Array.from({length: SECTORS * 512}, (_, at) => at >>> 9)));
  readonly device: VirtioDevice;
  readonly #size: number;

  constructor(family: VirtioFamily, speed: DiskUnit['speed']) {
    this.device = family === 'network' ? this.#network() : new VirtioDevice(new VirtioBlock({disk: this.disk, speed}, this.clock), this.guest.bus);
    [this.#size] = this.device.kind.queueSizes;
    const pci = virtioCard(this.device, {ports: this.#ports, memory: this.#space});
    pci.writeConfig(0x10, 4, PORT);
    pci.writeConfig(0x20, 4, WINDOW);
    pci.writeConfig(4, 2, 7);
  }

  #network(): VirtioDevice {
    const wire = new Wire([0x52, 0x54, 0, 0x77, 0x73, 1], {latencySeconds: 0.0001, bitsPerSecond: 1e8}, {clock: this.clock, peer: new Echo()});
    const network = new VirtioNetwork(wire);
    const device = new VirtioDevice(network, this.guest.bus);
    wire.onFrame = frame => {
      network.accept(frame);
      device.serve(0);
    };
    return device;
  }

  /** Resets the device and sets its queues up by the legacy registers. */
  start(features: number, page = RING / 4096): void {
    this.#ports.write(PORT + 18, 1, 0);
    this.#ports.write(PORT + 4, 4, features);
    this.device.kind.queueSizes.forEach((_, queue) => {
      this.#ports.write(PORT + 14, 2, queue);
      this.#ports.write(PORT + 8, 4, page + 2 * queue);
    });
    this.#ports.write(PORT + 18, 1, 7);
  }

  kick(queue = 0): void {
    this.#ports.write(PORT + 16, 2, queue);
  }

  run(): void {
    for (let event = 0; event < 300 && this.clock.next() !== Infinity; event++) this.clock.advanceTo(this.clock.next());
  }

  get isBroken(): boolean {
    return (this.#ports.read(PORT + 18, 1) & NEEDS_RESET) !== 0;
  }

  descriptor(index: number, [address, length, flags, next]: readonly [number, number, number, number], table = RING): void {
    this.guest.put32(table + index * 16, address);
    this.guest.put32(table + index * 16 + 4, 0);
    this.guest.put32(table + index * 16 + 8, length);
    this.guest.put32(table + index * 16 + 12, (flags & 0xffff) | (next << 16));
  }

  /** Makes heads available, and the index whatever it is said to be. */
  offer(heads: readonly number[], index = heads.length): void {
    const {available, used} = legacyAreas(RING, this.#size);
    for (let slot = 0; slot < heads.length; slot += 2) this.guest.put32(available + 4 + 2 * slot, heads[slot] | ((heads[slot + 1] ?? 0) << 16));
    this.guest.put32(available, (index & 0xffff) << 16);
    this.guest.put32(used, 0);
  }

  /** A read of one sector as the rules have it: header, data, status. */
  goodRead(sector: number): void {
    this.guest.put(HEADER, new Uint8Array(16));
    this.guest.put32(HEADER + 8, sector);
    this.descriptor(0, [HEADER, 16, NEXT, 1]);
    this.descriptor(1, [DATA, 512, NEXT | WRITE, 2]);
    this.descriptor(2, [STATUS_BYTE, 1, WRITE, 0]);
    this.offer([0]);
  }

  /** A reset mends the device: what a rightful driver reads is the disk's. */
  get works(): boolean {
    this.start(0);
    const expected = new Uint8Array(512);
    this.disk.read(9, expected);
    this.guest.put(DATA, new Uint8Array(512));
    this.guest.put32(STATUS_BYTE, 0xff);
    this.goodRead(9);
    this.kick();
    this.run();
    return !this.isBroken && (this.guest.get32(STATUS_BYTE) & 0xff) === 0 && Buffer.from(this.guest.get(DATA, 512)).equals(expected);
  }

  /**
   * One chain in every slot of the ring whose data falls on its own header and on the available index: the sector it reads names the next one
   * and makes one more request available.
   */
  feedItself(): void {
    const {available} = legacyAreas(RING, this.#size);
    const header = available - 256;
    for (let sector = 0; sector < SECTORS; sector++) {
      const bytes = new Uint8Array(512);
      const view = new DataView(bytes.buffer);
      view.setUint32(8, sector + 1, true);
      view.setUint16(256 + 2, sector + 2, true);
      this.disk.write(sector, bytes);
    }
    this.descriptor(0, [header, 16, NEXT, 1]);
    this.descriptor(1, [header, 512, NEXT | WRITE, 2]);
    this.descriptor(2, [STATUS_BYTE, 1, WRITE, 0]);
    this.offer([0]);
  }

  /** Chains that were given back. */
  get served(): number {
    return this.guest.get32(legacyAreas(RING, this.#size).used) >>> 16;
  }

  /** Descriptors, heads and indices drawn by chance, kicks and registers in between. */
  noise(chance: Chance): void {
    const features = (chance.word() & (INDIRECT_FEATURE | EVENT_FEATURE)) >>> 0;
    this.start(features, chance.once(8) ? chance.pick([0, 1, 31, 32, 0xf_ffff, 0xffff_ffff, chance.below(40)]) : RING / 4096);
    for (let index = 0; index < 6; index++) {
      const address = chance.once(4) ? chance.odd(GUEST_BYTES) : chance.pick([HEADER, DATA, STATUS_BYTE, TABLE, RING, RING + 0x1000]);
      const length = chance.once(4) ? chance.odd(GUEST_BYTES) : chance.pick([0, 1, 16, 32, 48, 512, 1024]);
      const cells = [address, length, chance.below(8), chance.once(6) ? chance.below(0x1_0000) : chance.below(8)] as const;
      this.descriptor(index, cells);
      if (chance.once(2)) this.descriptor(index, cells, TABLE);
    }
    this.guest.put32(HEADER, chance.pick([0, 1, 4, 8, chance.word()]));
    this.guest.put32(HEADER + 8, chance.once(3) ? chance.word() : chance.below(SECTORS));
    this.guest.put32(HEADER + 12, chance.once(9) ? chance.word() : 0);
    this.offer([chance.below(8), chance.below(8), chance.once(9) ? chance.below(0x1_0000) : chance.below(8)], chance.once(6) ? chance.below(0x1_0000) : chance.below(4));
    for (let act = chance.below(4); act >= 0; act--) this.#act(chance);
  }

  #act(chance: Chance): void {
    this.kick(chance.below(3));
    if (chance.once(2)) this.run();
    if (chance.once(3)) this.#ports.write(PORT + chance.below(64), chance.pick([1, 2, 4]), chance.once(2) ? chance.word() : chance.below(300));
    if (chance.once(3)) this.#space.write(WINDOW + (chance.once(3) ? chance.below(0x4000) : chance.below(0x40)), chance.pick([1, 2, 4]), chance.once(2) ? chance.word() : chance.below(64));
    if (chance.once(3)) this.#space.write(WINDOW + DOORBELLS + 4 * chance.below(4), 2, chance.below(4));
    if (chance.once(5)) this.#ports.read(PORT + chance.below(64), chance.pick([1, 2, 4]));
  }
}

/** What breaks a rightful read, of which the device must be marked as in need of a reset. */
export const DAMAGES: ReadonlyArray<readonly [what: string, damage: (bench: VirtioBench, chance: Chance) => void]> = [
  ['a chain that loops', bench => bench.descriptor(1, [DATA, 512, NEXT | WRITE, 1])],
  ['a loop of two', bench => bench.descriptor(1, [HEADER, 16, NEXT, 0])],
  ['data where there is no memory', (bench, chance) => bench.descriptor(0, [GUEST_BYTES + chance.below(0x7000_0000), 16, NEXT, 1])],
  ['a header across the end of memory', (bench, chance) => bench.descriptor(0, [GUEST_BYTES - 1 - chance.below(15), 16, NEXT, 1])],
  ['a status byte where there is no memory', (bench, chance) => bench.descriptor(2, [GUEST_BYTES + chance.below(0x7000_0000), 1, WRITE, 0])],
  ['data to be written where there is no memory', (bench, chance) => bench.descriptor(1, [GUEST_BYTES - 511 + chance.below(500), 512, NEXT | WRITE, 2])],
  ['a length beyond all memory', (bench, chance) => bench.descriptor(1, [DATA, 0x0800_0000 + chance.below(0x7000_0000), NEXT | WRITE, 2])],
  ['a length past 4 GiB', bench => bench.descriptor(1, [0xffff_f000, 0x2000, NEXT | WRITE, 2])],
  ['an address beyond 4 GiB', (bench, chance) => bench.guest.put32(RING + 4, 1 + chance.below(0xffff))],
  ['a next index outside the table', (bench, chance) => bench.descriptor(0, [HEADER, 16, NEXT, 128 + chance.below(0xff00)])],
  ['a head outside the table', (bench, chance) => bench.offer([128 + chance.below(0xff00)])],
  ['an available index that jumps', (bench, chance) => bench.offer([0], 129 + chance.below(0xff00))],
  ['a readable descriptor behind a writable one', bench => bench.descriptor(2, [STATUS_BYTE, 1, 0, 0])],
  ['no status byte', bench => bench.descriptor(0, [HEADER, 16, 0, 0])],
  ['a header cut short', (bench, chance) => bench.descriptor(0, [HEADER, chance.below(16), NEXT, 1])],
  ['an indirect table that was not agreed on', bench => bench.descriptor(0, [TABLE, 48, INDIRECT, 0])],
];

/** The same with indirect tables agreed on. */
export const INDIRECT_DAMAGES: typeof DAMAGES = [
  ['an indirect table inside an indirect table', bench => {
    bench.descriptor(0, [TABLE, 48, INDIRECT, 0], TABLE);
    bench.descriptor(0, [TABLE, 48, INDIRECT, 0]);
  }],
  ['an indirect descriptor with a next one', bench => bench.descriptor(0, [TABLE, 48, INDIRECT | NEXT, 1])],
  ['an indirect table of a broken length', (bench, chance) => bench.descriptor(0, [TABLE, 16 * chance.below(100) + 1 + chance.below(15), INDIRECT, 0])],
  ['an indirect table of no length', bench => bench.descriptor(0, [TABLE, 0, INDIRECT, 0])],
  ['an indirect table where there is no memory', (bench, chance) => bench.descriptor(0, [GUEST_BYTES + chance.below(0x7000_0000), 48, INDIRECT, 0])],
  ['an indirect chain that leaves its table', bench => {
    bench.descriptor(0, [HEADER, 16, NEXT, 3], TABLE);
    bench.descriptor(0, [TABLE, 48, INDIRECT, 0]);
  }],
];
export const INDIRECT_AGREED = INDIRECT_FEATURE;
