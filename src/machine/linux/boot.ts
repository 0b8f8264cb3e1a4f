// Boots a Linux kernel by the 32-bit boot protocol: what a boot loader does that has already left real mode. Linux,
// Documentation/x86/boot.rst, "32-bit Boot Protocol". Setting the processor's registers is the caller's.
import {Image} from '../image.ts';
import {MIB} from '../memory-map.ts';
import type {GuestMemory} from '../placement.ts';
import {readSetupHeader, type SetupHeader} from './setup-header.ts';
import {buildZeroPage} from './zero-page.ts';

/** A file that the kernel is given as its first file system. */
export interface Initrd {
  /** Its name, for error messages. */
  readonly file: string;
  readonly bytes: Uint8Array;
}

export interface LinuxOptions {
  /** The kernel's name, for error messages. */
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly memory: GuestMemory;
  readonly commandLine?: string;
  readonly initrd?: Initrd | null;
}

export interface LinuxStart {
  readonly entry: number;
  /** For ESI. */
  readonly zeroPage: number;
  /** The table that `__BOOT_CS` and `__BOOT_DS` are selectors of. */
  readonly gdt: {readonly base: number; readonly limit: number};
}

/** Conventional memory above the first page, as boot loaders use it. */
const ZERO_PAGE = 0x10000, GDT = 0x11000, COMMAND_LINE = 0x12000;
/** Descriptors 0 and 1 unused, then flat code at 0x10 and flat data at 0x18. */
const DESCRIPTORS = new BigUint64Array([0n, 0n, 0x00cf9b000000ffffn, 0x00cf93000000ffffn]);
const HEADER = 0x1f1;
const PAGE = 4096;

const hex = (value: number): string => `0x${value.toString(16)}`;

/** @throws ImageError when kernel or initrd is malformed or finds no room; guest memory is then in no defined state */
export function loadLinux({file, bytes, memory, commandLine = '', initrd = null}: LinuxOptions): LinuxStart {
  const image = new Image(file, bytes);
  const header = readSetupHeader(image);
  requireMemory(image, header, memory);
  const line = terminated(image, commandLine, header);
  const {payload, payloadSize, loadAddress} = header;
  memory.write(loadAddress, bytes.subarray(payload, payload + payloadSize));
  const address = initrd ? placeInitrd(initrd, header, memory) : 0;
  if (initrd) memory.write(address, initrd.bytes);
  memory.write(GDT, new Uint8Array(DESCRIPTORS.buffer));
  memory.write(COMMAND_LINE, line);
  memory.write(ZERO_PAGE, buildZeroPage({
    header: bytes.subarray(HEADER, header.end), memorySize: memory.size, commandLine: COMMAND_LINE, initrd: {address, size: initrd?.bytes.length ?? 0},
  }));
  return {entry: loadAddress, zeroPage: ZERO_PAGE, gdt: {base: GDT, limit: DESCRIPTORS.byteLength - 1}};
}

function requireMemory(image: Image, {loadAddress, payloadSize, runs: [start, end]}: SetupHeader, {size}: GuestMemory): void {
  if (loadAddress < MIB) image.refuse(0x214, `the kernel's 32-bit entry is ${hex(loadAddress)}, below 1 MiB`, 'put it on a disk with a boot loader, or build a bzImage');
  const top = Math.max(loadAddress + payloadSize, end);
  if (top <= size) return;
  image.refuse(0x260, `the kernel needs memory up to ${hex(top)} (it runs at ${hex(start)}), and the guest has ${hex(size)} bytes`, `give it at least --memory ${Math.ceil(top / MIB)}`);
}

function terminated(image: Image, text: string, {commandLineSize}: SetupHeader): Uint8Array {
  const line = new TextEncoder().encode(`${text}\0`);
  if (line.length - 1 > commandLineSize) {
    image.refuse(0x238, `the command line has ${line.length - 1} characters, and the kernel takes ${commandLineSize}`, 'shorten it');
  }
  return line;
}

/** As high as the kernel allows, so that it is out of the kernel's way. */
function placeInitrd({file, bytes}: Initrd, {loadAddress, payloadSize, runs, initrdMax}: SetupHeader, {size}: GuestMemory): number {
  const image = new Image(file, bytes);
  if (bytes.length === 0) image.refuse(0, 'the initial file system is empty', 'give a cpio archive or a disk image');
  const top = Math.min(size, initrdMax + 1);
  const start = Math.floor((top - bytes.length) / PAGE) * PAGE;
  const free = Math.max(loadAddress + payloadSize, runs[1]);
  if (start < free) {
    image.refuse(0, `the initial file system (${bytes.length} bytes) does not fit between the kernel's end at ${hex(free)} and ${hex(top)}`, 'give the guest more memory');
  }
  return start;
}
