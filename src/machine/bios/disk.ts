// INT 13h: the disk by cylinder, head and sector, and by the extensions' block addresses. IBM PS/2 and PC BIOS Interface Technical Reference,
// "Interrupt 13h"; Phoenix, Enhanced Disk Drive Specification 3.0.
//
// Simplification: a request is served at once, without the time that the disk takes behind its controller; what a VMM's host pays for it is paid.
import {onDisk, SECTOR, type DiskUnit} from '../../devices/disk/disk.ts';
import type {Call} from './call.ts';
import {DISK_STATUS} from './data-area.ts';
import {linear} from './real-memory.ts';

export const HARD_DISK = 0x80, DISKETTE = 0x00;
const DONE = 0x00, BAD_COMMAND = 0x01, BOUNDARY = 0x09, TIMEOUT = 0x80;
const VERSION_3 = 0x30, FIXED_ACCESS = 0x01;

export interface Geometry {
  readonly cylinders: number;
  readonly heads: number;
  readonly sectors: number;
  /** Drive type of a diskette, as CMOS and function 08h name it; 0 for a hard disk. */
  readonly diskette: number;
}

/** Diskettes are told by their size. */
const DISKETTES = new Map<number, Geometry>([
  [720, {cylinders: 40, heads: 2, sectors: 9, diskette: 1}], [1440, {cylinders: 80, heads: 2, sectors: 9, diskette: 3}],
  [2400, {cylinders: 80, heads: 2, sectors: 15, diskette: 2}], [2880, {cylinders: 80, heads: 2, sectors: 18, diskette: 4}],
  [5760, {cylinders: 80, heads: 2, sectors: 36, diskette: 5}],
]);
const SECTORS = 63, MOST_CYLINDERS = 1024, MOST_HEADS = 255;

export const disketteGeometry = (sectors: number): Geometry | null => DISKETTES.get(sectors) ?? null;

/** As few heads, from 16 on, as 1024 cylinders allow: the translation that BIOSes agreed on. */
export function diskGeometry(sectors: number): Geometry {
  let heads = 16;
  while (heads < 128 && sectors > MOST_CYLINDERS * heads * SECTORS) heads *= 2;
  if (sectors > MOST_CYLINDERS * heads * SECTORS) heads = MOST_HEADS;
  return {cylinders: Math.max(1, Math.min(MOST_CYLINDERS, Math.floor(sectors / (heads * SECTORS)))), heads, sectors: SECTORS, diskette: 0};
}

/** What the data area keeps, and what AH tells where that is something else. */
interface Answer {
  readonly status: number;
  readonly ah?: number;
}

/** A run of sectors, and where in memory it goes or comes from. */
interface Transfer {
  readonly first: number;
  readonly count: number;
  readonly buffer: number;
}

export class DiskServices {
  readonly #unit: DiskUnit | null;
  readonly #geometry: Geometry | null;
  readonly #diskette: Geometry | null;

  constructor(unit: DiskUnit | null) {
    this.#unit = unit;
    this.#geometry = unit && diskGeometry(unit.disk.sectors);
    this.#diskette = unit && disketteGeometry(unit.disk.sectors);
  }

  serve(call: Call): void {
    const {status, ah = status} = this.#dispatch(call);
    call.memory.setU8(DISK_STATUS, status);
    call.ah = ah;
    call.carry = status !== DONE;
  }

  #dispatch(call: Call): Answer {
    const geometry = this.#geometryOf(call.dl);
    const wanted = call.ah;
    if (wanted === 0x15) return {status: DONE, ah: this.#kind(call, geometry)};
    if (wanted === 0x41 && geometry?.diskette === 0 && call.bx === 0x55aa) return extensions(call);
    return {status: this.#status(call, geometry)};
  }

  #status(call: Call, geometry: Geometry | null): number {
    const wanted = call.ah;
    if (wanted === 0x08 && !geometry) return this.#noDrive(call);
    if (!geometry || !this.#unit) return wanted === 0x00 ? DONE : TIMEOUT;
    switch (wanted) {
      case 0x00: case 0x0d: case 0x10: case 0x11: return DONE;
      case 0x01: return call.memory.u8(DISK_STATUS);
      case 0x02: case 0x03: case 0x04: return this.#byCylinder(call, geometry);
      case 0x08: return this.#parameters(call, geometry);
      case 0x42: case 0x43: case 0x44: case 0x47: return geometry.diskette === 0 ? this.#byBlock(call) : BAD_COMMAND;
      case 0x48: return geometry.diskette === 0 ? this.#extendedParameters(call, geometry) : BAD_COMMAND;
      default: return BAD_COMMAND;
    }
  }

  #geometryOf(drive: number): Geometry | null {
    return drive === HARD_DISK ? this.#geometry : drive === DISKETTE ? this.#diskette : null;
  }

