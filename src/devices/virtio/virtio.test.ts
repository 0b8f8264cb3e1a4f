// Virtio devices driven as a driver drives them: rings in guest memory, registers on the bus. OASIS virtio 1.2.
import fc from 'fast-check';
import test from 'ava';
import type {BusMaster} from '../bus.ts';
import {memoryImage, OverlayDisk} from '../disk/overlay.ts';
import {MemoryBus} from '../memory-bus.ts';
import {Echo} from '../network/peers.ts';
import {Wire} from '../network/wire.ts';
import type {PciFunction} from '../pci/function.ts';
import {PortBus} from '../port-bus.ts';
import {SteppedClock} from '../stepped-clock.ts';
import {VirtioBlock} from './block.ts';
import {VirtioDevice, type VirtioKind} from './device.ts';
import {legacyAreas} from './legacy-transport.ts';
import {VirtioNetwork} from './network.ts';
import {virtioCard} from './pci.ts';

const PORT = 0xc000, MODERN = 0xfe00_0000, MESSAGES = 0xfe10_0000, RING = 0x1_0000, DATA = 0x3_0000;
const SIZE = 0x8_0000;
const NEXT = 1, WRITE = 2, INDIRECT = 4;

interface Piece {
  readonly at: number;
  readonly length: number;
  readonly write?: boolean;
}

/** 256 sectors, each full of its number. */
const IMAGE = memoryImage(256 * 512, Uint8Array.from({length: 256 * 512}, (_, at) => at >>> 9));

class Bench {
  readonly clock = new SteppedClock(1_000_000);
  readonly bytes = new Uint8Array(SIZE);
  readonly view = new DataView(this.bytes.buffer);
  readonly memory: BusMaster = {
    read: (at, into) => at + into.length <= SIZE && (into.set(this.bytes.subarray(at, at + into.length)), true),
    write: (at, from) => at + from.length <= SIZE && (this.bytes.set(from, at), true),
  };
  readonly ports = new PortBus();
  readonly space = new MemoryBus();
  readonly disk = new OverlayDisk(IMAGE);
  readonly virtio: VirtioDevice;
  readonly pci: PciFunction;
  irq = false;
  #next = 0;
  #available = 0;

  constructor(kind?: (clock: SteppedClock) => VirtioKind) {
    const block = (clock: SteppedClock): VirtioKind => new VirtioBlock({disk: this.disk, speed: {accessSeconds: 0.0001, bytesPerSecond: 10_000_000}}, clock);
    this.virtio = new VirtioDevice((kind ?? block)(this.clock), this.memory);
    this.pci = virtioCard(this.virtio, {ports: this.ports, memory: this.space});
    const {pci} = this;
    pci.interrupt = level => { this.irq = level; };
    pci.writeConfig(0x10, 4, PORT);
    pci.writeConfig(0x20, 4, MODERN);
    pci.writeConfig(4, 2, 7);
  }

  get size(): number {
    return this.virtio.kind.queueSizes[0];
  }

  legacy(features: number): this {
    this.ports.write(PORT + 18, 1, 1);
    this.ports.write(PORT + 4, 4, features);
    this.ports.write(PORT + 14, 2, 0);
    this.ports.write(PORT + 8, 4, RING / 4096);
    this.ports.write(PORT + 18, 1, 7);
    return this;
  }

  modern(): this {
    const write = (offset: number, width: 1 | 2 | 4, value: number): void => this.space.write(MODERN + offset, width, value);
    const areas = legacyAreas(RING, this.size);
    write(0x14, 1, 3);
    write(8, 4, 1);
    write(0xc, 4, 1);
    write(0x14, 1, 11);
    [areas.descriptors, areas.available, areas.used].forEach((at, index) => write(0x20 + 8 * index, 4, at));
    write(0x1c, 2, 1);
    write(0x14, 1, 15);
    return this;
  }

  descriptor(table: number, index: number, {at, length}: Piece, flags: number, next = index + 1): void {
    this.view.setBigUint64(table + index * 16, BigInt(at), true);
    this.view.setUint32(table + index * 16 + 8, length, true);
    this.view.setUint16(table + index * 16 + 12, flags, true);
    this.view.setUint16(table + index * 16 + 14, next, true);
  }

  chain(pieces: readonly Piece[]): number {
    const head = this.#next;
    pieces.forEach((piece, at) => this.descriptor(RING, head + at, piece, (piece.write ? WRITE : 0) | (at < pieces.length - 1 ? NEXT : 0)));
    this.#next += pieces.length;
    return this.offer(head);
  }

