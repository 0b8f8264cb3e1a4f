// A disk behind a controller: sectors of 512 bytes, and how long a request takes. Controllers read and write it at the moment a
// request completes; the wait before is theirs to schedule.
import type {DeviceClock} from '../bus.ts';

export const SECTOR = 512;

export interface Disk {
  readonly sectors: number;
  /** Copies sectors out. The range must lie on the disk. */
  read(first: number, into: Uint8Array): void;
  write(first: number, from: Uint8Array): void;
}

/** How fast the disk is: until the first byte, then byte by byte. */
export interface DiskSpeed {
  readonly accessSeconds: number;
  readonly bytesPerSecond: number;
}

/** A disk whose contents are in memory: its requests are done at once, within the access that asks for them. */
export const AT_ONCE: DiskSpeed = {accessSeconds: 0, bytesPerSecond: Infinity};

export interface DiskUnit {
  readonly disk: Disk;
  readonly speed: DiskSpeed;
  /** Told when a request of so many bytes is handed to the disk; a VMM pays for it there. `direct`: the disk reaches the bytes where they are. */
  onRequest?: (bytes: number, direct?: boolean) => void;
}

/** Clock ticks a request of so many bytes takes: at least one, but none where all is in memory. */
export function requestTicks(clock: DeviceClock, speed: DiskSpeed, bytes: number): number {
  const {accessSeconds, bytesPerSecond} = speed;
  return speed === AT_ONCE ? 0 : Math.max(1, Math.round(clock.hertz * (accessSeconds + bytes / bytesPerSecond)));
}

/** Whether a range of sectors lies on the disk. */
export const onDisk = (disk: Disk, first: number, count: number): boolean => first >= 0 && first + count <= disk.sectors;
