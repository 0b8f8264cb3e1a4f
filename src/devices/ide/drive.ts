// One ATA drive: commands, and the block of sectors that waits behind the data register. ATA/ATAPI-6, chapters 7 to 9.
//
// Simplification: no write cache shows; a write is on the disk when its request completes, so a flush has nothing to do.
import type {Alarm, DeviceClock} from '../bus.ts';
import {requestTicks, SECTOR, type DiskUnit} from '../disk/disk.ts';
import {
  ACKNOWLEDGED, CHECK_POWER, DIAGNOSTIC, IDENTIFY, INITIALIZE_PARAMETERS, NATIVE_MAX, NATIVE_MAX_EXT, RECALIBRATE, SEEK, SET_FEATURES, SET_MULTIPLE, TRANSFERS,
  VERIFY, type CommandRow,
} from './commands.ts';
import {geometryOf, identify, MOST_MULTIPLE} from './identify.ts';
import {ERROR_ABORT, ERROR_NOT_FOUND, FEATURES, STATUS_BSY, STATUS_DRDY, STATUS_DRQ, STATUS_DSC, STATUS_ERR} from './registers.ts';
import {TaskFile} from './task-file.ts';

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
  readonly #file: TaskFile;
  status = READY;
  error = 1;
  dma: PendingDma | null = null;
  readonly #unit: DiskUnit;
  readonly #clock: DeviceClock;
  readonly #pins: DrivePins;
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
    this.#file = new TaskFile(geometryOf(unit.disk.sectors));
    this.reset();
  }

  /** Reset, by hardware or by software: the signature of an ATA drive is in the task file. */
  reset(): void {
    this.#alarm?.cancel();
    this.dma = null;
    this.#blockDone = null;
    this.#multiple = 0;
    this.#file.reset();
    this.error = 1;
    this.status = READY;
  }

  readRegister(register: number, high: boolean): number {
    return this.#file.read(register, high);
  }

  writeRegister(register: number, value: number): void {
    if ((this.status & STATUS_BSY) === 0) this.#file.write(register, value);
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
      sectors: this.#unit.disk.sectors, geometry: this.#file.geometry, multiple: this.#multiple, multiwordMode: this.#multiwordMode, ultraMode: this.#ultraMode,
    }));
    if (code === DIAGNOSTIC) {
      this.reset();
      return this.#later(1, () => this.#finish());
    }
    if (code === SET_MULTIPLE) return this.#setMultiple(this.#file.count);
    if (code === SET_FEATURES) return this.#setFeatures();
    if (code === INITIALIZE_PARAMETERS) this.#file.initializeGeometry();
    else if (code === NATIVE_MAX || code === NATIVE_MAX_EXT) this.#file.show(this.#unit.disk.sectors - 1, code === NATIVE_MAX_EXT);
    else if (code === CHECK_POWER) this.#file.count = 0xff;
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
    const feature = this.#file.read(FEATURES, false);
    if (feature === FEATURE_TRANSFER_MODE && !this.#setTransferMode(this.#file.count)) return this.#abort();
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
    const range = this.#file.range(this.#unit.disk, row.extended === true);
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
        this.#file.show(run.first + now - (run.count === now ? 1 : 0), run.extended);
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
        this.#file.show(run.first + now - (run.count === now ? 1 : 0), run.extended);
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
          this.#file.show(first + count - 1, row.extended === true);
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
    const range = this.#file.range(this.#unit.disk, extended);
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
    const done = (): void => {
      this.#alarm = null;
      this.status = READY;
      then();
    };
    this.status = STATUS_BSY;
    if (ticks === 0) done();
    else this.#alarm = this.#clock.schedule(this.#clock.now() + ticks, done, 'disk');
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
}

/** A PIO command on its way: what is left, in blocks of so many sectors. */
interface Run {
  readonly first: number;
  readonly count: number;
  readonly perBlock: number;
  readonly wait: number;
  readonly extended: boolean;
}