  #byCylinder(call: Call, {heads, sectors}: Geometry): number {
    const cylinder = call.ch | ((call.cl & 0xc0) << 2), sector = call.cl & 0x3f;
    if (sector === 0 || sector > sectors || call.dh >= heads || call.al === 0) return BAD_COMMAND;
    const first = (cylinder * heads + call.dh) * sectors + sector - 1;
    const status = this.#transfer(call, {first, count: call.al, buffer: linear(call.es, call.bx)}, call.ah);
    if (status !== DONE) call.al = 0;
    return status;
  }

  /** DS:SI points to a packet: its size, a count, a buffer, a block address. */
  #byBlock(call: Call): number {
    const {memory} = call;
    const packet = linear(call.ds, call.si);
    if (memory.u8(packet) < 0x10) return BAD_COMMAND;
    const first = memory.u32(packet + 8) + memory.u32(packet + 12) * 2 ** 32;
    const far = memory.u32(packet + 4);
    // Why: a buffer of ones says that its address follows as a flat one (EDD 3.0).
    const buffer = far === 0xffff_ffff && memory.u8(packet) >= 0x18 ? memory.u32(packet + 16) : linear(far >>> 16, far & 0xffff);
    const status = this.#transfer(call, {first, count: memory.u16(packet + 2), buffer}, call.ah & 0x0f);
    if (status !== DONE) memory.setU16(packet + 2, 0);
    return status;
  }

  /** @param kind 2 reads, 3 writes, 4 and others only look whether the sectors are there */
  #transfer({memory}: Call, {first, count, buffer}: Transfer, kind: number): number {
    const {disk, onRequest} = this.#unit!;
    if (!onDisk(disk, first, count)) return BAD_COMMAND;
    const length = count * SECTOR;
    if (kind !== 2 && kind !== 3) return DONE;
    onRequest?.(length);
    if (kind === 3) {
      disk.write(first, memory.bytes(buffer, length));
      return DONE;
    }
    const bytes = new Uint8Array(length);
    disk.read(first, bytes);
    return memory.write(buffer, bytes) ? DONE : BOUNDARY;
  }

  #parameters(call: Call, {cylinders, heads, sectors, diskette}: Geometry): number {
    const last = cylinders - 1;
    call.cx = ((last & 0xff) << 8) | ((last >> 2) & 0xc0) | sectors;
    call.dx = ((heads - 1) << 8) | 1;
    call.ax = 0;
    if (diskette !== 0) call.bx = diskette;
    return DONE;
  }

  /** How many drives there are is told also for one that is not. */
  #noDrive(call: Call): number {
    const disks = this.#unit ? 1 : 0;
    if (call.dl >= HARD_DISK) {
      call.dx = disks;
      return 0x07;
    }
    call.ax = 0;
    call.bx = 0;
    call.cx = 0;
    call.dx = this.#diskette ? 1 : 0;
    return DONE;
  }

  /** 0 no drive, 1 a diskette without change line, 3 a hard disk. */
  #kind(call: Call, geometry: Geometry | null): number {
    const kind = geometry === null ? 0 : geometry.diskette === 0 ? 3 : 1;
    if (kind === 3) {
      const {sectors} = this.#unit!.disk;
      call.cx = sectors >>> 16;
      call.dx = sectors & 0xffff;
    }
    return kind;
  }

  #extendedParameters(call: Call, {cylinders, heads, sectors}: Geometry): number {
    const {memory} = call;
    const at = linear(call.ds, call.si);
    if (memory.u16(at) < 0x1a) return BAD_COMMAND;
    memory.setU16(at, 0x1a);
    memory.setU16(at + 2, 0x0002);
    for (const [offset, value] of [[4, cylinders], [8, heads], [12, sectors], [16, this.#unit!.disk.sectors], [20, 0]]) memory.setU32(at + offset, value);
    memory.setU16(at + 24, SECTOR);
    return DONE;
  }
}

/** BX = 55AAh is turned around when the extensions are there. */
function extensions(call: Call): Answer {
  call.bx = 0xaa55;
  call.cx = FIXED_ACCESS;
  return {status: DONE, ah: VERSION_3};
}
