// Port 0x92, system control port A: fast A20 and fast reset. IBM PS/2 Hardware Interface Technical Reference, "System
// Control Port A".
import type {Line, PortDevice} from './bus.ts';
import {byteWide} from './byte-wide.ts';

const PORT = 0x92;
const RESET = 0x01;
const A20 = 0x02;

/**
 * @param a20 this port's part of the gate; off at reset
 * @param reset called when the reset bit goes from 0 to 1
 */
export function createPortA(a20: Line, reset: () => void): PortDevice {
  let written = 0;
  return byteWide({
    ports: [[PORT, PORT]],
    read: () => written,
    write(_port, value) {
      const rose = value & ~written;
      written = value;
      a20((value & A20) !== 0);
      if ((rose & RESET) !== 0) reset();
    },
  });
}
