// The fixed hardware of ACPI: power-management events, control and timer, where QEMU's PC has them. Always in ACPI mode; the one sleeping
// state is off. Advanced Configuration and Power Interface Specification 1.0b, 4.7.3 Fixed Hardware Registers.
//
// Simplification: no event ever happens, the overflow of the timer included, so that the system control interrupt stays low.
import type {DeviceClock, PortDevice, Width} from './bus.ts';
import {Oscillator} from './oscillator.ts';

export const POWER_EVENTS = 0x600, POWER_CONTROL = 0x604, POWER_TIMER = 0x608;
/** SLP_TYP of the state in which the machine is off. */
export const SLEEP_OFF = 0;

const TIMER_HERTZ = 3_579_545;
const TIMER_BITS = 24;
const ENABLE = 2;
const SCI_ENABLED = 1, SLEEP_ENABLE = 1 << 13;
const sleepType = (control: number): number => (control >>> 10) & 7;

/** @param powerOff the guest switches the machine off */
export function createAcpiPower(clock: DeviceClock, powerOff: () => void): PortDevice {
  const crystal = new Oscillator(clock, TIMER_HERTZ);
  let enabled = 0, control = SCI_ENABLED;
  const read = (offset: number): number => {
    if (offset < 4) return enabled << 16;
    return offset < 8 ? control : crystal.now() % 2 ** TIMER_BITS;
  };
  return {
    ports: [[POWER_EVENTS, POWER_EVENTS + 11]],
    readPort(port: number, width: Width): number {
      const offset = port - POWER_EVENTS;
      return ((read(offset) >>> (8 * (offset & 3))) & (width === 4 ? 0xffff_ffff : (1 << (8 * width)) - 1)) >>> 0;
    },
    writePort(port: number, _width: Width, value: number): void {
      if (port === POWER_EVENTS + ENABLE) enabled = value & 0xffff;
      if (port !== POWER_CONTROL) return;
      control = (value & ~SLEEP_ENABLE & 0xffff) | SCI_ENABLED;
      if ((value & SLEEP_ENABLE) !== 0 && sleepType(value) === SLEEP_OFF) powerOff();
    },
  };
}
