// Port 0x61, system control port B: the gate of the speaker's counter, its output, and the refresh toggle that BIOSes and
// kernels count to calibrate delays. IBM PS/2 Hardware Interface Technical Reference, "System Control Port B".
//
// Simplification: refresh runs at its usual 18 timer ticks whatever counter 1 was programmed to, and parity and channel
// checks never occur. The speaker is silent.
import type {DeviceClock, PortDevice} from '../bus.ts';
import {byteWide} from '../byte-wide.ts';
import {Oscillator} from '../oscillator.ts';
import {PIT_HERTZ, type Pit8254} from './pit.ts';

const PORT = 0x61;
const GATE2 = 0x01;
const REFRESH_TOGGLE = 0x10;
const OUT2 = 0x20;
/** Gate, speaker data, and the two enables of the checks. */
const WRITABLE = 0x0f;
const TICKS_PER_REFRESH = 18;

export function createPortB(clock: DeviceClock, pit: Pit8254): PortDevice {
  const crystal = new Oscillator(clock, PIT_HERTZ);
  let written = 0;
  const refresh = (): boolean => Math.floor(crystal.now() / TICKS_PER_REFRESH) % 2 === 1;
  return byteWide({
    ports: [[PORT, PORT]],
    read: () => written | (refresh() ? REFRESH_TOGGLE : 0) | (pit.speakerOut ? OUT2 : 0),
    write(_port, value) {
      written = value & WRITABLE;
      pit.setSpeakerGate((value & GATE2) !== 0);
    },
  });
}
