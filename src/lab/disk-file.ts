// A disk image in a file: read where it is asked for, never changed while the guest runs. What the guest wrote can be put back at the end.
import {accessSync, closeSync, constants, fstatSync, openSync, readSync, writeSync} from 'node:fs';
import {SECTOR} from '../devices/disk/disk.ts';
import {OverlayDisk} from '../devices/disk/overlay.ts';
import {UsageError, messageOf} from './usage-error.ts';

/** @param written the guest's writes will be put back. @throws UsageError when the file cannot be read (or written), is empty, or is no whole number of sectors */
export function checkDiskFile(file: string, written: boolean): void {
  closeSync(openDisk(file).descriptor);
  if (!written) return;
  try {
    accessSync(file, constants.W_OK);
  } catch (error) {
    throw new UsageError(`disk ${file} cannot be written, as --disk-write asks: ${messageOf(error)}`);
  }
}

function openDisk(file: string): {descriptor: number; size: number} {
  let descriptor: number;
  try {
    descriptor = openSync(file, constants.O_RDONLY);
  } catch (error) {
    throw new UsageError(`disk ${file} cannot be read: ${messageOf(error)}`);
  }
  const stat = fstatSync(descriptor);
  const fault = !stat.isFile() ? 'is no file' : stat.size === 0 ? 'is empty' : stat.size % SECTOR !== 0 ? `has ${stat.size} bytes, which is no multiple of ${SECTOR}` : null;
  if (fault === null) return {descriptor, size: stat.size};
  closeSync(descriptor);
  throw new UsageError(`disk ${file} ${fault}; give a raw disk image`);
}

export class DiskFile extends OverlayDisk {
  readonly #file: string;

  constructor(file: string) {
    const {descriptor, size} = openDisk(file);
    super({
      size,
      read(at, into) {
        into.fill(0);
        readSync(descriptor, into, 0, into.length, at);
      },
    });
    this.#file = file;
    onCollected.register(this, descriptor);
  }

  /** Puts what was written into the file. */
  keep(): void {
    const descriptor = openSync(this.#file, constants.O_RDWR);
    try {
      for (const [sector, bytes] of this.changes()) writeSync(descriptor, bytes, 0, bytes.length, sector * SECTOR);
    } finally {
      closeSync(descriptor);
    }
  }
}

const onCollected = new FinalizationRegistry<number>(descriptor => closeSync(descriptor));
