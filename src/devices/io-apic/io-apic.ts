// The I/O APIC: 24 pins, each redirected to a local APIC as a message. Registers are reached through an index and a data window.
// Intel 82093AA I/O Advanced Programmable Interrupt Controller datasheet (290566).
import type {MemoryDevice, Width} from '../bus.ts';
import type {InterruptMessage} from '../local-apic/message.ts';
import {Redirection} from './redirection.ts';

export const IO_APIC_BASE = 0xfec0_0000;
export const IO_APIC_SIZE = 0x1000;
export const PINS = 24;

const SELECT = 0x00, WINDOW = 0x10;
const ID = 0, VERSION = 1, ARBITRATION = 2, TABLE = 0x10;
const VERSION_1_1 = 0x11;

export class IoApic implements MemoryDevice {
  readonly #send: (message: InterruptMessage) => boolean;
  readonly #table = Array.from({length: PINS}, () => new Redirection());
  readonly #asserted = Array.from({length: PINS}, () => false);
  #select = 0;
  #id = 0;

  /** @param send hands a message to the local APICs; whether one took it */
  constructor(send: (message: InterruptMessage) => boolean) {
    this.#send = send;
  }

  setPin(pin: number, asserted: boolean): void {
    const rises = asserted && !this.#asserted[pin];
    this.#asserted[pin] = asserted;
    const entry = this.#table[pin];
    if (entry.level) this.#ask(pin);
    // 3.2.4, interrupt mask: an edge on a masked pin is ignored.
    else if (rises && !entry.masked) this.#send(entry.message);
  }

  /** A local APIC ended the service of a level-triggered vector: pins that are still asserted ask anew. */
  ended(vector: number): void {
    this.#table.forEach((entry, pin) => {
      if (!entry.remoteIrr || entry.vector !== vector) return;
      entry.remoteIrr = false;
      this.#ask(pin);
    });
  }

  readMemory(offset: number, width: Width): number {
    const at = offset & 0xff & ~3;
    const value = at === SELECT ? this.#select : at === WINDOW ? this.#read() : 0;
    return ((value >>> (8 * (offset & 3))) & (width === 4 ? 0xffff_ffff : (1 << (8 * width)) - 1)) >>> 0;
  }

  /** 3.1: the window takes doublewords. */
  writeMemory(offset: number, width: Width, value: number): void {
    const at = offset & 0xff;
    if (at === SELECT) this.#select = value & 0xff;
    else if (at === WINDOW && width === 4) this.#write(value);
  }

  #read(): number {
    if (this.#select === ID || this.#select === ARBITRATION) return this.#id << 24;
    if (this.#select === VERSION) return VERSION_1_1 | ((PINS - 1) << 16);
    const entry = this.#selected;
    if (!entry) return 0;
    return (this.#select & 1) === 0 ? entry.low : entry.high;
  }

  #write(value: number): void {
    if (this.#select === ID) this.#id = (value >>> 24) & 0xf;
    const entry = this.#selected;
    if (!entry) return;
    if ((this.#select & 1) !== 0) entry.high = value;
    else {
      entry.low = value;
      this.#ask((this.#select - TABLE) >>> 1);
    }
  }

  get #selected(): Redirection | undefined {
    return this.#table[(this.#select - TABLE) >> 1];
  }

  /** A level-triggered pin asks until a local APIC has taken it. */
  #ask(pin: number): void {
    const entry = this.#table[pin];
    if (this.#asserted[pin] && entry.level && !entry.masked && !entry.remoteIrr && this.#send(entry.message)) entry.remoteIrr = true;
  }
}
