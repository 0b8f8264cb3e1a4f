// The BIOS of a machine that boots from its disk: the services of real mode, carried out on the host's side when the ROM's code asks for them by a
// write to one port, and the state that firmware leaves in memory.
//
// Simplification: services take no time of the guest's beyond the code that asks for them.
import type {BusMaster, DeviceClock} from '../../devices/bus.ts';
import type {DiskUnit} from '../../devices/disk/disk.ts';
import type {PcDevices} from '../../devices/pc.ts';
import {Call} from './call.ts';
import {serveClock, serveSerial, ticksNow} from './clock.ts';
import {EQUIPMENT, fillDataArea, MEMORY_KIB, TICKS} from './data-area.ts';
import {disketteGeometry, DISKETTE, DiskServices, HARD_DISK} from './disk.ts';
import {Keyboard} from './keyboard.ts';
import {linear, RealMemory} from './real-memory.ts';
import {handlerOf, HANG_OFFSET, ROM_SEGMENT, ROM_START, romBytes, SERVICE_PORT} from './rom.ts';
import {SystemServices} from './system.ts';
import {Video} from './video.ts';

export const BOOT_ADDRESS = 0x7c00;
const SECTOR = 512;
const NOTHING_TO_BOOT = 'No bootable disk.\r\n';

export interface BiosParts {
  readonly devices: PcDevices;
  readonly clock: DeviceClock;
  readonly disk: DiskUnit | null;
  readonly memorySize: number;
  readonly memory: BusMaster;
}

export class Bios {
  readonly #parts: BiosParts;
  readonly #memory: RealMemory;
  readonly #video: Video;
  readonly #keyboard: Keyboard;
  readonly #disk: DiskServices;
  readonly #system: SystemServices;

  /** Answers on the service port from here on. */
  constructor(parts: BiosParts) {
    const {devices: {ports}, clock, disk, memorySize} = parts;
    this.#parts = parts;
    this.#memory = new RealMemory(parts.memory);
    this.#video = new Video(this.#memory, ports);
    this.#keyboard = new Keyboard(this.#memory, ports);
    this.#disk = new DiskServices(disk);
    this.#system = new SystemServices(memorySize, ports, clock);
    ports.add({
      ports: [[SERVICE_PORT, SERVICE_PORT + 3]], readPort: (_port, width) => (width === 4 ? 0xffff_ffff : width === 2 ? 0xffff : 0xff),
      writePort: (_port, width, value) => { if (width === 4) this.#serve(new Call(this.#memory, value)); },
    });
  }

  /** What firmware leaves in memory: vectors, data area, ROM, a blank screen, and the boot sector where it belongs. */
  start(): {readonly drive: number} {
    const {devices: {ports}, disk} = this.#parts;
    for (let vector = 0; vector < 256; vector++) this.#memory.setU32(vector * 4, ROM_SEGMENT * 65536 + handlerOf(vector));
    this.#memory.write(linear(ROM_SEGMENT, ROM_START), romBytes());
    const diskette = disk !== null && disketteGeometry(disk.disk.sectors) !== null;
    fillDataArea(this.#memory, {diskette, disks: disk ? 1 : 0});
    this.#memory.setU32(TICKS, ticksNow(ports));
    this.#video.setMode(3);
    this.#loadBootSector();
    return {drive: diskette ? DISKETTE : HARD_DISK};
  }

  #loadBootSector(): boolean {
    const {disk} = this.#parts;
    const sector = new Uint8Array(SECTOR);
    disk?.disk.read(0, sector);
    this.#memory.write(BOOT_ADDRESS, sector);
    return sector[510] === 0x55 && sector[511] === 0xaa;
  }

  #serve(call: Call): void {
    const {devices: {ports}} = this.#parts;
    switch (call.vector) {
      case 0x09: return this.#keyboard.interrupt();
      case 0x10: return this.#video.serve(call);
      case 0x11: call.ax = this.#memory.u16(EQUIPMENT); return undefined;
      case 0x12: call.ax = this.#memory.u16(MEMORY_KIB); return undefined;
      case 0x13: return this.#disk.serve(call);
      case 0x14: return serveSerial(call, ports);
      case 0x15: return this.#system.serve(call);
      case 0x16: return this.#keyboard.serve(call);
      case 0x17: call.ah = 0x01; return undefined;
      case 0x18: return this.#giveUp(call);
      case 0x19: return this.#boot(call);
      case 0x1a: return serveClock(call, ports);
      default: return undefined;
    }
  }

  /** INT 19h: the boot sector once more, with the drive in DL. */
  #boot(call: Call): void {
    if (!this.#loadBootSector()) return this.#giveUp(call);
    call.dx = disketteGeometry(this.#parts.disk!.disk.sectors) ? DISKETTE : HARD_DISK;
    return call.returnTo(0, BOOT_ADDRESS);
  }

  #giveUp(call: Call): void {
    for (const character of NOTHING_TO_BOOT) this.#video.teletype(character.charCodeAt(0), 0);
    call.returnTo(ROM_SEGMENT, HANG_OFFSET);
  }
}
