// One PCI function: its configuration space with the bits that software may write, and its base address registers, which move
// what it answers to. PCI Local Bus Specification 2.2, chapter 6.
import {
  BASE_ADDRESSES, CLASS, COMMAND, COMMAND_INTX_OFF, COMMAND_IO, COMMAND_MASTER, COMMAND_MEMORY, DEVICE_ID, HEADER_TYPE, INTERRUPT_LINE, INTERRUPT_PIN, REVISION, STATUS,
  STATUS_INTERRUPT, SUBSYSTEM, SUBSYSTEM_VENDOR, VENDOR_ID,
} from './registers.ts';

export interface Identity {
  readonly vendor: number;
  readonly device: number;
  readonly revision?: number;
  /** Class, subclass and programming interface as one number, such as 0x010180. */
  readonly classCode: number;
  readonly subsystem?: readonly [vendor: number, device: number];
  readonly multifunction?: boolean;
  /** Has an INTA pin. */
  readonly interrupts?: boolean;
}

/** One base address register: what it decodes, how much, and who is told where it lies (null = not decoded). */
export interface BaseAddress {
  readonly space: 'io' | 'memory';
  /** Bytes, a power of two. */
  readonly size: number;
  place(base: number | null): void;
}

/** How a function interrupts by messages, when its driver has switched that on. */
export interface Messages {
  readonly enabled: boolean;
  send(vector: number): void;
}

const CONFIG_SIZE = 256;

export class PciFunction {
  readonly config = new Uint8Array(CONFIG_SIZE);
  readonly #view = new DataView(this.config.buffer);
  /** Bits that software may write. */
  readonly writable = new Uint8Array(CONFIG_SIZE);
  readonly identity: Identity;
  readonly #bars: ReadonlyArray<BaseAddress | null>;
  readonly #placed: Array<number | null>;
  /** Called after software wrote to configuration space; `offset` of the first byte. */
  onWrite: (offset: number, width: number) => void = () => {};
  /** The INTA pin, wired by the bus. */
  interrupt: (level: boolean) => void = () => {};
  /** Messages in place of the pin, where the function has them. */
  messages: Messages | null = null;
  #asserted = false;

  constructor(identity: Identity, bars: ReadonlyArray<BaseAddress | null> = []) {
    this.identity = identity;
    this.#bars = bars;
    this.#placed = bars.map(() => null);
    this.#identify(identity);
    this.allowWrites(COMMAND, [COMMAND_IO | COMMAND_MEMORY | COMMAND_MASTER, COMMAND_INTX_OFF >>> 8]);
    this.allowWrites(INTERRUPT_LINE, [0xff]);
    bars.forEach((bar, index) => {
      if (bar === null) return;
      const mask = ~(bar.size - 1) >>> 0;
      this.allowWrites(BASE_ADDRESSES + index * 4, [0, 8, 16, 24].map(shift => (mask >>> shift) & 0xff));
      if (bar.space === 'io') this.config[BASE_ADDRESSES + index * 4] = 1;
    });
  }

  get command(): number {
    return this.#view.getUint16(COMMAND, true);
  }

  get mayMaster(): boolean {
    return (this.command & COMMAND_MASTER) !== 0;
  }

  get baseAddresses(): ReadonlyArray<BaseAddress | null> {
    return this.#bars;
  }

  /** Marks the bits of consecutive bytes that software may write. */
  allowWrites(offset: number, masks: readonly number[]): void {
    this.writable.set(masks, offset);
  }

  readConfig(offset: number, width: number): number {
    let value = 0;
    for (let byte = 0; byte < width; byte++) value |= (this.config[(offset + byte) & 0xff] << (8 * byte));
    return value >>> 0;
  }

  writeConfig(offset: number, width: number, value: number): void {
    for (let byte = 0; byte < width; byte++) {
      const at = (offset + byte) & 0xff;
      const mask = this.writable[at];
      this.config[at] = (this.config[at] & ~mask) | ((value >>> (8 * byte)) & mask);
    }
    this.#place();
    this.#drive();
    this.onWrite(offset, width);
  }

  /** Drives the INTA pin; the disable bit of the command register holds it back. With messages on, one is sent where the pin would rise. */
  setInterrupt(level: boolean): void {
    const rises = level && !this.#asserted;
    this.#asserted = level;
    if (rises && this.messages?.enabled) this.messages.send(0);
    this.#drive();
  }

  #drive(): void {
    this.config[STATUS] = this.#asserted ? this.config[STATUS] | STATUS_INTERRUPT : this.config[STATUS] & ~STATUS_INTERRUPT;
    this.interrupt(this.#asserted && (this.command & COMMAND_INTX_OFF) === 0 && !this.messages?.enabled);
  }

  #place(): void {
    this.#bars.forEach((bar, index) => {
      if (bar === null) return;
      const register = this.#view.getUint32(BASE_ADDRESSES + index * 4, true);
      const base = (register & ~(bar.size - 1)) >>> 0;
      const decoded = (this.command & (bar.space === 'io' ? COMMAND_IO : COMMAND_MEMORY)) !== 0 && base !== 0 && isPlace(bar, base);
      const now = decoded ? base : null;
      if (now === this.#placed[index]) return;
      this.#placed[index] = now;
      bar.place(now);
    });
  }

  #identify(identity: Identity): void {
    const {vendor, device, revision = 0, classCode, subsystem, multifunction = false, interrupts = false} = identity;
    this.#view.setUint16(VENDOR_ID, vendor, true);
    this.#view.setUint16(DEVICE_ID, device, true);
    this.config[REVISION] = revision;
    for (let byte = 0; byte < 3; byte++) this.config[CLASS + byte] = (classCode >>> (8 * byte)) & 0xff;
    this.config[HEADER_TYPE] = multifunction ? 0x80 : 0;
    this.#view.setUint16(SUBSYSTEM_VENDOR, subsystem?.[0] ?? 0, true);
    this.#view.setUint16(SUBSYSTEM, subsystem?.[1] ?? 0, true);
    this.config[INTERRUPT_PIN] = interrupts ? 1 : 0;
  }
}

/** Why: while a size is being probed the register holds ones, which is no place to decode at. */
const isPlace = ({space, size}: BaseAddress, base: number): boolean => (space === 'io' ? base + size <= 0x1_0000 : base + size < 0xffff_ffff);
