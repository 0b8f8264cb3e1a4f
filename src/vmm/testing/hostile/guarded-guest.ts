// A guest's memory as a VMM has it, scattered over host frames, with the VMM's own memory behind it: devices reach it by the VMM's bus. What
// lies outside the guest holds a pattern that must never change.
import {gpa} from '../../../memory/address.ts';
import {HOST_BASE} from '../../../memory/layout.ts';
import {PhysicalMemory} from '../../../memory/physical.ts';
import {guestBus} from '../../guest-bus.ts';
import {GuestMemory} from '../../guest-memory.ts';

export const GUEST_BYTES = 0x2_0000;
const VMM_BYTES = 0x2_0000;
/** Registers of the processors, below the host's memory. */
const REGISTERS_BYTES = 0x1000;

export class GuardedGuest {
  readonly #memory = new PhysicalMemory(GUEST_BYTES + VMM_BYTES);
  readonly #guest = new GuestMemory(this.#memory, GUEST_BYTES);
  readonly bus = guestBus({platform: {memory: this.#memory}, guest: this.#guest, wrote: () => {}});
  readonly #outside = [[0, REGISTERS_BYTES], [HOST_BASE + GUEST_BYTES, VMM_BYTES]].map(([at, bytes]) => Buffer.from(this.#memory.u8.buffer, at, bytes));
  readonly #pattern = this.#outside.map(part => part.map((_, at) => (at * 7) & 0xff));

  constructor() {
    this.#guest.place(4096);
    this.#outside.forEach((part, at) => part.set(this.#pattern[at]));
  }

  put32(address: number, value: number): void {
    this.#guest.write32(gpa(address), value);
  }

  put(address: number, bytes: Uint8Array): void {
    this.#guest.write(address, bytes);
  }

  get32(address: number): number {
    return this.#guest.read32(gpa(address)) >>> 0;
  }

  get(address: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    this.bus.read(address, bytes);
    return bytes;
  }

  /** Whether no byte outside the guest has changed. */
  get isIntact(): boolean {
    return this.#outside.every((part, at) => part.equals(this.#pattern[at]));
  }
}
