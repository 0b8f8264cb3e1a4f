// The MC146818 clock and its battery-backed RAM at 0x70/0x71, as far as kernels probe them: the date, UIP, memory sizes.
// Motorola MC146818 datasheet; addresses above 0x0D as the PC AT's BIOS uses them.
//
// Simplification: the clock can't be set and gives no interrupts (alarm, periodic, update-ended).
import type {DeviceClock, PortDevice} from './bus.ts';
import {byteWide} from './byte-wide.ts';
import {Oscillator} from './oscillator.ts';

const INDEX = 0x70;
const DATA = 0x71;
const RTC_HERTZ = 32_768;
/** UIP is set for the last 244 microseconds before a second. */
const UPDATE_TICKS = 8;

const STATUS_A = 0x0a;
const STATUS_A_UIP = 0x80;
/** The 32768 Hz time base, periodic rate 1024 Hz. */
const STATUS_A_RATE = 0x26;
const STATUS_B = 0x0b;
const STATUS_B_24_HOURS = 0x02;
const STATUS_B_BINARY = 0x04;
const STATUS_C = 0x0c;
const STATUS_D = 0x0d;
const STATUS_D_VALID_RAM = 0x80;
const HOURS = 0x04;
const AFTERNOON = 0x80;

/** Saturday, 1 January 2000, 00:00:00: every machine starts on it. */
export const RTC_START = Date.UTC(2000, 0, 1);

/** The other bytes of the date by address; 0x32 is the century. */
const DATE_PARTS = new Map<number, (date: Date) => number>([
  [0x00, date => date.getUTCSeconds()],
  [0x02, date => date.getUTCMinutes()],
  [0x06, date => date.getUTCDay() + 1],
  [0x07, date => date.getUTCDate()],
  [0x08, date => date.getUTCMonth() + 1],
  [0x09, date => date.getUTCFullYear() % 100],
  [0x32, date => Math.floor(date.getUTCFullYear() / 100)],
]);

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
  ram[STATUS_B] = STATUS_B_24_HOURS;
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
export function createCmos(clock: DeviceClock, memorySize: number): PortDevice {
  const cmos = new Cmos(new Oscillator(clock, RTC_HERTZ), biosRam(memorySize));
  let address = 0;
  return byteWide({
    ports: [[INDEX, DATA]],
    read: port => (port === DATA ? cmos.read(address) : 0xff),
    write(port, value) {
      if (port === DATA) cmos.write(address, value);
      else address = value & 0x7f;
    },
  });
}

class Cmos {
  readonly #crystal: Oscillator;
  readonly #ram: Uint8Array;

  constructor(crystal: Oscillator, ram: Uint8Array) {
    this.#crystal = crystal;
    this.#ram = ram;
  }

  read(address: number): number {
    if (address === STATUS_A) return STATUS_A_RATE | (this.#isUpdating() ? STATUS_A_UIP : 0);
    if (address === STATUS_C) return 0;
    if (address === STATUS_D) return STATUS_D_VALID_RAM;
    return this.#readDate(address) ?? this.#ram[address];
  }

  /** The date can't be set, so writes to it and to the read-only registers are lost. */
  write(address: number, value: number): void {
    if (address === STATUS_B || address > STATUS_D) this.#ram[address] = value;
  }

  #isUpdating(): boolean {
    return this.#crystal.now() % RTC_HERTZ >= RTC_HERTZ - UPDATE_TICKS;
  }

  /** A byte of the date in the format status B asks for, or undefined when the address holds none. */
  #readDate(address: number): number | undefined {
    const date = new Date(RTC_START + Math.floor(this.#crystal.now() / RTC_HERTZ) * 1000);
    if (address === HOURS) return this.#formatHours(date.getUTCHours());
    const part = DATE_PARTS.get(address);
    return part && this.#format(part(date));
  }

  #format(value: number): number {
    return (this.#ram[STATUS_B] & STATUS_B_BINARY) !== 0 ? value : (Math.floor(value / 10) << 4) | (value % 10);
  }

  #formatHours(hours: number): number {
    if ((this.#ram[STATUS_B] & STATUS_B_24_HOURS) !== 0) return this.#format(hours);
    return this.#format(hours % 12 === 0 ? 12 : hours % 12) | (hours >= 12 ? AFTERNOON : 0);
  }
}
