// The host's physical memory: one `WebAssembly.Memory` that never grows, typed views of it, and marks on lines that hold
// decoded code. Every writer goes through a port that honours the marks.
import {setFlagsFromString} from 'node:v8';
import type {Hpa} from './address.ts';
import {HOST_BASE} from './layout.ts';

const WASM_PAGE = 65536;

/**
 * Why: a machine's memory is large and hardly touched, but V8 counts all of it, and collects the whole heap for every machine that is made.
 * Counted with the heap, a run of a small guest takes half the time.
 */
setFlagsFromString('--external-memory-accounted-in-global-limit');
/** Code marks cover lines of this many bytes: 64 lines a page fit two words. */
export const CODE_LINE_SHIFT = 6;

export class PhysicalMemory {
  /** Bytes of host-physical memory. */
  readonly size: number;
  readonly memory: WebAssembly.Memory;
  readonly u8: Uint8Array;
  readonly i32: Int32Array;
  readonly u16: Uint16Array;
  readonly view: DataView;
  /** Two words for each frame: bit n set = line n holds decoded code. */
  readonly codeLines: Int32Array;
  /** Called before a byte of a marked line changes; must drop the decoded code and clear its marks. */
  onCodeWrite: (frame: number, line: number) => void = () => {};

  /**
   * @param size bytes, a multiple of 64 KiB
   * @param memory one from `allocate` for at least this size, with every byte of views and of host memory zero
   */
  constructor(size: number, memory = PhysicalMemory.allocate(size)) {
    this.size = size;
    this.memory = memory;
    const {buffer} = this.memory;
    this.u8 = new Uint8Array(buffer);
    this.u16 = new Uint16Array(buffer);
    this.i32 = new Int32Array(buffer);
    this.view = new DataView(buffer);
    this.codeLines = new Int32Array((size >>> 12) * 2);
  }

  static allocate(size: number): WebAssembly.Memory {
    const pages = (HOST_BASE + size) / WASM_PAGE;
    return new WebAssembly.Memory({initial: pages, maximum: pages});
  }

  get frames(): number {
    return this.size >>> 12;
  }

  /** Whether any line of the frame holds decoded code. */
  hasCode(frame: number): boolean {
    return (this.codeLines[frame * 2] | this.codeLines[frame * 2 + 1]) !== 0;
  }

  markCode(frame: number, line: number): void {
    this.codeLines[frame * 2 + (line >>> 5)] |= 1 << (line & 31);
  }

  unmarkCode(frame: number): void {
    this.codeLines[frame * 2] = 0;
    this.codeLines[frame * 2 + 1] = 0;
  }

  /** To be called before `length` bytes at a memory offset change; the bytes must not cross a frame. */
  aboutToWrite(offset: number, length: number): void {
    const address = offset - HOST_BASE;
    const frame = address >>> 12;
    if (!this.hasCode(frame)) return;
    const first = (address & 0xfff) >>> CODE_LINE_SHIFT;
    const last = ((address & 0xfff) + length - 1) >>> CODE_LINE_SHIFT;
    for (let line = first; line <= last; line++) {
      if ((this.codeLines[frame * 2 + (line >>> 5)] & (1 << (line & 31))) !== 0) this.onCodeWrite(frame, line);
    }
  }

  read32(address: Hpa): number {
    return this.i32[(HOST_BASE + address) >>> 2];
  }

  /** Writes an aligned doubleword as hardware or the VMM does. */
  write32(address: Hpa, value: number): void {
    this.aboutToWrite(HOST_BASE + address, 4);
    this.i32[(HOST_BASE + address) >>> 2] = value;
  }

  /** Copies bytes in; they may cross frames. */
  writeBytes(address: Hpa, bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const room = Math.min(bytes.length - at, 4096 - ((address + at) & 0xfff));
      this.aboutToWrite(HOST_BASE + address + at, room);
      this.u8.set(bytes.subarray(at, at + room), HOST_BASE + address + at);
      at += room;
    }
  }

  clearFrame(frame: number): void {
    const at = HOST_BASE + frame * 4096;
    this.aboutToWrite(at, 4096);
    this.u8.fill(0, at, at + 4096);
  }
}
