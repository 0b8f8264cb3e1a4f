// The I/O port space: which chip answers on which port, and how a wide access falls apart on an ISA bus.
import type {PortDevice, Width} from './bus.ts';

const PORTS = 0x10000;
const NOBODY = 0;

const hex = (port: number): string => `0x${port.toString(16)}`;

/** All ones, as wide as the access: what a floating bus reads. */
export function floating(width: Width): number {
  return width === 4 ? 0xffffffff : (1 << (8 * width)) - 1;
}

export class PortBus {
  /** Index into `#devices` for each port. The spare slots let a wide access run past the last port. */
  readonly #owner = new Uint16Array(PORTS + 3);
  /** Slot 0 stands for "nobody". */
  readonly #devices: Array<PortDevice | null> = [null];

  /** @throws Error when the device lists no port, one outside 0 to 0xffff, or one that another device answers on */
  add(device: PortDevice): void {
    for (const [first, last] of device.ports) this.#requireFree(first, last);
    const slot = this.#devices.push(device) - 1;
    for (const [first, last] of device.ports) this.#owner.fill(slot, first, last + 1);
  }

  /** Takes the device off the bus; a PCI function does this when its base address moves. */
  remove(device: PortDevice): void {
    const slot = this.#devices.indexOf(device);
    if (slot === -1) return;
    this.#devices[slot] = null;
    this.#owner.forEach((owner, port) => {
      if (owner === slot) this.#owner[port] = NOBODY;
    });
  }

  /** Whether nobody answers on any of the device's ports. */
  isFree({ports}: PortDevice): boolean {
    return ports.every(([first, last]) => first >= 0 && last < PORTS && this.#owner.subarray(first, last + 1).every(owner => owner === NOBODY));
  }

  /** The device that answers on the port, or null. */
  deviceAt(port: number): PortDevice | null {
    return this.#devices[this.#owner[port]];
  }

  /** Whether a chip answers on the port. */
  has(port: number): boolean {
    return this.#owner[port] !== NOBODY;
  }

  /** Unassigned ports read as ones. */
  read(port: number, width: Width): number {
    const device = this.#soleOwner(port, width);
    if (device !== null) return device.readPort(port, width);
    if (width === 1) return 0xff;
    let value = 0;
    for (let byte = 0; byte < width; byte++) value |= this.#readByte(port + byte) << (8 * byte);
    return value >>> 0;
  }

  /** Writes to unassigned ports vanish. */
  write(port: number, width: Width, value: number): void {
    const device = this.#soleOwner(port, width);
    if (device !== null) return device.writePort(port, width, value);
    for (let byte = 0; byte < width; byte++) {
      this.#devices[this.#owner[port + byte]]?.writePort(port + byte, 1, (value >>> (8 * byte)) & 0xff);
    }
  }

  /** The device that answers on every byte of the access, or null when the access must be split. */
  #soleOwner(port: number, width: Width): PortDevice | null {
    const slot = this.#owner[port];
    for (let byte = 1; byte < width; byte++) if (this.#owner[port + byte] !== slot) return null;
    return this.#devices[slot];
  }

  #readByte(port: number): number {
    return this.#devices[this.#owner[port]]?.readPort(port, 1) ?? 0xff;
  }

  #requireFree(first: number, last: number): void {
    if (!(first >= 0 && first <= last && last < PORTS)) {
      throw new Error(`A device asks for the ports ${hex(first)} to ${hex(last)}, which is no range of I/O ports`);
    }
    for (let port = first; port <= last; port++) {
      if (this.has(port)) throw new Error(`Two devices answer on port ${hex(port)}`);
    }
  }
}
