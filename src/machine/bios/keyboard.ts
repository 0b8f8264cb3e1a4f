// The keyboard's interrupt and INT 16h: scan codes become characters in the data area's buffer, from which programs take them. IBM PS/2 and PC
// BIOS Interface Technical Reference, "Interrupt 09h" and "Interrupt 16h"; the keys of a US keyboard, scan code set 1.
import type {PortBus} from '../../devices/port-bus.ts';
import type {Call} from './call.ts';
import {BUFFER_END, BUFFER_HEAD, BUFFER_START, BUFFER_TAIL, SHIFT_FLAGS} from './data-area.ts';
import type {RealMemory} from './real-memory.ts';
import {characterOf, modifierOf} from './scan-codes.ts';

const AREA = 0x400;
const DATA = 0x60, STATUS = 0x64, OUTPUT_FULL = 0x01;
const COMMAND_MASTER = 0x20, END_OF_INTERRUPT = 0x20;
const RELEASED = 0x80, EXTENDED = 0xe0;

export class Keyboard {
  readonly #memory: RealMemory;
  readonly #ports: PortBus;
  #extended = false;

  constructor(memory: RealMemory, ports: PortBus) {
    this.#memory = memory;
    this.#ports = ports;
  }

  /** INT 09h. */
  interrupt(): void {
    if ((this.#ports.read(STATUS, 1) & OUTPUT_FULL) !== 0) this.#take(this.#ports.read(DATA, 1));
    this.#ports.write(COMMAND_MASTER, 1, END_OF_INTERRUPT);
  }

  #take(code: number): void {
    const extended = this.#extended;
    this.#extended = code === EXTENDED;
    if (this.#extended) return;
    const key = code & ~RELEASED;
    const flags = this.#memory.u8(SHIFT_FLAGS);
    const modifier = modifierOf(key);
    if (modifier.lock !== 0) this.#memory.setU8(SHIFT_FLAGS, (code & RELEASED) === 0 ? flags ^ modifier.lock : flags);
    else if (modifier.held !== 0) this.#memory.setU8(SHIFT_FLAGS, (code & RELEASED) === 0 ? flags | modifier.held : flags & ~modifier.held);
    else if ((code & RELEASED) === 0) this.#put((key << 8) | characterOf(key, flags, extended));
  }

  /** Puts a key into the buffer; one for which there is no room is lost. */
  #put(word: number): boolean {
    const tail = this.#memory.u16(BUFFER_TAIL);
    const next = this.#after(tail);
    if (next === this.#memory.u16(BUFFER_HEAD)) return false;
    this.#memory.setU16(AREA + tail, word);
    this.#memory.setU16(BUFFER_TAIL, next);
    return true;
  }

  #after(at: number): number {
    return at + 2 >= this.#memory.u16(BUFFER_END) ? this.#memory.u16(BUFFER_START) : at + 2;
  }

  /** The next key, or null. */
  #next(): number | null {
    const head = this.#memory.u16(BUFFER_HEAD);
    return head === this.#memory.u16(BUFFER_TAIL) ? null : this.#memory.u16(AREA + head);
  }

  /** INT 16h. Functions from 10h on are those for keyboards with more keys. */
  serve(call: Call): void {
    switch (call.ah) {
      case 0x00: case 0x10: return this.#read(call);
      case 0x01: case 0x11: return this.#look(call);
      case 0x02: call.al = this.#memory.u8(SHIFT_FLAGS); return undefined;
      case 0x05: call.al = this.#put(call.cx) ? 0 : 1; return undefined;
      case 0x09: call.al = 0x20; return undefined;
      case 0x12: call.ax = this.#memory.u16(SHIFT_FLAGS); return undefined;
      default: return undefined;
    }
  }

  #read(call: Call): void {
    const key = this.#next();
    if (key === null) return call.wait();
    this.#memory.setU16(BUFFER_HEAD, this.#after(this.#memory.u16(BUFFER_HEAD)));
    call.ax = key;
    return undefined;
  }

  #look(call: Call): void {
    const key = this.#next();
    call.zero = key === null;
    if (key !== null) call.ax = key;
  }
}
