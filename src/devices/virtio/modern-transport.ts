// The 1.0 interface: four structures in one memory base address, found by capabilities in configuration space; the doorbell is a write to
// memory. OASIS virtio 1.2, 4.1.4 Virtio Structure PCI Capabilities.
import type {MemoryDevice, Width} from '../bus.ts';
import type {PciFunction} from '../pci/function.ts';
import {CAPABILITIES, STATUS, STATUS_CAPABILITIES} from '../pci/registers.ts';
import {NO_VECTOR, type VirtioDevice} from './device.ts';
import {halfOf} from './features.ts';
import {bytesAt} from './legacy-transport.ts';

export const MODERN_SIZE = 0x4000;
/** Where the doorbells lie within it. */
export const DOORBELLS = {offset: 0x3000, bytes: 0x1000};
const COMMON = 0x0000, ISR = 0x1000, DEVICE = 0x2000, NOTIFY = DOORBELLS.offset;
const NOTIFY_MULTIPLIER = 4;
const CAP_COMMON = 1, CAP_NOTIFY = 2, CAP_ISR = 3, CAP_DEVICE = 4;

interface QueueRegisters {
  size: number;
  enabled: boolean;
  /** Descriptor, driver and device areas, each as low and high doubleword. */
  readonly areas: number[];
}

export class ModernTransport implements MemoryDevice {
  readonly #virtio: VirtioDevice;
  #deviceHalf = 0;
  #driverHalf = 0;
  readonly #driverFeatures: [number, number] = [0, 0];
  #selected = 0;
  #queues: QueueRegisters[];

  constructor(virtio: VirtioDevice) {
    this.#virtio = virtio;
    this.#queues = this.#freshQueues();
  }

  readMemory(offset: number, width: Width): number {
    if (offset >= NOTIFY) return 0;
    if (offset >= DEVICE) return bytesAt(this.#virtio.kind.config(), offset - DEVICE, width);
    if (offset >= ISR) return offset === ISR ? this.#virtio.takeIsr() : 0;
    const [at, value] = this.#common(offset);
    return (value >>> (8 * (offset - at))) & (width === 4 ? 0xffff_ffff : (1 << (8 * width)) - 1);
  }

  writeMemory(offset: number, _width: Width, value: number): void {
    if (offset >= NOTIFY) return this.#virtio.kick(Math.floor((offset - NOTIFY) / NOTIFY_MULTIPLIER));
    if (offset < ISR) this.#writeCommon(offset, value);
  }

  /** 4.1.4.3: the register that an offset lies in, and its value. */
  #common(offset: number): readonly [at: number, value: number] {
    const queue = this.#queues[this.#selected];
    const rows: ReadonlyArray<readonly [at: number, width: number, value: number]> = [
      [0x00, 4, this.#deviceHalf], [0x04, 4, halfOf(this.#virtio.offered, this.#deviceHalf)], [0x08, 4, this.#driverHalf],
      [0x0c, 4, this.#driverFeatures[this.#driverHalf] ?? 0], [0x10, 2, this.#virtio.vectors.configuration], [0x12, 2, this.#queues.length], [0x14, 1, this.#virtio.status & 0xff],
      [0x15, 1, 0], [0x16, 2, this.#selected], [0x18, 2, queue?.size ?? 0], [0x1a, 2, this.#virtio.vectors.queues[this.#selected] ?? NO_VECTOR], [0x1c, 2, queue?.enabled ? 1 : 0], [0x1e, 2, this.#selected],
      ...[0, 1, 2, 3, 4, 5].map(index => [0x20 + 4 * index, 4, queue?.areas[index] ?? 0] as const),
    ];
    const row = rows.find(([at, width]) => offset >= at && offset < at + width);
    return row ? [row[0], row[2]] : [offset, 0];
  }

  #writeCommon(offset: number, value: number): void {
    const queue = this.#queues[this.#selected];
    if (offset === 0x00) this.#deviceHalf = value;
    else if (offset === 0x08) this.#driverHalf = value;
    else if (offset === 0x0c && this.#driverHalf < 2) {
      this.#driverFeatures[this.#driverHalf] = value;
      this.#virtio.negotiate(this.#driverFeatures);
    } else if (offset === 0x10) this.#virtio.vectors.configuration = this.#virtio.vectorFor(value & 0xffff);
    else if (queue && offset === 0x1a) this.#virtio.vectors.queues[this.#selected] = this.#virtio.vectorFor(value & 0xffff);
    else if (offset === 0x14) this.#writeStatus(value & 0xff);
    else if (offset === 0x16) this.#selected = value & 0xffff;
    else if (queue && offset === 0x18) this.#resize(queue, value & 0xffff);
    else if (queue && offset === 0x1c) this.#enable(queue, value & 1);
    else if (queue && offset >= 0x20 && offset < 0x38 && !queue.enabled) queue.areas[(offset - 0x20) >>> 2] = value;
  }

  #writeStatus(status: number): void {
    this.#virtio.writeStatus(status);
    if (status !== 0) return;
    this.#queues = this.#freshQueues();
    this.#driverFeatures.fill(0);
  }

  /** Why: an impossible size is left unset, and the queue with it. */
  #resize(queue: QueueRegisters, size: number): void {
    const most = this.#virtio.kind.queueSizes[this.#selected];
    if (size > 0 && size <= most && (size & (size - 1)) === 0) queue.size = size;
  }

  #enable(queue: QueueRegisters, on: number): void {
    const {areas, size} = queue;
    if (on === 0 || queue.enabled || [areas[1], areas[3], areas[5]].some(high => high !== 0)) return;
    queue.enabled = true;
    this.#virtio.setUpQueue(this.#selected, {size, descriptors: areas[0] >>> 0, available: areas[2] >>> 0, used: areas[4] >>> 0});
  }

  #freshQueues(): QueueRegisters[] {
    return this.#virtio.kind.queueSizes.map(size => ({size, enabled: false, areas: [0, 0, 0, 0, 0, 0]}));
  }
}

/** Puts the capabilities into configuration space: where each structure lies in the base address. */
export function describeModern(pci: PciFunction, bar: number): void {
  const rows: ReadonlyArray<readonly [type: number, offset: number, length: number]> = [
    [CAP_COMMON, COMMON, 0x38], [CAP_ISR, ISR, 1], [CAP_DEVICE, DEVICE, 0x100], [CAP_NOTIFY, NOTIFY, DOORBELLS.bytes],
  ];
  const view = new DataView(pci.config.buffer);
  let at = 0x40;
  pci.config[CAPABILITIES] = at;
  pci.config[STATUS] |= STATUS_CAPABILITIES;
  rows.forEach(([type, offset, length], index) => {
    const size = type === CAP_NOTIFY ? 20 : 16;
    const next = index === rows.length - 1 ? 0 : at + 16;
    pci.config.set([0x09, next, size, type, bar], at);
    view.setUint32(at + 8, offset, true);
    view.setUint32(at + 12, length, true);
    if (type === CAP_NOTIFY) view.setUint32(at + 16, NOTIFY_MULTIPLIER, true);
    at += 16;
  });
}
