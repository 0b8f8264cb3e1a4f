// The PC AT's battery-backed RAM at 0x70/0x71 with the clock in its first bytes: memory sizes as the BIOS leaves them. IBM PC AT Technical
// Reference, "Real-Time Clock/CMOS RAM"; addresses above 0x2F as later BIOSes use them.
import type {DeviceClock, Line, PortDevice} from './bus.ts';
import {byteWide} from './byte-wide.ts';
import {RealTimeClock} from './rtc/real-time-clock.ts';

const INDEX = 0x70;
const DATA = 0x71;

const KIB = 1024;
const MIB = 1024 * KIB;

/** The RAM bytes the BIOS fills in: sizes as little-endian words. */
function memorySizes(memorySize: number): Array<[address: number, word: number]> {
  const above1M = Math.min(Math.max(0, memorySize - MIB) / KIB, 0xffff);
  const above16M = Math.min(Math.max(0, memorySize - 16 * MIB) / (64 * KIB), 0xffff);
  return [[0x15, 640], [0x17, above1M], [0x30, above1M], [0x34, above16M]];
}

function biosRam(memorySize: number): Uint8Array {
  const ram = new Uint8Array(128);
  for (const [address, word] of memorySizes(memorySize)) {
    ram[address] = word & 0xff;
    ram[address + 1] = word >>> 8;
  }
  const sum = ram.subarray(0x10, 0x2e).reduce((total, byte) => total + byte, 0);
  ram[0x2e] = sum >>> 8;
  ram[0x2f] = sum & 0xff;
  return ram;
}

/** @param memorySize guest memory in bytes */
export function createCmos(clock: DeviceClock, memorySize: number, interrupt: Line): PortDevice {
  const rtc = new RealTimeClock(clock, interrupt);
  const ram = biosRam(memorySize);
  let address = 0;
  return byteWide({
    ports: [[INDEX, DATA]],
    read: port => (port !== DATA ? 0xff : rtc.owns(address) ? rtc.read(address) : ram[address]),
    write(port, value) {
      if (port === INDEX) address = value & 0x7f;
      else if (rtc.owns(address)) rtc.write(address, value);
      else ram[address] = value;
    },
  });
}
