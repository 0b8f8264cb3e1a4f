// The BIOS data area at 0x400 and what stands in it before a boot loader runs. IBM PS/2 and PC BIOS Interface Technical Reference, "BIOS Data
// Area".
import {COM1} from '../../devices/uart16550/uart.ts';
import type {RealMemory} from './real-memory.ts';

export const COM_PORTS = 0x400, EBDA_SEGMENT = 0x40e, EQUIPMENT = 0x410, MEMORY_KIB = 0x413, SHIFT_FLAGS = 0x417;
export const BUFFER_HEAD = 0x41a, BUFFER_TAIL = 0x41c, BUFFER_START = 0x480, BUFFER_END = 0x482;
export const VIDEO_MODE = 0x449, COLUMNS = 0x44a, PAGE_BYTES = 0x44c, PAGE_START = 0x44e, CURSORS = 0x450, CURSOR_SHAPE = 0x460, PAGE = 0x462;
export const TICKS = 0x46c, MIDNIGHT = 0x470, DISK_STATUS = 0x474, DISKS = 0x475, LAST_ROW = 0x484;
const CRTC_PORT = 0x463, CHARACTER_HEIGHT = 0x485, VIDEO_CONTROL = 0x487, VIDEO_SWITCHES = 0x488, KEYBOARD_KIND = 0x496;

export const CONVENTIONAL_KIB = 639;
export const EBDA = 0x9fc0;
const KEYS = [0x1e, 0x3e] as const;
/** 80 columns in color, one serial port; a diskette drive where that is booted from. */
const COLOR = 0x20, ONE_PORT = 0x200, DISKETTE = 0x01;

export interface Equipment {
  readonly diskette: boolean;
  readonly disks: number;
}

export function fillDataArea(memory: RealMemory, {diskette, disks}: Equipment): void {
  memory.write(0x400, new Uint8Array(256));
  const words: ReadonlyArray<readonly [at: number, value: number]> = [
    [COM_PORTS, COM1], [EBDA_SEGMENT, EBDA], [EQUIPMENT, COLOR | ONE_PORT | (diskette ? DISKETTE : 0)], [MEMORY_KIB, CONVENTIONAL_KIB],
    [BUFFER_HEAD, KEYS[0]], [BUFFER_TAIL, KEYS[0]], [BUFFER_START, KEYS[0]], [BUFFER_END, KEYS[1]],
    [COLUMNS, 80], [PAGE_BYTES, 0x1000], [CURSOR_SHAPE, 0x0607], [CRTC_PORT, 0x3d4], [CHARACTER_HEIGHT, 16],
  ];
  const bytes: ReadonlyArray<readonly [at: number, value: number]> = [
    [VIDEO_MODE, 3], [DISKS, disks], [LAST_ROW, 24], [VIDEO_CONTROL, 0x60], [VIDEO_SWITCHES, 0xf9], [KEYBOARD_KIND, 0x10],
  ];
  for (const [at, value] of words) memory.setU16(at, value);
  for (const [at, value] of bytes) memory.setU8(at, value);
  memory.setU8(EBDA * 16, 1);
}
