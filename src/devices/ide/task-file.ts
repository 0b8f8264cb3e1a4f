// The task file of a drive: its registers, each with what was written before for 48-bit addresses, and the three forms in which they name
// sectors. ATA/ATAPI-6, 6.2 Sector addressing, 6.20 48-bit Address feature set.
import {onDisk, type Disk} from '../disk/disk.ts';
import type {Geometry} from './identify.ts';
import {COUNT, DEVICE, DEVICE_LBA, LBA_HIGH, LBA_LOW, LBA_MID} from './registers.ts';

/** After a reset the file holds the signature of an ATA drive. */
const SIGNATURE = [0, 0, 1, 1, 0, 0, 0, 0];

export class TaskFile {
  geometry: Geometry;
  readonly #now = new Uint8Array(8);
  readonly #before = new Uint8Array(8);

  constructor(geometry: Geometry) {
    this.geometry = geometry;
  }

  reset(): void {
    this.#now.set(SIGNATURE);
    this.#before.fill(0);
  }

  /** @param before what was written the time before */
  read(register: number, before: boolean): number {
    return (before ? this.#before : this.#now)[register];
  }

  write(register: number, value: number): void {
    this.#before[register] = this.#now[register];
    this.#now[register] = value;
  }

  get count(): number {
    return this.#now[COUNT];
  }

  set count(value: number) {
    this.#now[COUNT] = value;
  }

  /** INITIALIZE DEVICE PARAMETERS: heads and sectors of a track as the registers say. */
  initializeGeometry(): void {
    this.geometry = {...this.geometry, heads: (this.#now[DEVICE] & 0xf) + 1, sectors: this.count || 1};
  }

  /** The sectors a command names, or null when they do not lie on the disk. */
  range(disk: Disk, extended: boolean): {first: number; count: number} | null {
    const [now, before] = [this.#now, this.#before];
    const count = extended ? ((before[COUNT] << 8) | now[COUNT]) || 0x1_0000 : now[COUNT] || 0x100;
    const first = extended ? this.#address48() : (now[DEVICE] & DEVICE_LBA) !== 0 ? this.#address28() : this.#addressOfGeometry();
    return onDisk(disk, first, count) ? {first, count} : null;
  }

  #address28(): number {
    const now = this.#now;
    return ((now[DEVICE] & 0xf) << 24) | (now[LBA_HIGH] << 16) | (now[LBA_MID] << 8) | now[LBA_LOW];
  }

  #address48(): number {
    const [now, before] = [this.#now, this.#before];
    const low = ((now[LBA_HIGH] << 16) | (now[LBA_MID] << 8) | now[LBA_LOW]) >>> 0;
    return low + ((before[LBA_HIGH] << 16) | (before[LBA_MID] << 8) | before[LBA_LOW]) * 2 ** 24;
  }

  /** Cylinder, head and sector; sectors count from 1. */
  #addressOfGeometry(): number {
    const now = this.#now;
    const cylinder = (now[LBA_HIGH] << 8) | now[LBA_MID];
    return (cylinder * this.geometry.heads + (now[DEVICE] & 0xf)) * this.geometry.sectors + now[LBA_LOW] - 1;
  }

  /** Leaves an address in the task file, in the form it was given in. */
  show(sector: number, extended: boolean): void {
    const now = this.#now;
    this.count = 0;
    if (!extended && (now[DEVICE] & DEVICE_LBA) === 0) return this.#showGeometry(sector);
    [now[LBA_LOW], now[LBA_MID], now[LBA_HIGH]] = [sector, sector >>> 8, sector >>> 16];
    const high = Math.floor(sector / 2 ** 24);
    if (extended) [this.#before[LBA_LOW], this.#before[LBA_MID], this.#before[LBA_HIGH]] = [high, high >>> 8, high >>> 16];
    else now[DEVICE] = (now[DEVICE] & 0xf0) | (high & 0xf);
  }

  #showGeometry(sector: number): void {
    const {heads, sectors} = this.geometry;
    const track = Math.floor(sector / sectors);
    const cylinder = Math.floor(track / heads);
    this.#now[LBA_LOW] = (sector % sectors) + 1;
    [this.#now[LBA_MID], this.#now[LBA_HIGH]] = [cylinder, cylinder >>> 8];
    this.#now[DEVICE] = (this.#now[DEVICE] & 0xf0) | (track % heads);
  }
}
