// A front end for tests that does what a guest's driver does, and whatever a hostile one might: on memory of its own, with a grant table and
// event channels that are real, or nearly.
import {OverlayDisk, memoryImage} from '../../disk/overlay.ts';
import {SteppedClock} from '../../stepped-clock.ts';
import {BackEndGrants} from '../back-end-grants.ts';
import {BlockDevice, type BlockDeviceOptions} from '../block-device.ts';
import type {DriverDomain, EventPort} from '../driver-domain.ts';
import {GrantTable, type GrantMemory} from '../grant-table.ts';
import {Store} from '../store.ts';
import {XenBus} from '../xenbus.ts';

export const FRAMES = 64;
/** A frame that the guest has, but may not have written: a page table, say. */
export const TABLE_FRAME = 63;
const PAGE = 4096;

/** A guest's memory: its frames, and behind them those of the grant table. */
export class TestMemory implements GrantMemory {
  readonly bytes = new Uint8Array((FRAMES + 2) * PAGE);
  readonly view = new DataView(this.bytes.buffer);
  readonly held = new Map<number, number>();
  #next = FRAMES;

  takeTableFrame(): number {
    return this.#next < FRAMES + 2 ? this.#next++ : -1;
  }
  readTable(frame: number, offset: number): number {
    return this.view.getInt32(frame * PAGE + offset, true);
  }
  writeTable(frame: number, offset: number, value: number): void {
    this.view.setInt32(frame * PAGE + offset, value, true);
  }
  hold(frame: number, write: boolean): number {
    if (frame >= FRAMES || (write && frame === TABLE_FRAME)) return -1;
    this.held.set(frame, (this.held.get(frame) ?? 0) + 1);
    return frame;
  }
  release(frame: number): void {
    this.held.set(frame, (this.held.get(frame) ?? 0) - 1);
  }
  read(frame: number, offset: number, into: Uint8Array): void {
    into.set(this.bytes.subarray(frame * PAGE + offset, frame * PAGE + offset + into.length));
  }
  write(frame: number, offset: number, from: Uint8Array): void {
    this.bytes.set(from, frame * PAGE + offset);
  }
}

export class TestDomain implements DriverDomain {
  readonly memory = new TestMemory();
  readonly table = new GrantTable(this.memory);
  readonly grants = new BackEndGrants(this.table);
  readonly store = new Store();
  readonly clock = new SteppedClock(1_000_000);
  /** Ports left unbound, and what a bound one notifies. */
  readonly offered = new Set<number>();
  readonly bound = new Map<number, () => void>();
  /** Events that came to the guest. */
  events = 0;
  /** What a guest does at an event. */
  onEvent: () => void = () => {};

  constructor() {
    this.table.grow(2);
  }

  bind(port: number, onNotified: () => void): EventPort | null {
    if (!this.offered.has(port)) return null;
    this.bound.set(port, onNotified);
    return {
      notify: () => {
        this.events++;
        this.onEvent();
      },
      close: () => { this.bound.delete(port); },
    };
  }

  notify(port: number): void {
    this.bound.get(port)?.();
  }

  entry(reference: number, {flags, domain = 0, frame}: {flags: number; domain?: number; frame: number}): void {
    const at = FRAMES * PAGE + reference * 8;
    this.memory.view.setUint16(at, flags, true);
    this.memory.view.setUint16(at + 2, domain, true);
    this.memory.view.setUint32(at + 4, frame, true);
  }

  run(): this {
    this.clock.advanceTo(this.clock.now() + 1_000_000);
    return this;
  }
}

const RING_FRAME = 1, RING_REFERENCE = 8, PORT = 3;
const RING = RING_FRAME * PAGE;
const SLOT = 108;
const FRONT = '/local/domain/1/device/vbd/51712', BACK = '/local/domain/0/backend/vbd/1/51712';

export interface TestSegment {
  readonly reference: number;
  readonly first?: number;
  readonly last?: number;
}

/** 256 sectors, each full of its number. */
const IMAGE = memoryImage(256 * 512, Uint8Array.from({length: 256 * 512}, (_, at) => at >>> 9));

export class TestBlockFrontEnd extends TestDomain {
  readonly disk = new OverlayDisk(IMAGE);
  readonly device: BlockDevice;
  readonly bus: XenBus;
  #produced = 0;

  constructor(options: BlockDeviceOptions = {copies: false, persistent: false}) {
    super();
    this.device = new BlockDevice(this, {unit: {disk: this.disk, speed: {accessSeconds: 0.0001, bytesPerSecond: 10_000_000}}, clock: this.clock}, options);
    this.bus = new XenBus(this.store, this.device, 1);
    this.device.backEnd.onBroken = why => this.bus.fail(why);
    // Reference n + 16 grants frame n + 8.
    for (let index = 0; index < 40; index++) this.entry(16 + index, {flags: 1, frame: 8 + index});
  }

  get state(): string | null {
    return this.store.read(`${BACK}/state`);
  }

  tell(nodes: Readonly<Record<string, string>>): this {
    this.store.writeAll(FRONT, nodes);
    return this;
  }

  connect(more: Readonly<Record<string, string>> = {}): this {
    this.entry(RING_REFERENCE, {flags: 1, frame: RING_FRAME});
    this.index(4, 1);
    this.index(12, 1);
    this.offered.add(PORT);
    return this.tell({'ring-ref': String(RING_REFERENCE), 'event-channel': String(PORT), protocol: 'x86_32-abi', ...more, state: '3'});
  }

  /** One of the four indices of the ring. */
  index(offset: number, value?: number): number {
    if (value !== undefined) this.memory.view.setUint32(RING + offset, value, true);
    return this.memory.view.getUint32(RING + offset, true);
  }

  /** Puts a request into the ring without telling. */
  request(operation: number, sector: number, segments: readonly TestSegment[], count = segments.length): number {
    const id = this.#produced++;
    const at = RING + 64 + (id % 32) * SLOT;
    const {view} = this.memory;
    view.setUint8(at, operation);
    view.setUint8(at + 1, count);
    view.setBigUint64(at + 4, BigInt(id), true);
    view.setBigUint64(at + 12, BigInt(sector), true);
    segments.slice(0, 11).forEach(({reference, first = 0, last = 7}, index) => {
      view.setUint32(at + 20 + index * 8, reference, true);
      view.setUint8(at + 24 + index * 8, first);
      view.setUint8(at + 25 + index * 8, last);
    });
    this.index(0, this.#produced);
    return id;
  }

  kick(): this {
    this.notify(PORT);
    return this;
  }

  /** Responses so far: id and status. */
  responses(): Array<readonly [id: number, status: number]> {
    const {view} = this.memory;
    return Array.from({length: Math.min(this.index(8), 32)}, (_, index) => {
      const at = RING + 64 + index * SLOT;
      return [Number(view.getBigUint64(at, true)), view.getInt16(at + 10, true)] as const;
    });
  }

  page(frame: number): Uint8Array {
    return this.memory.bytes.subarray(frame * PAGE, (frame + 1) * PAGE);
  }
}
