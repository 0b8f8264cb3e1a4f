// Whatever a driver tells an assigned device to master, host memory that is not the guest's is neither changed nor seen: thousands of programs for
// the IDE bus master and for the network card's rings, and of bare accesses.
import fc from 'fast-check';
import test from 'ava';
import {memoryImage, OverlayDisk} from '../../../src/devices/disk/overlay.ts';
import {findHost} from '../../../src/host/catalogue.ts';
import {Platform} from '../../../src/machine/platform.ts';
import {gpa} from '../../../src/memory/address.ts';
import {HOST_BASE} from '../../../src/memory/layout.ts';
import type {ArchitectureStrategy, MemoryStrategy} from '../../../src/vmm/strategy.ts';
import {Vmm} from '../../../src/vmm/vmm.ts';
import passthrough from './index.ts';

const MIB = 2 ** 20;
const GUEST = MIB;
/** What the host's own memory holds, and the disk and the wire must never. */
const SECRET = 0x5a;
const IDE = 9, CARD = 0x18;
const CARD_BASE = 0xfeb0_0000;

class Bench {
  readonly platform: Platform;
  readonly vmm: Vmm;
  readonly disk = new OverlayDisk(memoryImage(64 * 512));
  readonly sent: Uint8Array[] = [];
  readonly #own: Buffer;
  readonly #before: Buffer;

  constructor() {
    const peer = {receive: (frame: Uint8Array) => { this.sent.push(frame); }};
    this.platform = new Platform({
      host: findHost('nehalem-2009'), clock: 'cycles', guestMemory: GUEST, hostMemory: 2 * MIB, maxInstructions: 1,
      peripherals: {
        controllers: 'pc', disk: {disk: this.disk, speed: {accessSeconds: 1e-6, bytesPerSecond: 1e9}}, network: {peer, speed: {latencySeconds: 1e-6, bitsPerSecond: 1e9}},
      },
    });
    const {memory} = this.platform;
    this.vmm = new Vmm(this.platform);
    this.vmm.guest.place(4096);
    memory.u8.fill(SECRET, HOST_BASE + GUEST, HOST_BASE + 2 * MIB);
    const io = passthrough.create(this.vmm, {devices: 'all'});
    this.vmm.takeOver({memory: {} as MemoryStrategy, architecture: {} as ArchitectureStrategy, io});
    this.#own = Buffer.from(memory.u8.buffer, HOST_BASE + GUEST, MIB);
    this.#before = Buffer.from(this.#own);
  }

  get isUntouched(): boolean {
    return this.#own.equals(this.#before);
  }

  /** Writes to guest memory as the guest does. */
  poke(address: number, bytes: Uint8Array): void {
    this.vmm.guest.write(address, bytes);
  }

  /** Lets everything that is under way end. */
  settle(): void {
    const {clock, cpu} = this.platform;
    for (let n = 0; n < 50 && clock.nextSource() !== 'timer'; n++) {
      cpu.ticksLeft -= Math.max(0, clock.next() - clock.now());
      clock.runDue(clock.now());
      cpu.rearm();
    }
  }
}

/** Addresses that matter: the guest's, its edges, the host's beyond it, the interrupt messages', the wrap, and any. */
const ADDRESS = fc.oneof(
  fc.nat(GUEST - 1), fc.integer({min: GUEST - 64, max: GUEST + 64}), fc.integer({min: GUEST, max: 2 * MIB}), fc.integer({min: 0xfee0_0000, max: 0xfee0_ffff}),
  fc.integer({min: 0xffff_f000, max: 0xffff_ffff}), fc.integer({min: 0, max: 0xffff_ffff}),
);
const runs = (numRuns: number): fc.Parameters<unknown> => ({numRuns, seed: 29});

