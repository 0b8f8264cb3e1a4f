// One ATA drive: task file, commands, and the block of sectors that waits behind the data register. ATA/ATAPI-6, chapters 7 to 9.
//
// Simplification: no write cache shows; a write is on the disk when its request completes, so a flush has nothing to do.
import type {Alarm, DeviceClock} from '../bus.ts';
import {onDisk, requestTicks, SECTOR, type DiskUnit} from '../disk/disk.ts';
import {
  ACKNOWLEDGED, CHECK_POWER, DIAGNOSTIC, IDENTIFY, INITIALIZE_PARAMETERS, NATIVE_MAX, NATIVE_MAX_EXT, RECALIBRATE, SEEK, SET_FEATURES, SET_MULTIPLE, TRANSFERS,
  VERIFY, type CommandRow,
} from './commands.ts';
import {geometryOf, identify, MOST_MULTIPLE, type Geometry} from './identify.ts';
import {COUNT, DEVICE, DEVICE_LBA, ERROR_ABORT, ERROR_NOT_FOUND, FEATURES, LBA_HIGH, LBA_LOW, LBA_MID, STATUS_BSY, STATUS_DRDY, STATUS_DRQ, STATUS_DSC, STATUS_ERR} from './registers.ts';

const READY = STATUS_DRDY | STATUS_DSC;
const FEATURE_TRANSFER_MODE = 0x03;
const FEATURES_ACCEPTED: ReadonlySet<number> = new Set([0x02, 0x82, 0x55, 0xaa, 0x66, 0xcc, 0x05, 0x85, 0x42, 0xc2]);

export interface DrivePins {
  /** The drive's interrupt request. */
  interrupt(): void;
  /** DMARQ: the bus master may start. */
  dmaReady(): void;
}

/** A DMA transfer that waits for the bus master. */
export interface PendingDma {
  readonly direction: 'read' | 'write';
  readonly bytes: number;
  /** The data of a read. */
  readonly data: Uint8Array;
  /** Ends the command; a write hands its data over. */
  complete(written?: Uint8Array): void;
  /** The bus master gave up. */
  fail(): void;
}

export class AtaDrive {
  /** Current and previous contents of each register, the latter for 48-bit addresses. */
  readonly #now = new Uint8Array(8);
  readonly #before = new Uint8Array(8);
  status = READY;
  error = 1;
  dma: PendingDma | null = null;
  readonly #unit: DiskUnit;
  readonly #clock: DeviceClock;
  readonly #pins: DrivePins;
  #geometry: Geometry;
  #multiple = 0;
  #multiwordMode = 2;
  #ultraMode = 5;
  #block: Uint8Array = new Uint8Array(0);
  #at = 0;
  /** What happens when the block has been read or filled. */
  #blockDone: (() => void) | null = null;
  #alarm: Alarm | null = null;

  constructor(unit: DiskUnit, clock: DeviceClock, pins: DrivePins) {
    this.#unit = unit;
    this.#clock = clock;
    this.#pins = pins;
    this.#geometry = geometryOf(unit.disk.sectors);
    this.reset();
  }

  /** Reset, by hardware or by software: the signature of an ATA drive is in the task file. */
  reset(): void {
    this.#alarm?.cancel();
    this.dma = null;
    this.#blockDone = null;
    this.#multiple = 0;
    this.#now.set([0, 0, 1, 1, 0, 0, 0, 0]);
    this.#before.fill(0);
    this.error = 1;
    this.status = READY;
  }

