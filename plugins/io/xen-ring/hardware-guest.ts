// A guest in a hardware virtual machine as Xen's services see it: pointers go through the guest's own page tables, and grants name frames as
// the guest counts them.
import {gpa, GuestCopy, hpa, MachineFrames, SHARED_INFO} from 'worldswitch';
import type {GrantMemory, Vmm, XenGuest, XenMemory} from 'worldswitch';

/** Where the store's page lies in the guest's physical memory, above all RAM. Xen, tools/libs/guest/xg_dom_x86.c, special pages. */
export const STORE_FRAME = 0xf_effc;

export class HardwareGuest implements XenGuest {
  readonly vmm: Vmm;
  readonly copy: GuestCopy;
  /** Machine frames of the page shared with Xen, and of the store's. */
  readonly sharedFrame: number;
  readonly memory: XenMemory;

  constructor(vmm: Vmm) {
    const {memory} = vmm.platform;
    this.vmm = vmm;
    this.copy = new GuestCopy({
      memory, tables: vmm.guest.tables, registers: () => vmm.registers(), end: 2 ** 32, place: (address, write) => this.#place(address, write),
    });
    this.sharedFrame = vmm.frames.take();
    const store = vmm.frames.take();
    if (this.sharedFrame < 0 || store < 0) throw new Error('no host frame is left for the pages that a guest shares with Xen');
    vmm.guest.replace(STORE_FRAME, store);
    const grants = new GuestFrames(vmm);
    this.memory = {grants, store: grants.page(store)};
  }

  readShared(offset: number): number {
    return this.vmm.platform.memory.read32(hpa(this.sharedFrame * 4096 + offset));
  }
  writeShared(offset: number, value: number): void {
    this.vmm.platform.memory.write32(hpa(this.sharedFrame * 4096 + offset), value);
  }
  readSharedByte(offset: number): number {
    return (this.readShared(offset & ~3) >>> (8 * (offset & 3))) & 0xff;
  }
  writeSharedByte(offset: number, value: number): void {
    const shift = 8 * (offset & 3);
    this.writeShared(offset & ~3, (this.readShared(offset & ~3) & ~(0xff << shift)) | ((value & 0xff) << shift));
  }

  get eventsPending(): boolean {
    return this.readSharedByte(SHARED_INFO.upcallPending) !== 0;
  }

  /** Traces hear of what Xen writes for the guest. */
  #place(address: number, write: boolean): number {
    const {guest} = this.vmm;
    if (write && guest.isTraced(address >>> 12)) this.vmm.wrote(gpa(address), 1);
    return guest.offset(gpa(address));
  }
}

/** Beyond every frame. */
const NO_FRAME = 2 ** 20;

/** Frames of RAM, by the guest's count. Why the names are kept: a trace knows a frame by the guest's. */
class GuestFrames extends MachineFrames implements GrantMemory {
  readonly #vmm: Vmm;
  readonly #names = new Map<number, number>();

  constructor(vmm: Vmm) {
    super(vmm.platform.memory);
    this.#vmm = vmm;
  }

  takeTableFrame(): number {
    return this.#vmm.frames.take();
  }
  hold(frame: number, _write: boolean): number {
    const machine = this.#vmm.guest.hostFrame(frame);
    if (machine >= 0) this.#names.set(machine, frame);
    return machine;
  }
  release(): void {}

  override write(machine: number, offset: number, from: Uint8Array): void {
    super.write(machine, offset, from);
    const frame = this.#names.get(machine) ?? NO_FRAME;
    if (this.#vmm.guest.isTraced(frame)) this.#vmm.wrote(gpa(frame * 4096 + offset), from.length);
  }
}
