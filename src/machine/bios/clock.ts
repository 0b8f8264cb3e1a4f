// INT 1Ah: the count of timer ticks and the battery-backed clock; INT 14h: the serial port. IBM PS/2 and PC BIOS Interface Technical Reference,
// "Interrupt 1Ah" and "Interrupt 14h".
import type {PortBus} from '../../devices/port-bus.ts';
import {COM1} from '../../devices/uart16550/uart.ts';
import type {Call} from './call.ts';
import {MIDNIGHT, TICKS} from './data-area.ts';

const INDEX = 0x70, DATA = 0x71;
const SECONDS = 0, MINUTES = 2, HOURS = 4, DAY = 7, MONTH = 8, YEAR = 9, CENTURY = 0x32;

const cmos = (ports: PortBus, address: number): number => {
  ports.write(INDEX, 1, address);
  return ports.read(DATA, 1);
};
const setCmos = (ports: PortBus, address: number, value: number): void => {
  ports.write(INDEX, 1, address);
  ports.write(DATA, 1, value);
};

export function serveClock(call: Call, ports: PortBus): void {
  const {memory} = call;
  call.carry = false;
  switch (call.ah) {
    case 0x00:
      call.cx = memory.u16(TICKS + 2);
      call.dx = memory.u16(TICKS);
      call.al = memory.u8(MIDNIGHT);
      memory.setU8(MIDNIGHT, 0);
      return;
    case 0x01:
      memory.setU32(TICKS, call.cx * 65536 + call.dx);
      memory.setU8(MIDNIGHT, 0);
      return;
    case 0x02:
      call.cx = (cmos(ports, HOURS) << 8) | cmos(ports, MINUTES);
      call.dx = cmos(ports, SECONDS) << 8;
      return;
    case 0x03: return set(ports, [[HOURS, call.ch], [MINUTES, call.cl], [SECONDS, call.dh]]);
    case 0x04:
      call.cx = (cmos(ports, CENTURY) << 8) | cmos(ports, YEAR);
      call.dx = (cmos(ports, MONTH) << 8) | cmos(ports, DAY);
      return;
    case 0x05: return set(ports, [[CENTURY, call.ch], [YEAR, call.cl], [MONTH, call.dh], [DAY, call.dl]]);
    default: call.refuse();
  }
}

function set(ports: PortBus, bytes: ReadonlyArray<readonly [address: number, value: number]>): void {
  for (const [address, value] of bytes) setCmos(ports, address, value);
}

/** Ticks since midnight, as the battery-backed clock has it. */
export function ticksNow(ports: PortBus): number {
  const part = (address: number): number => {
    const byte = cmos(ports, address);
    return (byte >> 4) * 10 + (byte & 0x0f);
  };
  return Math.floor(((part(HOURS) * 60 + part(MINUTES)) * 60 + part(SECONDS)) * 0x1800b0 / 86_400);
}

const LINE_STATUS = 5, MODEM_STATUS = 6, LINE_CONTROL = 3, READY = 1, TIMED_OUT = 0x80, DIVISOR_LATCH = 0x80;
const BAUDS = [110, 150, 300, 600, 1200, 2400, 4800, 9600];

export function serveSerial(call: Call, ports: PortBus): void {
  const line = (): number => ports.read(COM1 + LINE_STATUS, 1);
  if (call.dx !== 0) return void (call.ah = TIMED_OUT);
  if (call.ah === 0x00) initialize(call.al, ports);
  if (call.ah === 0x01) {
    ports.write(COM1, 1, call.al);
    call.ah = line();
    return undefined;
  }
  if (call.ah === 0x02) {
    const ready = (line() & READY) !== 0;
    if (ready) call.al = ports.read(COM1, 1);
    call.ah = ready ? line() & 0x1e : TIMED_OUT;
    return undefined;
  }
  call.ax = (line() << 8) | ports.read(COM1 + MODEM_STATUS, 1);
  return undefined;
}

/** The upper three bits choose the speed, the lower five are the line's. */
function initialize(parameters: number, ports: PortBus): void {
  const divisor = Math.round(115_200 / BAUDS[parameters >> 5]);
  ports.write(COM1 + LINE_CONTROL, 1, DIVISOR_LATCH);
  ports.write(COM1, 1, divisor & 0xff);
  ports.write(COM1 + 1, 1, divisor >> 8);
  ports.write(COM1 + LINE_CONTROL, 1, parameters & 0x1f);
}
