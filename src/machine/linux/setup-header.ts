// The setup header of a Linux kernel image (bzImage): what the boot loader must know of the kernel, checked.
// Linux, Documentation/x86/boot.rst, "The Real-Mode Kernel Header" and "Details of Header Fields".
import type {Image} from '../image.ts';

const SECTOR = 512;
const SETUP_SECTORS = 0x1f1, SYSTEM_SIZE = 0x1f4, BOOT_FLAG = 0x1fe, JUMP_LENGTH = 0x201, MAGIC = 0x202, VERSION = 0x206, LOAD_FLAGS = 0x211;
const CODE32_START = 0x214, INITRD_MAX = 0x22c, ALIGNMENT = 0x230, RELOCATABLE = 0x234, EXTENDED_FLAGS = 0x236, LINE_SIZE = 0x238;
const PREFERRED = 0x258, INIT_SIZE = 0x260;
const HDRS = 0x53726448;
const LOADED_HIGH = 1, KERNEL_64 = 1;
/** Where the header may end at most, by its own length byte. */
const LONGEST = 0x202 + 0xff;
/** Protocol versions that brought a field. */
const WITH_INITRD_MAX = 0x203, WITH_RELOCATION = 0x205, WITH_LINE_SIZE = 0x206, WITH_INIT_SIZE = 0x20a, WITH_EXTENDED_FLAGS = 0x20c;

export interface SetupHeader {
  /** Offset behind the header's last byte. */
  readonly end: number;
  /** The protected-mode kernel: where it lies in the file, and where it is loaded and entered. */
  readonly payload: number;
  readonly payloadSize: number;
  readonly loadAddress: number;
  /** Memory the kernel overwrites before it reads any map: from and to. */
  readonly runs: readonly [start: number, end: number];
  /** The highest address a byte of the initial file system may have. */
  readonly initrdMax: number;
  /** Characters of the command line at most. */
  readonly commandLineSize: number;
}

/** Whether the file says of itself that it is a Linux kernel. */
export const isLinuxKernel = (image: Image): boolean => image.size >= MAGIC + 4 && image.u32(MAGIC) === HDRS;

/** @throws ImageError when the header is malformed, or the kernel is none that this machine can boot */
export function readSetupHeader(image: Image): SetupHeader {
  image.require('the setup header of a Linux kernel', 0, VERSION + 2);
  if (image.u16(BOOT_FLAG) !== 0xaa55) image.refuse(BOOT_FLAG, `the boot flag is ${hex(image.u16(BOOT_FLAG))} instead of 0xaa55`, 'give a Linux kernel (bzImage)');
  if (!isLinuxKernel(image)) image.refuse(MAGIC, "no 'HdrS': the file is no Linux kernel, or one older than boot protocol 2.00", 'give a Linux kernel (bzImage)');
  const version = image.u16(VERSION);
  const end = MAGIC + image.u8(JUMP_LENGTH);
  image.require('the setup header of a Linux kernel', 0, Math.max(end, CODE32_START + 4));
  requireBootable(image, version);
  const payload = ((image.u8(SETUP_SECTORS) || 4) + 1) * SECTOR;
  const payloadSize = payloadSizeOf(image, version, payload);
  const loadAddress = image.u32(CODE32_START);
  return {
    end: Math.min(end, LONGEST), payload, payloadSize, loadAddress, runs: runningRange(image, version, {loadAddress, payloadSize}),
    initrdMax: version >= WITH_INITRD_MAX ? image.u32(INITRD_MAX) : 0x37ff_ffff,
    commandLineSize: version >= WITH_LINE_SIZE ? image.u32(LINE_SIZE) : 255,
  };
}

const hex = (value: number): string => `0x${value.toString(16)}`;

function requireBootable(image: Image, version: number): void {
  const named = `${version >>> 8}.${String(version & 0xff).padStart(2, '0')}`;
  if (version < 0x0200 || version > 0x02ff) image.refuse(VERSION, `boot protocol ${named} is unknown`, 'give a kernel with protocol 2.00 to 2.15');
  if ((image.u8(LOAD_FLAGS) & LOADED_HIGH) === 0) image.refuse(LOAD_FLAGS, 'the kernel is a zImage, loaded low', 'build a bzImage');
  if (version < WITH_EXTENDED_FLAGS || (image.u16(EXTENDED_FLAGS) & KERNEL_64) === 0) return;
  image.refuse(EXTENDED_FLAGS, 'the kernel is a 64-bit one (XLF_KERNEL_64), and the modelled processor has 32 bits', 'build one with ARCH=i386');
}

function payloadSizeOf(image: Image, version: number, payload: number): number {
  if (payload >= image.size) image.refuse(SETUP_SECTORS, `the setup code's ${payload / SECTOR} sectors reach to or beyond the end of the file`, 'copy it again');
  // Why only from 2.04: before, the field had 16 bits and could not tell the size of a bzImage.
  const named = version >= 0x204 ? image.u32(SYSTEM_SIZE) * 16 : image.size - payload;
  if (named === 0) image.refuse(SYSTEM_SIZE, 'the protected-mode kernel has no bytes (syssize is 0)', 'build it again');
  // Why 15 more: the size is rounded up to paragraphs.
  if (named > image.size - payload + 15) {
    image.refuse(SYSTEM_SIZE, `the protected-mode kernel should have ${named} bytes, and the file holds ${image.size - payload} of them`, 'it is cut short, so build or copy it again');
  }
  return Math.min(named, image.size - payload);
}

/** Where the decompressed kernel goes. Documentation/x86/boot.rst, "init_size": the rule under which it moves. */
function runningRange(image: Image, version: number, {loadAddress, payloadSize}: {loadAddress: number; payloadSize: number}): [number, number] {
  if (version < WITH_INIT_SIZE) return [loadAddress, loadAddress + payloadSize];
  const relocatable = version >= WITH_RELOCATION && image.u8(RELOCATABLE) !== 0;
  const alignment = Math.max(1, image.u32(ALIGNMENT));
  const preferred = image.u32(PREFERRED) + image.u32(PREFERRED + 4) * 2 ** 32;
  // Why the larger: a kernel of 32 bits never runs below the address it was configured for (arch/x86/boot/compressed/head_32.S).
  const start = relocatable ? Math.max(Math.ceil(loadAddress / alignment) * alignment, preferred) : preferred;
  return [start, start + image.u32(INIT_SIZE)];
}
