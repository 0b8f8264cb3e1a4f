// INT 10h, text modes: what is written lands in the text memory, and the cursor in the data area and the CRT controller. IBM PS/2 and PC BIOS
// Interface Technical Reference, "Interrupt 10h - Video".
//
// Simplification: modes other than text are refused silently (the mode stays), and there are no VESA services.
import type {PortBus} from '../../devices/port-bus.ts';
import {TEXT_MEMORY} from '../../devices/vga.ts';
import type {Call} from './call.ts';
import {COLUMNS, CURSORS, CURSOR_SHAPE, LAST_ROW, PAGE, PAGE_BYTES, PAGE_START, VIDEO_MODE} from './data-area.ts';
import {linear, type RealMemory} from './real-memory.ts';

const GREY = 0x07, BLANK = 0x20, WIDTH = 80, HEIGHT = 25, PAGES = 8;
const BELL = 7, BACKSPACE = 8, LINE_FEED = 10, RETURN = 13;
const CURSOR_HIGH = 0x0e, CURSOR_LOW = 0x0f, START_HIGH = 0x0c, START_LOW = 0x0d;
const COLOR_80 = 3;

interface Window {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}
const WHOLE: Window = {top: 0, left: 0, bottom: HEIGHT - 1, right: WIDTH - 1};

export class Video {
  readonly #memory: RealMemory;
  readonly #ports: PortBus;

  constructor(memory: RealMemory, ports: PortBus) {
    this.#memory = memory;
    this.#ports = ports;
  }

  serve(call: Call): void {
    switch (call.ah) {
      case 0x00: return this.setMode(call.al);
      case 0x01: return this.#memory.setU16(CURSOR_SHAPE, call.cx);
      case 0x02: return this.#setCursor(call.bh & 7, call.dx);
      case 0x03: return this.#getCursor(call);
      case 0x05: return this.#show(call.al & 7);
      case 0x06: case 0x07: return this.#scrollCall(call);
      case 0x08: call.ax = this.#memory.u16(this.#cell(call.bh & 7)); return undefined;
      case 0x09: case 0x0a: return this.#repeat(call);
      case 0x0e: return this.teletype(call.al, this.#memory.u8(PAGE));
      case 0x0f: return this.#getMode(call);
      case 0x12: return this.#alternate(call);
      case 0x13: return this.#writeString(call);
      case 0x1a: return this.#display(call);
      default: return undefined;
    }
  }

  /** Text modes are 0 to 3 and 7; the upper bit asks that the screen be kept. */
  setMode(mode: number): void {
    const kind = mode & 0x7f;
    if (kind > COLOR_80 && kind !== 7) return;
    this.#memory.setU8(VIDEO_MODE, COLOR_80);
    this.#memory.setU16(COLUMNS, WIDTH);
    if ((mode & 0x80) === 0) for (let page = 0; page < PAGES; page++) this.#fill(page, WHOLE, GREY);
    for (let page = 0; page < PAGES; page++) this.#memory.setU16(CURSORS + page * 2, 0);
    this.#show(0);
  }

  #getMode(call: Call): void {
    call.ax = (this.#memory.u8(COLUMNS) << 8) | this.#memory.u8(VIDEO_MODE);
    call.bx = (this.#memory.u8(PAGE) << 8) | call.bl;
  }

  /** A VGA with a color display. */
  #display(call: Call): void {
    if (call.al !== 0) return;
    call.al = 0x1a;
    call.bx = 0x0008;
  }

  /** BL = 10h: color, 256 KiB. */
  #alternate(call: Call): void {
    if (call.bl !== 0x10) return;
    call.bx = 0x0003;
    call.cx = 0x0009;
  }

  #setCursor(page: number, place: number): void {
    this.#memory.setU16(CURSORS + page * 2, place);
    if (page !== this.#memory.u8(PAGE)) return;
    const at = this.#memory.u16(PAGE_START) / 2 + (place >> 8) * WIDTH + (place & 0xff);
    this.#crtc(CURSOR_HIGH, at >> 8);
    this.#crtc(CURSOR_LOW, at & 0xff);
  }

