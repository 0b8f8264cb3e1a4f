// The legacy interface: registers behind a PCI I/O base address, the queue's place as a page number. OASIS virtio 1.2, 4.1.4.10 Legacy
// Interfaces: A Note on PCI Device Layout; 2.7.2 for the ring's layout.
import type {PortDevice, Width} from '../bus.ts';
import {halfOf, VERSION_1} from './features.ts';
import type {QueueAreas} from './split-queue.ts';
import {NO_VECTOR, type VirtioDevice} from './device.ts';

export const LEGACY_SIZE = 64;
/** The doorbell's port within it. */
export const LEGACY_DOORBELL = 16;
const DEVICE_FEATURES = 0, DRIVER_FEATURES = 4, QUEUE_ADDRESS = 8, QUEUE_SIZE = 12, QUEUE_SELECT = 14, QUEUE_NOTIFY = LEGACY_DOORBELL, DEVICE_STATUS = 18, ISR = 19;
/** Only with MSI-X on; the device's configuration then lies behind them. */
const CONFIGURATION_VECTOR = 20, QUEUE_VECTOR = 22;
const CONFIG = 20, CONFIG_BEHIND_VECTORS = 24;
const PAGE = 4096;
const WIDTH_OF: Readonly<Record<number, number>> = {[QUEUE_SIZE]: 2, [QUEUE_SELECT]: 2, [QUEUE_NOTIFY]: 2, [DEVICE_STATUS]: 1, [ISR]: 1, [CONFIGURATION_VECTOR]: 2, [QUEUE_VECTOR]: 2};

export class LegacyTransport {
  readonly device: PortDevice;
  readonly #virtio: VirtioDevice;
  #selected = 0;
  readonly #pages: number[];
  #driverFeatures = 0;

  constructor(virtio: VirtioDevice) {
    this.#virtio = virtio;
    this.#pages = virtio.kind.queueSizes.map(() => 0);
    this.device = {
      ports: [[0, LEGACY_SIZE - 1]],
      readPort: (port, width) => this.#read(port, width),
      writePort: (port, width, value) => this.#write(port, width, value),
    };
  }

  #read(port: number, width: Width): number {
    if (port >= this.#config) return bytesAt(this.#virtio.kind.config(), port - this.#config, width);
    if (port === ISR) return this.#virtio.takeIsr();
    const register = port < QUEUE_SIZE ? port & ~3 : port;
    return (this.#register(register) >>> (8 * (port - register))) & maskOf(width);
  }

  get #config(): number {
    return this.#virtio.messages?.enabled ? CONFIG_BEHIND_VECTORS : CONFIG;
  }

  #register(register: number): number {
    switch (register) {
      case DEVICE_FEATURES: return halfOf(new Set([...this.#virtio.offered].filter(feature => feature !== VERSION_1)), 0);
      case DRIVER_FEATURES: return this.#driverFeatures;
      case QUEUE_ADDRESS: return this.#pages[this.#selected] ?? 0;
      case QUEUE_SIZE: return this.#virtio.kind.queueSizes[this.#selected] ?? 0;
      case QUEUE_SELECT: return this.#selected;
      case CONFIGURATION_VECTOR: return this.#virtio.vectors.configuration;
      case QUEUE_VECTOR: return this.#virtio.vectors.queues[this.#selected] ?? NO_VECTOR;
      case DEVICE_STATUS: return this.#virtio.status & 0xff;
      default: return 0;
    }
  }

  #write(port: number, width: Width, value: number): void {
    if (width < (WIDTH_OF[port] ?? 4) || port >= this.#config) return;
    if (port === DRIVER_FEATURES) {
      this.#driverFeatures = value;
      this.#virtio.negotiate([value, 0]);
    } else if (port === QUEUE_ADDRESS) this.#placeQueue(value);
    else if (port === QUEUE_SELECT) this.#selected = value & 0xffff;
    else if (port === QUEUE_NOTIFY) this.#virtio.kick(value & 0xffff);
    else if (port === CONFIGURATION_VECTOR) this.#virtio.vectors.configuration = this.#virtio.vectorFor(value & 0xffff);
    else if (port === QUEUE_VECTOR && this.#selected < this.#pages.length) this.#virtio.vectors.queues[this.#selected] = this.#virtio.vectorFor(value & 0xffff);
    else if (port === DEVICE_STATUS) this.#writeStatus(value & 0xff);
  }

  #writeStatus(status: number): void {
    if (status === 0) this.#pages.fill(0);
    this.#virtio.writeStatus(status);
  }

  #placeQueue(page: number): void {
    const size = this.#virtio.kind.queueSizes[this.#selected];
    if (size === undefined) return;
    this.#pages[this.#selected] = page;
    if (page === 0) this.#virtio.dropQueue(this.#selected);
    else this.#virtio.setUpQueue(this.#selected, legacyAreas(page * PAGE, size));
  }
}

/** Descriptors, the available ring behind them, the used ring at the next page. */
export function legacyAreas(base: number, size: number): QueueAreas {
  const available = base + 16 * size;
  const used = Math.ceil((available + 6 + 2 * size) / PAGE) * PAGE;
  return {size, descriptors: base, available, used};
}

const maskOf = (width: Width): number => (width === 4 ? 0xffff_ffff : (1 << (8 * width)) - 1) >>> 0;

/** Little-endian value at an offset; zeros behind the end. */
export function bytesAt(bytes: Uint8Array, offset: number, width: Width): number {
  let value = 0;
  for (let byte = 0; byte < width; byte++) value |= (bytes[offset + byte] ?? 0) << (8 * byte);
  return value >>> 0;
}