  offer(head: number): number {
    const {available} = legacyAreas(RING, this.size);
    this.view.setUint16(available + 4 + 2 * (this.#available % this.size), head, true);
    this.view.setUint16(available + 2, ++this.#available, true);
    return head;
  }

  request(type: number, sector: number, data: Piece): number {
    const header = DATA + 0x2_0000 + this.#next * 16;
    this.view.setUint32(header, type, true);
    this.view.setBigUint64(header + 8, BigInt(sector), true);
    return this.chain([{at: header, length: 16}, data, {at: DATA + 0x1_0000 + this.#next, length: 1, write: true}]);
  }

  used(): Array<[number, number]> {
    const {used} = legacyAreas(RING, this.size);
    return Array.from({length: this.view.getUint16(used + 2, true)}, (_, at) => [this.view.getUint32(used + 4 + at * 8, true), this.view.getUint32(used + 8 + at * 8, true)]);
  }

  kick(queue = 0): this {
    this.ports.write(PORT + 16, 2, queue);
    return this;
  }

  run(): this {
    this.clock.advanceTo(this.clock.now() + 1_000_000);
    return this;
  }
}

for (const [how, start, kick] of [
  ['legacy registers', (bench: Bench) => bench.legacy(0), (bench: Bench) => bench.kick()],
  ['1.0 structures', (bench: Bench) => bench.modern(), (bench: Bench) => bench.space.write(MODERN + 0x3000, 2, 0)],
] as const) {
  test(`${how}: a read gives the disk's bytes, one kick and one interrupt`, t => {
    const bench = start(new Bench());
    const head = bench.request(0, 7, {at: DATA, length: 512, write: true});
    kick(bench);
    t.false(bench.irq);
    bench.run();
    t.true(bench.irq);
    t.deepEqual(bench.used(), [[head, 513]]);
    t.true(bench.bytes.subarray(DATA, DATA + 512).every(byte => byte === 7));
    t.deepEqual([bench.virtio.kicks, bench.virtio.interrupts], [1, 1]);
    t.is(bench.ports.read(PORT + 19, 1), 1);
    t.false(bench.irq);
  });
}

test('what is written is read back', t => {
  const bench = new Bench().legacy(0);
  bench.bytes.fill(0x5a, DATA, DATA + 1024);
  bench.request(1, 3, {at: DATA, length: 1024});
  bench.kick().run();
  const written = new Uint8Array(1024);
  bench.disk.read(3, written);
  t.true(written.every(byte => byte === 0x5a));
});

test('requests beyond the disk fail with a status, unknown ones are unsupported', t => {
  const bench = new Bench().legacy(0);
  bench.request(0, 255, {at: DATA, length: 1024, write: true});
  bench.request(77, 0, {at: DATA, length: 512, write: true});
  bench.kick().run();
  t.deepEqual([bench.bytes[DATA + 0x1_0000], bench.bytes[DATA + 0x1_0000 + 3]], [1, 2]);
});

test('an indirect table holds a whole request', t => {
  const bench = new Bench().legacy(1 << 28);
  const header = DATA + 0x1000;
  bench.view.setBigUint64(header + 8, 9n, true);
  bench.descriptor(DATA + 0x2000, 0, {at: header, length: 16}, NEXT);
  bench.descriptor(DATA + 0x2000, 1, {at: DATA, length: 512}, NEXT | WRITE);
  bench.descriptor(DATA + 0x2000, 2, {at: DATA + 0x1800, length: 1}, WRITE);
  bench.descriptor(RING, 0, {at: DATA + 0x2000, length: 48}, INDIRECT);
  bench.offer(0);
  bench.kick().run();
  t.is(bench.bytes[DATA + 100], 9);
});

test('event index: N requests queued before one kick interrupt once, at the event the driver named', t => {
  const bench = new Bench().legacy((1 << 28) | (1 << 29));
  for (let request = 0; request < 8; request++) bench.request(0, request, {at: DATA + 512 * request, length: 512, write: true});
  const {available} = legacyAreas(RING, bench.size);
  bench.view.setUint16(available + 4 + 2 * bench.size, 7, true);
  bench.kick().run();
  t.is(bench.used().length, 8);
  t.deepEqual([bench.virtio.kicks, bench.virtio.interrupts], [1, 1]);
});

for (const [requests, threshold] of [[16, 1], [16, 4], [15, 4], [7, 3], [16, 16]] as const) {
  test(`event index: ${requests} requests with an interrupt after every ${threshold} are ${Math.ceil(requests / threshold)} interrupts, 1 kick`, t => {
    const bench = new Bench().legacy(1 << 29);
    const {available} = legacyAreas(RING, bench.size);
    const want = (seen: number): void => bench.view.setUint16(available + 4 + 2 * bench.size, seen + Math.min(threshold, requests - seen || 1) - 1, true);
    want(0);
    for (let request = 0; request < requests; request++) bench.request(0, request, {at: DATA + 512 * request, length: 512, write: true});
    bench.kick();
    for (let step = 0; step < 1000; step++) {
      bench.clock.advanceTo(bench.clock.now() + 50);
      if (!bench.irq) continue;
      bench.ports.read(PORT + 19, 1);
      want(bench.used().length);
    }
    t.is(bench.used().length, requests);
    t.deepEqual([bench.virtio.kicks, bench.virtio.interrupts], [1, Math.ceil(requests / threshold)]);
  });
}

const broken: ReadonlyArray<readonly [what: string, damage: (bench: Bench) => void]> = [
  ['a chain that loops', bench => { bench.descriptor(RING, 0, {at: DATA, length: 16}, NEXT, 0); bench.offer(0); }],
  ['an address without memory', bench => { bench.descriptor(RING, 0, {at: SIZE + 4096, length: 16}, 0); bench.offer(0); }],
  ['a length beyond all memory', bench => { bench.descriptor(RING, 0, {at: 0, length: 0xffff_ffff}, 0); bench.offer(0); }],
  ['a head outside the table', bench => { bench.offer(5000); }],
  ['an index that jumps', bench => { bench.view.setUint16(legacyAreas(RING, bench.size).available + 2, 20_000, true); }],
  ['a readable descriptor behind a writable one', bench => { bench.chain([{at: DATA, length: 1, write: true}, {at: DATA, length: 16}]); }],
  ['an indirect table without the feature', bench => { bench.descriptor(RING, 0, {at: DATA, length: 48}, INDIRECT); bench.offer(0); }],
  ['a request without a status byte', bench => { bench.chain([{at: DATA, length: 16}]); }],
];
for (const [what, damage] of broken) {
  test(`${what} breaks the device and nothing else; a reset mends it`, t => {
    const bench = new Bench().legacy(0);
    damage(bench);
    bench.kick().run();
    t.is(bench.ports.read(PORT + 18, 1) & 64, 64);
    bench.bytes.fill(0);
    bench.ports.write(PORT + 18, 1, 0);
    t.is(bench.ports.read(PORT + 18, 1), 0);
  });
}

test('random rings never get past the checks', t => {
  fc.assert(fc.property(fc.uint8Array({minLength: 400, maxLength: 400}), fc.nat(3), (noise, features) => {
    const bench = new Bench().legacy(features << 28);
    bench.bytes.set(noise.subarray(0, 256), RING);
    bench.bytes.set(noise.subarray(256), legacyAreas(RING, bench.size).available);
    bench.kick().run();
  }), {numRuns: 2000, seed: 1});
  t.pass();
});

test('a frame that was sent comes back from an echoing peer', t => {
  let wire: Wire | null = null;
  const address = [0x52, 0x54, 0, 0x77, 0x73, 1] as const;
  const bench = new Bench(clock => {
    wire = new Wire(address, {latencySeconds: 0.0001, bitsPerSecond: 1e8}, {clock, peer: new Echo()});
    return new VirtioNetwork(wire);
  });
  const network = bench.virtio.kind as VirtioNetwork;
  wire!.onFrame = frame => {
    network.accept(frame);
    bench.virtio.serve(0);
  };
  bench.legacy(0);
  const transmit = 0x2_0000;
  bench.ports.write(PORT + 14, 2, 1);
  bench.ports.write(PORT + 8, 4, transmit / 4096);
  bench.chain([{at: DATA, length: 2048, write: true}]);
  const frame = Uint8Array.from([255, 255, 255, 255, 255, 255, ...address, 0x88, 0xb5, 1, 2, 3, 4]);
  bench.bytes.set(frame, DATA + 0x1000 + 10);
  bench.descriptor(transmit, 0, {at: DATA + 0x1000, length: 10 + frame.length}, 0);
  bench.view.setUint16(legacyAreas(transmit, 256).available + 2, 1, true);
  bench.kick(1).run();
  t.deepEqual([...bench.bytes.subarray(DATA + 10, DATA + 16)], [...address]);
  t.deepEqual([...bench.bytes.subarray(DATA + 10 + 14, DATA + 10 + 18)], [1, 2, 3, 4]);
  t.is(bench.used()[0][1], 10 + frame.length);
});

test('4.1.5.1.2: a queue interrupts by the message of its vector, and not by the pin; a vector that does not exist becomes none', t => {
  const bench = new Bench().legacy(0);
  const messages: string[] = [];
  Object.assign(bench.memory, {write: (at: number, from: Uint8Array) => messages.push(`${at.toString(16)} ${from[0].toString(16)}`) > 0});
  bench.pci.writeConfig(0x14, 4, MESSAGES);
  [0xfee0_0000, 0, 0x51, 0].forEach((value, at) => bench.space.write(MESSAGES + 16 + 4 * at, 4, value));
  bench.pci.writeConfig(0x9a, 2, 0x8000);
  bench.ports.write(PORT + 22, 2, 2);
  t.is(bench.ports.read(PORT + 22, 2), 0xffff);
  bench.ports.write(PORT + 22, 2, 1);
  t.is(bench.ports.read(PORT + 22, 2), 1);
  t.is(bench.ports.read(PORT + 24, 4), 256, 'the configuration lies behind the vectors');
  bench.virtio.raise(1, bench.virtio.vectors.queues[0]);
  t.deepEqual(messages, ['fee00000 51']);
  t.false(bench.irq);
});
