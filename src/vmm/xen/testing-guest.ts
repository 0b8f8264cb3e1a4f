// A guest for tests of Xen's services: flat memory without paging, a shared page, and frames of its own.
import {HOST_BASE} from '../../memory/layout.ts';
import {PhysicalMemory} from '../../memory/physical.ts';
import type {Vmm} from '../vmm.ts';
import {GuestCopy} from '../paravirtual/guest-copy.ts';
import type {XenGuest} from './guest.ts';
import {MachineFrames} from './machine-frames.ts';
import type {GrantMemory} from '../../devices/xen/grant-table.ts';

const SIZE = 1 << 18;
export const SHARED_FRAME = 60, FIRST_TABLE_FRAME = 50;
/** The guest's frames are those below. */
const OWN_FRAMES = 40;

export class TestingGuest extends MachineFrames implements XenGuest, GrantMemory {
  readonly vmm = null as unknown as Vmm;
  readonly copy: GuestCopy;
  readonly #tables: number[] = [];

  constructor(memory = new PhysicalMemory(SIZE)) {
    super(memory);
    this.copy = new GuestCopy({
      memory, tables: {read32: () => 0, write32() {}}, registers: () => ({cr0: 0, cr3: 0, cr4: 0}), end: SIZE, place: address => (address < SIZE ? HOST_BASE + address : -1),
    });
  }

  readShared(offset: number): number {
    return this.readTable(SHARED_FRAME, offset);
  }
  writeShared(offset: number, value: number): void {
    this.writeTable(SHARED_FRAME, offset, value);
  }
  readSharedByte(offset: number): number {
    return (this.readShared(offset & ~3) >>> (8 * (offset & 3))) & 0xff;
  }
  writeSharedByte(offset: number, value: number): void {
    const shift = 8 * (offset & 3);
    this.writeShared(offset & ~3, (this.readShared(offset & ~3) & ~(0xff << shift)) | (value << shift));
  }
  takeTableFrame(): number {
    this.#tables.push(FIRST_TABLE_FRAME + this.#tables.length);
    return this.#tables[this.#tables.length - 1];
  }
  hold(frame: number): number {
    return frame < OWN_FRAMES ? frame : -1;
  }
  release(): void {}
}
