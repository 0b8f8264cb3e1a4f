// A disk that boots a Multiboot image: boot sector, the page with the boot information, the kernel.
import {loadMultiboot} from '../machine/multiboot.ts';
import {bootSector, HIGH_ADDRESS, LOW_ADDRESS, LOW_BYTES, SECTOR, SECTORS_AT_ONCE} from './boot-sector.ts';
import type {Program} from './engine.ts';

/** Geometry an emulated IDE disk is described by. */
export const GEOMETRY = {cylinders: 4, heads: 16, sectors: 63} as const;
const DISK_BYTES = GEOMETRY.cylinders * GEOMETRY.heads * GEOMETRY.sectors * SECTOR;
/** What the boot sector can read below the BIOS's own memory. */
const LARGEST_KERNEL = 448 * 1024 - LOW_BYTES;

/** @throws RangeError when the image is too large for the boot sector's loader or lies elsewhere than it expects */
export function bootDisk(program: Program): Uint8Array {
  const low = new Uint8Array(LOW_BYTES);
  const high = new Uint8Array(LARGEST_KERNEL);
  let end = 0;
  const write = (address: number, bytes: Uint8Array): void => {
    if (address >= HIGH_ADDRESS) {
      high.set(bytes, address - HIGH_ADDRESS);
      end = Math.max(end, address - HIGH_ADDRESS + bytes.length);
    } else low.set(bytes, address - LOW_ADDRESS);
  };
  const {file, bytes, commandLine, memory} = program;
  const {entry, infoAddress} = loadMultiboot({file, bytes, commandLine, memory: {size: memory, write}});
  const sectors = Math.ceil((LOW_BYTES + end) / SECTOR);
  const disk = new Uint8Array(DISK_BYTES);
  disk.set(bootSector({reads: Math.ceil(sectors / SECTORS_AT_ONCE), words: Math.ceil(end / 4), information: infoAddress, entry}));
  disk.set(low, SECTOR);
  disk.set(high.subarray(0, end), SECTOR + LOW_BYTES);
  return disk;
}
