// A disk image in a file: read where it is asked for, never changed while the guest runs. What the guest wrote can be put back at the end.
import {closeSync, constants, fsyncSync, openSync, readSync, statSync, writeSync, type Stats} from 'node:fs';
import {SECTOR} from '../devices/disk/disk.ts';
import {OverlayDisk} from '../devices/disk/overlay.ts';
import {undisturbed} from './keeping.ts';
import {UsageError, messageOf} from './usage-error.ts';

/** @param written the guest's writes will be put back. @throws UsageError when the file cannot be read (or written), is empty, or is no whole number of sectors */
export function checkDiskFile(file: string, written: boolean): void {
  closeSync(openDisk(file).descriptor);
  if (!written) return;
  try {
    closeSync(openSync(file, constants.O_RDWR));
  } catch (error) {
    throw new UsageError(`disk ${file} cannot be written, as --disk-write asks: ${messageOf(error)}`);
  }
}

/** Why looked at before it is opened: opening a pipe waits for whoever writes to it. */
function openDisk(file: string): {descriptor: number; size: number} {
  const {size, fault} = readable(file, () => describe(statSync(file)));
  if (fault !== null) throw new UsageError(`disk ${file} ${fault}; give a raw disk image`);
  return {descriptor: readable(file, () => openSync(file, constants.O_RDONLY)), size};
}

function describe(stat: Stats): {size: number; fault: string | null} {
  const {size} = stat;
  if (stat.isDirectory()) return {size, fault: 'is a folder'};
  if (!stat.isFile()) return {size, fault: 'is no file'};
  if (size === 0) return {size, fault: 'is empty'};
  return {size, fault: size % SECTOR === 0 ? null : `has ${size} bytes, which is no multiple of ${SECTOR}`};
}

function readable<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new UsageError(`disk ${file} cannot be read: ${messageOf(error)}`);
  }
}

export class DiskFile extends OverlayDisk {
  readonly #file: string;

  constructor(file: string) {
    const {descriptor, size} = openDisk(file);
    super({
      size,
      read(at, into) {
        into.fill(0);
        readable(file, () => readSync(descriptor, into, 0, into.length, at));
      },
    });
    this.#file = file;
    onCollected.register(this, descriptor);
  }

  /** Puts what was written into the file, all of it or, when the run is being ended, nothing. @throws UsageError */
  keep(): void {
    undisturbed(() => {
      try {
        this.#write();
      } catch (error) {
        throw new UsageError(`disk ${this.#file} cannot be written: ${messageOf(error)}; what the guest wrote is there in part`);
      }
    });
  }

  #write(): void {
    const descriptor = openSync(this.#file, constants.O_RDWR);
    try {
      for (const [sector, bytes] of runsOf(this.changes())) writeWhole(descriptor, bytes, sector * SECTOR);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }
}

type Changes = ReturnType<OverlayDisk['changes']>;
/** Sectors that are written in one go at most. */
const LONGEST_RUN = 2048;

/** Changed sectors that follow each other, as one. */
export function* runsOf(changes: Changes): Iterable<readonly [sector: number, bytes: Uint8Array]> {
  for (let from = 0; from < changes.length;) {
    const [first] = changes[from];
    let to = from + 1;
    while (to < changes.length && to - from < LONGEST_RUN && changes[to][0] === first + to - from) to++;
    yield [first, Buffer.concat(changes.slice(from, to).map(([, bytes]) => bytes))];
    from = to;
  }
}

/** A file system that is nearly full may take less than it was given. */
function writeWhole(descriptor: number, bytes: Uint8Array, at: number): void {
  for (let done = 0; done < bytes.length;) done += writeSync(descriptor, bytes, done, bytes.length - done, at + done);
}

const onCollected = new FinalizationRegistry<number>(descriptor => closeSync(descriptor));
