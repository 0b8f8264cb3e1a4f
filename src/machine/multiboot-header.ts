// The Multiboot header of an image: where it is, what it demands, and for images that aren't ELF the addresses to load at.
// Multiboot Specification 0.6.96, 3.1 "OS image format".
import type {Image} from './image.ts';
import type {Segment} from './placement.ts';

const SEARCHED = 8192;
const MAGIC = 0x1badb002;
const HEADER_SIZE = 12;
const ADDRESSES_SIZE = 32;
/** Page-aligned modules, memory information, video mode. The last is a wish that is not granted. */
const UNDERSTOOD = 0x0007;
/** Demands a boot loader must understand; the upper half are offers it may ignore. */
const DEMANDS = 0xffff;
const HAS_ADDRESSES = 1 << 16;

export interface LoadAddresses {
  readonly segment: Segment;
  readonly entry: number;
}

export interface MultibootHeader {
  readonly offset: number;
  readonly flags: number;
}

const hex = (value: number): string => `0x${value.toString(16)}`;

/**
 * The first header whose checksum is right, or null when no magic number is found.
 * @throws ImageError when there are only headers with a wrong checksum
 */
export function findHeader(image: Image): MultibootHeader | null {
  let broken: number | null = null;
  for (let offset = 0; offset + HEADER_SIZE <= Math.min(SEARCHED, image.size); offset += 4) {
    if (image.u32(offset) !== MAGIC) continue;
    const flags = image.u32(offset + 4);
    if (((MAGIC + flags + image.u32(offset + 8)) | 0) === 0) return {offset, flags};
    broken ??= offset;
  }
  return broken === null ? null : refuseChecksum(image, broken);
}

function refuseChecksum(image: Image, offset: number): never {
  const expected = -(MAGIC + image.u32(offset + 4)) >>> 0;
  return image.refuse(
    offset + 8,
    `the Multiboot header's checksum is ${hex(image.u32(offset + 8))}, where its magic number and flags need ${hex(expected)}`,
    'set it to -(magic + flags)',
  );
}

/** @throws ImageError when the header demands what isn't offered */
export function requireUnderstood(image: Image, {offset, flags}: MultibootHeader): void {
  const unknown = flags & DEMANDS & ~UNDERSTOOD;
  if (unknown === 0) return;
  image.refuse(offset + 4, `the Multiboot header demands unknown features (flags ${hex(unknown)})`, 'clear these flags');
}

/**
 * The addresses in the header (flag 16), for images in any format; null when it has none.
 * @throws ImageError when they contradict each other or the file
 */
export function readLoadAddresses(image: Image, {offset, flags}: MultibootHeader): LoadAddresses | null {
  if ((flags & HAS_ADDRESSES) === 0) return null;
  image.require('the address fields of the Multiboot header', offset, ADDRESSES_SIZE);
  const [header, load, loadEnd, bssEnd, entry] = [12, 16, 20, 24, 28].map(field => image.u32(offset + field));
  const fileOffset = offset - (header - load);
  const refuse = (field: number, fault: string): never =>
    image.refuse(offset + field, fault, 'correct the address fields of the Multiboot header');
  if (header < load) refuse(12, `header_addr ${hex(header)} lies below load_addr ${hex(load)}`);
  if (fileOffset < 0) refuse(16, `load_addr ${hex(load)} would load from before the beginning of the file`);
  const fileSize = loadEnd === 0 ? image.size - fileOffset : loadEnd - load;
  if (fileSize < 0) refuse(20, `load_end_addr ${hex(loadEnd)} lies below load_addr ${hex(load)}`);
  if (fileOffset + fileSize > image.size) refuse(20, `load_end_addr ${hex(loadEnd)} lies outside the file`);
  const memorySize = bssEnd === 0 ? fileSize : bssEnd - load;
  if (memorySize < fileSize) refuse(24, `bss_end_addr ${hex(bssEnd)} lies below the end of the loaded part`);
  return {entry, segment: {headerOffset: offset + 16, offset: fileOffset, physicalAddress: load, fileSize, memorySize}};
}
