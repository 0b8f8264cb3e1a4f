// A disk whose image is never changed: what is written is kept beside it, sector by sector.
import {SECTOR, type Disk} from './disk.ts';

/** The image below, which may be a file. */
export interface DiskImage {
  /** Bytes, a multiple of 512. */
  readonly size: number;
  read(at: number, into: Uint8Array): void;
}

/** An image that is all zeros, or given bytes followed by zeros. */
export function memoryImage(size: number, bytes: Uint8Array = new Uint8Array()): DiskImage {
  return {
    size,
    read(at, into) {
      into.fill(0);
      into.set(bytes.subarray(at, at + into.length));
    },
  };
}

export class OverlayDisk implements Disk {
  readonly sectors: number;
  readonly #image: DiskImage;
  readonly #written = new Map<number, Uint8Array>();

  constructor(image: DiskImage) {
    this.#image = image;
    this.sectors = Math.floor(image.size / SECTOR);
  }

  read(first: number, into: Uint8Array): void {
    this.#image.read(first * SECTOR, into);
    for (let at = 0; at < into.length; at += SECTOR) {
      const written = this.#written.get(first + at / SECTOR);
      if (written) into.set(written, at);
    }
  }

  write(first: number, from: Uint8Array): void {
    for (let at = 0; at < from.length; at += SECTOR) this.#written.set(first + at / SECTOR, from.slice(at, at + SECTOR));
  }

  /** Written sectors in order, for who wants to put them back. */
  changes(): ReadonlyArray<readonly [sector: number, bytes: Uint8Array]> {
    return [...this.#written].toSorted(([a], [b]) => a - b);
  }
}
