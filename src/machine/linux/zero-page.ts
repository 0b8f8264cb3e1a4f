// The zero page (struct boot_params): what a boot loader tells a Linux kernel. Linux, Documentation/x86/zero-page.rst; the E820 table as
// firmware gives it.
import {memoryMap, MIB} from '../memory-map.ts';

export const ZERO_PAGE_SIZE = 4096;
const EXTENDED_KIB = 0x002, ALTERNATIVE_KIB = 0x1e0, E820_COUNT = 0x1e8, HEADER = 0x1f1, E820_TABLE = 0x2d0;
const LOADER_TYPE = 0x210, LOAD_FLAGS = 0x211, INITRD_ADDRESS = 0x218, INITRD_SIZE = 0x21c, COMMAND_LINE = 0x228;
const UNKNOWN_LOADER = 0xff;
/** Quiet mode, keeping segments, and a heap for the setup code: nothing of that was asked for. */
const OPTIONAL_FLAGS = 0x20 | 0x40 | 0x80;

export interface BootParameters {
  /** The setup header's bytes, from HEADER on. */
  readonly header: Uint8Array;
  /** Guest memory in bytes. */
  readonly memorySize: number;
  readonly commandLine: number;
  readonly initrd: {readonly address: number; readonly size: number};
}

export function buildZeroPage({header, memorySize, commandLine, initrd}: BootParameters): Uint8Array {
  const page = new Uint8Array(ZERO_PAGE_SIZE);
  const view = new DataView(page.buffer);
  screen(view);
  page.set(header, HEADER);
  const extended = Math.floor(Math.max(0, memorySize - MIB) / 1024);
  view.setUint16(EXTENDED_KIB, Math.min(extended, 0xffff), true);
  view.setUint32(ALTERNATIVE_KIB, extended, true);
  page[LOADER_TYPE] = UNKNOWN_LOADER;
  page[LOAD_FLAGS] &= ~OPTIONAL_FLAGS;
  view.setUint32(INITRD_ADDRESS, initrd.address, true);
  view.setUint32(INITRD_SIZE, initrd.size, true);
  view.setUint32(COMMAND_LINE, commandLine, true);
  const map = memoryMap(memorySize);
  page[E820_COUNT] = map.length;
  map.forEach(({address, size, type}, index) => {
    view.setBigUint64(E820_TABLE + index * 20, BigInt(address), true);
    view.setBigUint64(E820_TABLE + index * 20 + 8, BigInt(size), true);
    view.setUint32(E820_TABLE + index * 20 + 16, type, true);
  });
  return page;
}

/** struct screen_info: a VGA in its 80 x 25 text mode, with the cursor at its beginning. Linux, include/uapi/linux/screen_info.h. */
function screen(view: DataView): void {
  const bytes: ReadonlyArray<readonly [offset: number, value: number]> = [[0x06, 3], [0x07, 80], [0x0e, 25], [0x0f, 1]];
  for (const [offset, value] of bytes) view.setUint8(offset, value);
  view.setUint16(0x10, 16, true);
}
