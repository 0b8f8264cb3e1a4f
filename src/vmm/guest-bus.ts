// What a device model sees of the guest's memory when it masters the bus: guest-physical addresses, wherever their frames lie. Writes are
// the VMM's own, so traces hear of them like of the guest's.
import type {BusMaster} from '../devices/bus.ts';
import {gpa, hpa, type Gpa} from '../memory/address.ts';
import {HOST_BASE} from '../memory/layout.ts';
import type {PhysicalMemory} from '../memory/physical.ts';
import type {GuestMemory} from './guest-memory.ts';

export interface GuestBusHost {
  readonly platform: {readonly memory: PhysicalMemory};
  readonly guest: GuestMemory;
  wrote(address: Gpa, width: number): void;
}

export function guestBus(host: GuestBusHost): BusMaster {
  const {platform: {memory}, guest} = host;
  return {
    read(address, into) {
      if (!isMemory(guest, address, into.length)) return false;
      eachPage(address, into.length, (at, from, to) => {
        const offset = guest.offset(at);
        into.set(memory.u8.subarray(offset, offset + to - from), from);
      });
      return true;
    },
    write(address, bytes) {
      if (!isMemory(guest, address, bytes.length)) return false;
      eachPage(address, bytes.length, (at, from, to) => {
        memory.writeBytes(hpa(guest.offset(at) - HOST_BASE), bytes.subarray(from, to));
        if (guest.isTraced(at >>> 12)) host.wrote(at, to - from);
      });
      return true;
    },
  };
}

/** Whether every page of a range has memory behind it. */
function isMemory(guest: GuestMemory, address: number, length: number): boolean {
  let whole = true;
  eachPage(address, length, at => {
    whole &&= guest.offset(at) >= 0;
  });
  return whole;
}

/** Calls with each piece of a range that lies in one page: its address, and its first and last index. */
function eachPage(address: number, length: number, piece: (at: Gpa, from: number, to: number) => void): void {
  for (let from = 0; from < length; ) {
    const to = Math.min(length, from + 4096 - ((address + from) & 0xfff));
    piece(gpa(address + from), from, to);
    from = to;
  }
}