test('a bare access moves the guest\'s own bytes, or nothing', t => {
  const bench = new Bench();
  const {guest, platform} = bench.vmm;
  fc.assert(fc.property(ADDRESS, fc.integer({min: 1, max: 9000}), fc.boolean(), fc.constantFrom(IDE, CARD), (address, length, write, requester) => {
    if (address >= 0xfee0_0000 && address < 0xfef0_0000) return;
    const bytes = new Uint8Array(length).fill(7);
    const inside = address + length <= GUEST;
    const moved = write ? platform.busMaster.write(address, bytes, requester) : platform.busMaster.read(address, bytes, requester);
    t.is(moved, inside);
    if (!moved) return;
    for (const at of [0, length >> 1, length - 1]) t.is(bytes[at], platform.memory.u8[guest.offset(gpa(address + at))]);
  }), runs(4000));
  t.true(bench.isUntouched);
  t.true((bench.vmm.strategies.io.statistics?.()['DMA faults'] ?? 0) > 500);
});

const REGION = fc.record({address: ADDRESS, bytes: fc.constantFrom(0, 2, 64, 512, 2048), last: fc.boolean()});

test('3,000 tables of regions for the IDE bus master, in guest memory and out of it', t => {
  const bench = new Bench();
  const {ports} = bench.platform.devices;
  const out = (port: number, value: number): void => ports.write(port, 1, value & 0xff);
  fc.assert(fc.property(ADDRESS, fc.array(REGION, {minLength: 1, maxLength: 6}), fc.boolean(), (table, regions, write) => {
    const bytes = new DataView(new ArrayBuffer(regions.length * 8));
    regions.forEach((region, index) => {
      bytes.setUint32(index * 8, region.address, true);
      bytes.setUint32(index * 8 + 4, (region.bytes | (region.last ? 0x8000_0000 : 0)) >>> 0, true);
    });
    bench.poke(table & ~3, new Uint8Array(bytes.buffer));
    out(0xc000, 0);
    ports.write(0xc004, 4, (table & ~3) >>> 0);
    out(0x3f6, 4);
    out(0x3f6, 0);
    for (const [port, value] of [[0x1f6, 0xe0], [0x1f2, 4], [0x1f3, 0], [0x1f4, 0], [0x1f5, 0], [0x1f7, write ? 0xca : 0xc8]]) out(port, value);
    out(0xc000, write ? 1 : 9);
    bench.settle();
  }), runs(3000));
  t.true(bench.isUntouched);
  const written = new Uint8Array(64 * 512);
  bench.disk.read(0, written);
  t.false(written.includes(SECRET));
});

const DESCRIPTOR = fc.record({address: ADDRESS, high: fc.constantFrom(0, 0, 0, 1, 0xffff_ffff), length: fc.nat(2048)});

test('3,000 rings of descriptors for the network card', t => {
  const bench = new Bench();
  const {memory} = bench.platform.devices;
  const base = bench.vmm.hostFrame(CARD_BASE >>> 12) * 4096;
  const set = (register: number, value: number): void => memory.write(base + register, 4, value >>> 0);
  fc.assert(fc.property(ADDRESS, fc.array(DESCRIPTOR, {minLength: 1, maxLength: 7}), fc.boolean(), (ring, descriptors, receive) => {
    const bytes = new DataView(new ArrayBuffer(128));
    descriptors.forEach(({address, high, length}, index) => {
      bytes.setUint32(index * 16, address, true);
      bytes.setUint32(index * 16 + 4, high, true);
      bytes.setUint32(index * 16 + 8, receive ? 0 : length | 0x0900_0000, true);
    });
    bench.poke(ring & ~15, new Uint8Array(bytes.buffer));
    set(0, 1 << 26);
    const at = receive ? 0x2800 : 0x3800;
    for (const [register, value] of [[at, ring & ~15], [at + 8, 128], [at + 0x10, 0], [receive ? 0x100 : 0x400, receive ? 0x0400_801a : 2], [at + 0x18, descriptors.length]]) set(register, value);
    if (receive) bench.platform.devices.wire?.onFrame(new Uint8Array(600).fill(3));
    bench.settle();
  }), runs(3000));
  t.true(bench.isUntouched);
  t.true(bench.sent.length > 100);
  t.false(bench.sent.some(frame => frame.includes(SECRET)));
});