  readRegister(register: number, high: boolean): number {
    return (high ? this.#before : this.#now)[register];
  }

  writeRegister(register: number, value: number): void {
    if ((this.status & STATUS_BSY) !== 0) return;
    this.#before[register] = this.#now[register];
    this.#now[register] = value;
  }

  get diskSelected(): number {
    return this.#now[DEVICE];
  }

  /** Reads `width` bytes of the data register; ones when no data is asked for. */
  readData(width: number): number {
    if ((this.status & STATUS_DRQ) === 0 || this.dma) return 0;
    let value = 0;
    for (let byte = 0; byte < width; byte++) value |= (this.#block[this.#at + byte] ?? 0) << (8 * byte);
    this.#advance(width);
    return value >>> 0;
  }

  writeData(width: number, value: number): void {
    if ((this.status & STATUS_DRQ) === 0 || this.dma) return;
    for (let byte = 0; byte < width; byte++) if (this.#at + byte < this.#block.length) this.#block[this.#at + byte] = value >>> (8 * byte);
    this.#advance(width);
  }

  command(code: number): void {
    if ((this.status & (STATUS_BSY | STATUS_DRQ)) !== 0) return;
    this.error = 0;
    this.status = READY;
    const row = TRANSFERS.get(code);
    if (row) return this.#transfer(row);
    if (VERIFY.has(code)) return this.#verify(VERIFY.get(code) === true);
    this.#simple(code);
  }

  #simple(code: number): void {
    if (code === IDENTIFY) return this.#give(identify({
      sectors: this.#unit.disk.sectors, geometry: this.#geometry, multiple: this.#multiple, multiwordMode: this.#multiwordMode, ultraMode: this.#ultraMode,
    }));
    if (code === DIAGNOSTIC) {
      this.reset();
      return this.#later(1, () => this.#finish());
    }
    if (code === SET_MULTIPLE) return this.#setMultiple(this.#now[COUNT]);
    if (code === SET_FEATURES) return this.#setFeatures();
    if (code === INITIALIZE_PARAMETERS) this.#geometry = {...this.#geometry, heads: (this.#now[DEVICE] & 0xf) + 1, sectors: this.#now[COUNT] || 1};
    else if (code === NATIVE_MAX || code === NATIVE_MAX_EXT) this.#showAddress(this.#unit.disk.sectors - 1, code === NATIVE_MAX_EXT);
    else if (code === CHECK_POWER) this.#now[COUNT] = 0xff;
    else if (!ACKNOWLEDGED.has(code) && (code & 0xf0) !== RECALIBRATE && (code & 0xf0) !== SEEK) return this.#abort();
    this.#later(1, () => this.#finish());
  }

  #setMultiple(sectors: number): void {
    const allowed = sectors <= MOST_MULTIPLE && (sectors & (sectors - 1)) === 0;
    if (!allowed) return this.#abort();
    this.#multiple = sectors;
    this.#later(1, () => this.#finish());
  }

  #setFeatures(): void {
    const feature = this.#now[FEATURES];
    if (feature === FEATURE_TRANSFER_MODE && !this.#setTransferMode(this.#now[COUNT])) return this.#abort();
    if (feature !== FEATURE_TRANSFER_MODE && !FEATURES_ACCEPTED.has(feature)) return this.#abort();
    this.#later(1, () => this.#finish());
  }

  /** ATA/ATAPI-6, table 40: the kind in the upper five bits, the mode in the lower three. */
  #setTransferMode(value: number): boolean {
    const mode = value & 7;
    const kind = value >>> 3;
    if (kind === 4 && mode <= 2) [this.#multiwordMode, this.#ultraMode] = [mode, -1];
    else if (kind === 8 && mode <= 5) [this.#multiwordMode, this.#ultraMode] = [-1, mode];
    else return kind <= 1;
    return true;
  }

  #transfer(row: CommandRow): void {
    const range = this.#range(row.extended === true);
    if (!range || (row.multiple && this.#multiple === 0)) return this.#abort(range ? ERROR_ABORT : ERROR_NOT_FOUND | ERROR_ABORT);
    const {first, count} = range;
    this.#unit.onRequest?.(count * SECTOR);
    if (row.transfer === 'dma') return this.#startDma(row, first, count);
    const perBlock = row.multiple ? this.#multiple : 1;
    if (row.direction === 'read') this.#readBlocks({first, count, perBlock, wait: this.#ticks(Math.min(count, perBlock) * SECTOR), extended: row.extended === true});
    else this.#writeBlocks({first, count, perBlock, wait: 0, extended: row.extended === true});
  }

  #readBlocks(run: Run): void {
    const now = Math.min(run.count, run.perBlock);
    this.#later(run.wait, () => {
      const data = new Uint8Array(now * SECTOR);
      this.#unit.disk.read(run.first, data);
      this.#offer(data, () => {
        this.#showAddress(run.first + now - (run.count === now ? 1 : 0), run.extended);
        if (run.count === now) this.status = READY;
        else this.#readBlocks({...run, first: run.first + now, count: run.count - now, wait: this.#streamTicks(now)});
      });
      this.#pins.interrupt();
    });
  }

  /** The first block of a write is asked for without an interrupt. */
  #writeBlocks(run: Run): void {
    const now = Math.min(run.count, run.perBlock);
    this.#offer(new Uint8Array(now * SECTOR), () => {
      const data = this.#block;
      this.#later(run.wait === 0 ? this.#ticks(data.length) : this.#streamTicks(now), () => {
        this.#unit.disk.write(run.first, data);
        this.#showAddress(run.first + now - (run.count === now ? 1 : 0), run.extended);
        if (run.count === now) return this.#finish();
        this.#writeBlocks({...run, first: run.first + now, count: run.count - now, wait: 1});
        this.#pins.interrupt();
      });
    });
  }

  #startDma(row: CommandRow, first: number, count: number): void {
    const bytes = count * SECTOR;
    this.#later(this.#ticks(bytes), () => {
      const data = new Uint8Array(row.direction === 'read' ? bytes : 0);
      if (row.direction === 'read') this.#unit.disk.read(first, data);
      this.status = READY | STATUS_DRQ;
      this.dma = {
        direction: row.direction ?? 'read', bytes, data,
        complete: written => {
          this.dma = null;
          if (written) this.#unit.disk.write(first, written);
          this.#showAddress(first + count - 1, row.extended === true);
          this.#finish();
        },
        fail: () => {
          this.dma = null;
          this.#abort();
        },
      };
      this.#pins.dmaReady();
    });
  }

  #verify(extended: boolean): void {
    const range = this.#range(extended);
    if (!range) return this.#abort(ERROR_NOT_FOUND | ERROR_ABORT);
    this.#later(this.#ticks(range.count * SECTOR), () => this.#finish());
  }

  /** Data for the guest to read in one block. */
  #give(data: Uint8Array): void {
    this.#later(1, () => {
      this.#offer(data, () => { this.status = READY; });
      this.#pins.interrupt();
    });
  }

  #offer(block: Uint8Array, done: () => void): void {
    this.#block = block;
    this.#at = 0;
    this.#blockDone = done;
    this.status = READY | STATUS_DRQ;
  }

  #advance(width: number): void {
    this.#at += width;
    if (this.#at < this.#block.length) return;
    const done = this.#blockDone;
    this.#blockDone = null;
    done?.();
  }

  #later(ticks: number, then: () => void): void {
    this.status = STATUS_BSY;
    this.#alarm = this.#clock.schedule(this.#clock.now() + Math.max(1, ticks), () => {
      this.#alarm = null;
      this.status = READY;
      then();
    }, 'disk');
  }

  #finish(): void {
    this.status = READY;
    this.#pins.interrupt();
  }

  #abort(error = ERROR_ABORT): void {
    this.error = error;
    this.status = READY | STATUS_ERR;
    this.#pins.interrupt();
  }

  #ticks(bytes: number): number {
    return requestTicks(this.#clock, this.#unit.speed, bytes);
  }

  /** Further blocks of a request come at the disk's rate. */
  #streamTicks(sectors: number): number {
    return requestTicks(this.#clock, {...this.#unit.speed, accessSeconds: 0}, sectors * SECTOR);
  }

  /** The sectors a command names, or null when they do not lie on the disk. */
  #range(extended: boolean): {first: number; count: number} | null {
    const [now, before] = [this.#now, this.#before];
    const count = extended ? ((before[COUNT] << 8) | now[COUNT]) || 0x1_0000 : now[COUNT] || 0x100;
    const first = extended ? this.#address48() : (now[DEVICE] & DEVICE_LBA) !== 0 ? this.#address28() : this.#addressOfGeometry();
    return onDisk(this.#unit.disk, first, count) ? {first, count} : null;
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
    return (cylinder * this.#geometry.heads + (now[DEVICE] & 0xf)) * this.#geometry.sectors + now[LBA_LOW] - 1;
  }

  /** Leaves an address in the task file, in the form it was given in. */
  #showAddress(sector: number, extended: boolean): void {
    const now = this.#now;
    this.#now[COUNT] = 0;
    if (!extended && (now[DEVICE] & DEVICE_LBA) === 0) return this.#showGeometry(sector);
    [now[LBA_LOW], now[LBA_MID], now[LBA_HIGH]] = [sector, sector >>> 8, sector >>> 16];
    const high = Math.floor(sector / 2 ** 24);
    if (extended) [this.#before[LBA_LOW], this.#before[LBA_MID], this.#before[LBA_HIGH]] = [high, high >>> 8, high >>> 16];
    else now[DEVICE] = (now[DEVICE] & 0xf0) | (high & 0xf);
  }

  #showGeometry(sector: number): void {
    const {heads, sectors} = this.#geometry;
    const track = Math.floor(sector / sectors);
    const cylinder = Math.floor(track / heads);
    this.#now[LBA_LOW] = (sector % sectors) + 1;
    [this.#now[LBA_MID], this.#now[LBA_HIGH]] = [cylinder, cylinder >>> 8];
    this.#now[DEVICE] = (this.#now[DEVICE] & 0xf0) | (track % heads);
  }
}

/** A PIO command on its way: what is left, in blocks of so many sectors. */
interface Run {
  readonly first: number;
  readonly count: number;
  readonly perBlock: number;
  readonly wait: number;
  readonly extended: boolean;
}