  #getCursor(call: Call): void {
    call.dx = this.#memory.u16(CURSORS + (call.bh & 7) * 2);
    call.cx = this.#memory.u16(CURSOR_SHAPE);
  }

  #show(page: number): void {
    const start = page * this.#memory.u16(PAGE_BYTES);
    this.#memory.setU8(PAGE, page);
    this.#memory.setU16(PAGE_START, start);
    this.#crtc(START_HIGH, (start / 2) >> 8);
    this.#crtc(START_LOW, (start / 2) & 0xff);
    this.#setCursor(page, this.#memory.u16(CURSORS + page * 2));
  }

  #crtc(index: number, value: number): void {
    this.#ports.write(0x3d4, 1, index);
    this.#ports.write(0x3d5, 1, value);
  }

  #pageAt(page: number): number {
    return TEXT_MEMORY + page * this.#memory.u16(PAGE_BYTES);
  }

  /** The character under a page's cursor. */
  #cell(page: number): number {
    const place = this.#memory.u16(CURSORS + page * 2);
    return this.#pageAt(page) + ((place >> 8) * WIDTH + (place & 0xff)) * 2;
  }

  /** CX characters from the cursor on, which stays; function 0Ah leaves the attributes. */
  #repeat(call: Call): void {
    const at = this.#cell(call.bh & 7);
    const end = this.#pageAt(call.bh & 7) + WIDTH * HEIGHT * 2;
    for (let n = 0; n < call.cx && at + n * 2 < end; n++) {
      this.#memory.setU8(at + n * 2, call.al);
      if (call.ah === 0x09) this.#memory.setU8(at + n * 2 + 1, call.bl);
    }
  }

  /** Writes a character as a terminal does, and moves the cursor. */
  teletype(character: number, page: number, attribute?: number): void {
    const place = this.#memory.u16(CURSORS + page * 2);
    let row = place >> 8, column = place & 0xff;
    if (character === RETURN) column = 0;
    else if (character === LINE_FEED) row++;
    else if (character === BACKSPACE) column = Math.max(0, column - 1);
    else if (character !== BELL) {
      const at = this.#cell(page);
      this.#memory.setU8(at, character);
      if (attribute !== undefined) this.#memory.setU8(at + 1, attribute);
      column++;
    }
    if (column >= WIDTH) [row, column] = [row + 1, 0];
    if (row >= HEIGHT) {
      this.#scroll(page, {window: WHOLE, lines: 1, attribute: GREY});
      row = HEIGHT - 1;
    }
    this.#setCursor(page, (row << 8) | column);
  }

  /** ES:BP, CX characters; bit 0 of AL moves the cursor, bit 1 says that attributes lie between. */
  #writeString(call: Call): void {
    const page = call.bh & 7;
    const before = this.#memory.u16(CURSORS + page * 2);
    this.#setCursor(page, call.dx);
    const step = (call.al & 2) !== 0 ? 2 : 1;
    for (let n = 0; n < call.cx; n++) {
      const at = linear(call.es, call.bp + n * step);
      this.teletype(this.#memory.u8(at), page, step === 2 ? this.#memory.u8(at + 1) : call.bl);
    }
    if ((call.al & 1) === 0) this.#setCursor(page, before);
  }

  #scrollCall(call: Call): void {
    const window = {top: call.ch, left: call.cl, bottom: Math.min(call.dh, this.#memory.u8(LAST_ROW)), right: Math.min(call.dl, WIDTH - 1)};
    const height = window.bottom - window.top + 1;
    const lines = call.al === 0 || call.al > height ? height : call.al;
    this.#scroll(this.#memory.u8(PAGE), {window, lines: call.ah === 0x07 ? -lines : lines, attribute: call.bh});
  }

  /** Up, or down by a negative number of lines. */
  #scroll(page: number, {window, lines, attribute}: {readonly window: Window; readonly lines: number; readonly attribute: number}): void {
    const {top, bottom} = window;
    const rows = Array.from({length: bottom - top + 1}, (_, at) => (lines > 0 ? top + at : bottom - at));
    for (const row of rows) {
      const from = row + lines;
      if (from < top || from > bottom) this.#fill(page, {...window, top: row, bottom: row}, attribute);
      else this.#memory.write(this.#rowAt(page, row, window), this.#memory.bytes(this.#rowAt(page, from, window), (window.right - window.left + 1) * 2));
    }
  }

  #rowAt(page: number, row: number, {left}: Window): number {
    return this.#pageAt(page) + (row * WIDTH + left) * 2;
  }

  #fill(page: number, window: Window, attribute: number): void {
    const line = new Uint8Array(Math.max(0, window.right - window.left + 1) * 2).map((_, at) => (at % 2 === 0 ? BLANK : attribute));
    for (let row = window.top; row <= window.bottom; row++) this.#memory.write(this.#rowAt(page, row, window), line);
  }
}
