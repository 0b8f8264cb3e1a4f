// The block device: requests of a header, data and a status byte. OASIS virtio 1.2, 5.2 Block Device.
import type {Alarm, BusMaster, DeviceClock} from '../bus.ts';
import {onDisk, requestTicks, SECTOR, type DiskUnit} from '../disk/disk.ts';
import {gather, lengthOf, scatter, splitLast} from './chain-bytes.ts';
import type {VirtioDevice, VirtioKind} from './device.ts';
import {BrokenQueue, type Chain, type Segment} from './split-queue.ts';

const SEGMENTS_MAX = 2, FLUSH = 9;
const MOST_SEGMENTS = 126;
const QUEUE_SIZE = 128;
const HEADER = 16;
const REQUEST_READ = 0, REQUEST_WRITE = 1, REQUEST_FLUSH = 4, REQUEST_GET_ID = 8;
const OK = 0, IO_ERROR = 1, UNSUPPORTED = 2;

interface Request {
  readonly head: number;
  readonly type: number;
  readonly sector: number;
  readonly data: Uint8Array;
  readonly into: readonly Segment[];
  readonly status: Segment;
}

export class VirtioBlock implements VirtioKind {
  readonly id = 2;
  readonly classCode = 0x010000;
  readonly features = [SEGMENTS_MAX, FLUSH];
  readonly queueSizes = [QUEUE_SIZE];
  readonly #unit: DiskUnit;
  readonly #clock: DeviceClock;
  readonly #underWay = new Set<Alarm>();
  /** When the disk is through with what it has: requests follow each other. */
  #free = 0;

  constructor(unit: DiskUnit, clock: DeviceClock) {
    this.#unit = unit;
    this.#clock = clock;
  }

  config(): Uint8Array {
    const bytes = new Uint8Array(60);
    const view = new DataView(bytes.buffer);
    view.setBigUint64(0, BigInt(this.#unit.disk.sectors), true);
    view.setUint32(12, MOST_SEGMENTS, true);
    view.setUint32(20, SECTOR, true);
    return bytes;
  }

  /**
   * Everything available is taken; each request completes when the disk has done it. Why not more at once than a queue holds: the data of a
   * request done at once may fall on the ring itself and make another one available, without end.
   */
  serve(_queue: number, device: VirtioDevice): void {
    const queue = device.queue(0);
    if (queue === null) return;
    let left = QUEUE_SIZE;
    do {
      queue.wantKicks(false);
      for (let chain = queue.take(); chain !== null; chain = left > 0 ? queue.take() : null) {
        left--;
        this.#start(device, requestOf(device.memory, chain));
      }
      queue.wantKicks(true);
    } while (queue.pending > 0 && left > 0);
    if (queue.pending > 0) this.#at(this.#clock.now() + 1, () => device.serve(0));
  }

  reset(): void {
    for (const alarm of this.#underWay) alarm.cancel();
    this.#underWay.clear();
    this.#free = 0;
  }

  #start(device: VirtioDevice, request: Request): void {
    const bytes = request.type === REQUEST_READ ? lengthOf(request.into) : request.data.length;
    this.#unit.onRequest?.(bytes);
    const ticks = requestTicks(this.#clock, this.#unit.speed, bytes);
    if (ticks === 0) return this.#finish(device, request);
    this.#free = Math.max(this.#free, this.#clock.now()) + ticks;
    this.#at(this.#free, () => device.guarded(() => this.#finish(device, request)));
  }

  #at(time: number, then: () => void): void {
    const alarm = this.#clock.schedule(time, () => {
      this.#underWay.delete(alarm);
      then();
    }, 'disk');
    this.#underWay.add(alarm);
  }

  #finish(device: VirtioDevice, request: Request): void {
    const queue = device.queue(0);
    if (queue === null) return;
    const {status, bytes} = this.#carryOut(request);
    scatter(device.memory, request.into, bytes);
    scatter(device.memory, [request.status], Uint8Array.of(status));
    queue.give(request.head, bytes.length + 1);
    device.signal(queue);
  }

  #carryOut({type, sector, data, into}: Request): {status: number; bytes: Uint8Array} {
    const {disk} = this.#unit;
    const nothing = new Uint8Array();
    if (type === REQUEST_FLUSH) return {status: OK, bytes: nothing};
    if (type === REQUEST_GET_ID) return {status: OK, bytes: identity(lengthOf(into))};
    if (type !== REQUEST_READ && type !== REQUEST_WRITE) return {status: UNSUPPORTED, bytes: nothing};
    const length = type === REQUEST_READ ? lengthOf(into) : data.length;
    if (length % SECTOR !== 0 || !onDisk(disk, sector, length / SECTOR)) return {status: IO_ERROR, bytes: nothing};
    if (type === REQUEST_WRITE) {
      disk.write(sector, data);
      return {status: OK, bytes: nothing};
    }
    const bytes = new Uint8Array(length);
    disk.read(sector, bytes);
    return {status: OK, bytes};
  }
}

/** 5.2.6: the header is read, the status is the last byte written. */
function requestOf(memory: BusMaster, chain: Chain): Request {
  const read = gather(memory, chain.readable);
  const written = splitLast(chain.writable);
  if (read.length < HEADER || written === null) throw new BrokenQueue('a block request without header or status');
  const header = new DataView(read.buffer);
  if (lengthOf(written.before) > 64 * 2 ** 20) throw new BrokenQueue('a block request longer than 64 MiB');
  return {
    head: chain.head, type: header.getUint32(0, true), sector: header.getUint32(8, true) + header.getUint32(12, true) * 2 ** 32, data: read.subarray(HEADER),
    into: written.before, status: written.last,
  };
}

const identity = (length: number): Uint8Array => Uint8Array.from({length: Math.min(20, length)}, (_, at) => 'worldswitch'.charCodeAt(at) || 0);
