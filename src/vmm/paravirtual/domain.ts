// A paravirtual domain: what its CPU strategy, its memory strategy and the builder share. The page types are the memory
// strategy's own, descriptor tables, events and timers the CPU strategy's.
import {hpa} from '../../memory/address.ts';
import {HOST_BASE} from '../../memory/layout.ts';
import type {Vmm} from '../vmm.ts';
import {hostTables} from '../../machine/platform.ts';
import {MACHINE_MAP_START, SHARED_INFO} from './abi.ts';
import {directSpace, GuestCopy} from './guest-copy.ts';
import {MachineMap} from './machine-map.ts';

/** What the builder leaves for the first instruction. */
export interface StartOfDay {
  readonly entry: number;
  readonly stack: number;
  /** Linear address of start_info. */
  readonly info: number;
  /** Machine frame of the bootstrap directory. */
  readonly directory: number;
  /** Machine frames of the console and store rings. */
  readonly consoleFrame: number;
  readonly storeFrame: number;
}

/** The memory strategy's side: hypercalls on page tables, and references to frames by their type. Results are Xen's. */
export interface DirectPaging {
  mmuUpdate(requests: number, count: number, done: number, foreign: number): number;
  mmuextOp(operations: number, count: number, done: number, foreign: number): number;
  updateVaMapping(linear: number, entry: number, flags: number): number;
  updateDescriptor(address: number, low: number, high: number): number;
  memoryOp(command: number, argument: number): number;
  vmAssist(command: number, type: number): number;
  /** Types a frame as descriptors and holds it so. */
  holdDescriptors(frame: number): boolean;
  releaseDescriptors(frame: number): void;
  /** A frame of Xen's that the guest may map and write. */
  share(frame: number): void;
  /** Keeps a frame as it is for a domain that it was granted to; false when it is not the guest's, or must not be written. */
  holdGranted(frame: number, write: boolean): boolean;
  releaseGranted(frame: number, write: boolean): void;
  /** MMUEXT_NEW_BASEPTR. */
  loadDirectory(frame: number): number;
  /** To be called before a hypercall looks at the guest's memory. */
  settle(): void;
}

export class Domain {
  readonly vmm: Vmm;
  readonly copy: GuestCopy;
  readonly map: MachineMap;
  readonly sharedInfo: number;
  start!: StartOfDay;
  paging!: DirectPaging;
  /** Directory entries that every one of the guest's directories gets, by index. */
  readonly xenEntries = new Map<number, number>();
  /** MMUEXT_SET_LDT; the CPU strategy's. */
  setLdt: (linear: number, entries: number) => number = () => 0;
  /** A page of the local descriptor table may have lost its mapping. */
  forgetLdt: () => void = () => {};
  /** Hands a page fault to the guest; the CPU strategy's. */
  pageFault: (linear: number, errorCode: number) => void = () => {};
  /** Set when the guest did what ends a domain; a sentence. */
  crashed = '';

  constructor(vmm: Vmm) {
    this.vmm = vmm;
    const {memory} = vmm.platform;
    this.copy = new GuestCopy(directSpace(memory, hostTables(memory), () => vmm.cpu, MACHINE_MAP_START));
    this.map = new MachineMap(vmm);
    this.sharedInfo = vmm.frames.take();
  }

  crash(why: string): void {
    if (this.crashed === '') this.crashed = why;
  }

  /** CR2 as the guest sees it. */
  get faultAddress(): number {
    return this.readShared(SHARED_INFO.cr2);
  }
  set faultAddress(linear: number) {
    this.writeShared(SHARED_INFO.cr2, linear);
  }

  /** Frame of a memory offset. */
  frameAt(offset: number): number {
    return (offset - HOST_BASE) >>> 12;
  }

  descriptorIn(frame: number, offset: number): {readonly low: number; readonly high: number} {
    const {memory} = this.vmm.platform;
    return {low: memory.read32(hpa(frame * 4096 + offset)), high: memory.read32(hpa(frame * 4096 + offset + 4))};
  }

  readShared(offset: number): number {
    return this.vmm.platform.memory.read32(hpa(this.sharedInfo * 4096 + offset));
  }
  writeShared(offset: number, value: number): void {
    this.vmm.platform.memory.write32(hpa(this.sharedInfo * 4096 + offset), value);
  }
  readSharedByte(offset: number): number {
    return (this.readShared(offset & ~3) >>> (8 * (offset & 3))) & 0xff;
  }
  writeSharedByte(offset: number, value: number): void {
    const shift = 8 * (offset & 3);
    this.writeShared(offset & ~3, (this.readShared(offset & ~3) & ~(0xff << shift)) | ((value & 0xff) << shift));
  }
}
