// A VGA's registers as text-mode software uses them: the CRT controller's cursor and start address, and the retrace bit that programs wait
// for. Its text lies in memory at 0xB8000. IBM VGA Technical Reference, "Video Graphics Array"; 3C0h to 3DFh.
//
// Simplification: the text memory is plain memory, which costs no exit, and there are no graphics modes: what else is written is kept.
import type {DeviceClock, PortDevice} from './bus.ts';
import {byteWide} from './byte-wide.ts';

export const TEXT_MEMORY = 0xb8000;
const ATTRIBUTE = 0x3c0, ATTRIBUTE_READ = 0x3c1, MISCELLANEOUS = 0x3c2, MISCELLANEOUS_READ = 0x3cc, FIRST = 0x3c0, LAST = 0x3df;
const COLORS_READ = 0x3c7, COLORS_WRITE = 0x3c8, COLORS = 0x3c9, STATUS = 0x3da;
/** Index ports, each with its data behind it: sequencer, graphics controller, CRT controller. */
const INDEXED = [0x3c4, 0x3ce, 0x3d4];
const CRTC = 0x3d4;
const CURSOR_HIGH = 0x0e, CURSOR_LOW = 0x0f, START_HIGH = 0x0c, START_LOW = 0x0d;
/** 80 by 25 characters at 70 frames a second, two lines of 449 of which are the vertical retrace. */
const FRAMES_PER_SECOND = 70, LINES = 449, SHOWN_LINES = 400, RETRACE_LINE = 412;
const NOT_SHOWING = 0x01, RETRACE = 0x08;
/** Color addresses, RAM enabled. */
const AS_FIRMWARE_LEAVES_IT = 0x67;

export class Vga {
  readonly device: PortDevice;
  readonly #clock: DeviceClock;
  readonly #index = new Map(INDEXED.map(port => [port, 0]));
  readonly #registers = new Map(INDEXED.map(port => [port, new Uint8Array(256)]));
  readonly #attributes = new Uint8Array(32);
  readonly #colors = new Uint8Array(768);
  #attributeIndex = 0;
  /** The attribute controller's one port takes an index, then its data, and so on; reading the status begins anew. */
  #attributeData = false;
  #colorAt = 0;
  #miscellaneous = AS_FIRMWARE_LEAVES_IT;
  readonly #others = new Uint8Array(LAST - FIRST + 1);

  constructor(clock: DeviceClock) {
    this.#clock = clock;
    this.device = byteWide({ports: [[FIRST, LAST]], read: port => this.#read(port), write: (port, value) => this.#write(port, value)});
  }

  /** The first character shown, as an offset in the text memory. */
  get start(): number {
    return this.#word(START_HIGH, START_LOW) * 2;
  }

  /** The cursor's place, in characters from the beginning of the text memory. */
  get cursor(): number {
    return this.#word(CURSOR_HIGH, CURSOR_LOW);
  }

  #word(high: number, low: number): number {
    const crtc = this.#registers.get(CRTC)!;
    return (crtc[high] << 8) | crtc[low];
  }

  #read(port: number): number {
    const indexed = this.#registers.get(port - 1);
    if (indexed) return indexed[this.#index.get(port - 1)!];
    switch (port) {
      case ATTRIBUTE: return this.#attributeIndex;
      case ATTRIBUTE_READ: return this.#attributes[this.#attributeIndex & 0x1f];
      case MISCELLANEOUS: return 0;
      case MISCELLANEOUS_READ: return this.#miscellaneous;
      case COLORS: return this.#colors[this.#colorAt++ % 768];
      case STATUS: return this.#status();
      default: return this.#index.get(port) ?? this.#others[port - FIRST];
    }
  }

  #write(port: number, value: number): void {
    const indexed = this.#registers.get(port - 1);
    if (indexed) indexed[this.#index.get(port - 1)!] = value;
    else if (this.#index.has(port)) this.#index.set(port, value);
    else if (port === ATTRIBUTE) this.#writeAttribute(value);
    else if (port === MISCELLANEOUS) this.#miscellaneous = value;
    else if (port === COLORS_READ || port === COLORS_WRITE) this.#colorAt = value * 3;
    else if (port === COLORS) this.#colors[this.#colorAt++ % 768] = value & 0x3f;
    else this.#others[port - FIRST] = value;
  }

  #writeAttribute(value: number): void {
    if (this.#attributeData) this.#attributes[this.#attributeIndex & 0x1f] = value;
    else this.#attributeIndex = value & 0x3f;
    this.#attributeData = !this.#attributeData;
  }

  #status(): number {
    this.#attributeData = false;
    const {hertz} = this.#clock;
    const line = Math.floor(((this.#clock.now() * FRAMES_PER_SECOND) % hertz) * LINES / hertz);
    return (line >= SHOWN_LINES ? NOT_SHOWING : 0) | (line >= RETRACE_LINE && line < RETRACE_LINE + 2 ? RETRACE : 0);
  }
}
