// The screen of a guest that printed nothing on its console: what a boot loader or a kernel without a serial port has to say.
import {screenText} from '../devices/screen.ts';
import type {GuestRun} from './guest-run.ts';

/** Lines of text, or nothing. */
export function screenIn({platform: {console, devices, memory, guestMemory: size}, guestMemory}: GuestRun): string {
  if (console.length > 0 || size < 2 ** 20) return '';
  return screenText(address => memory.u8[guestMemory.offset(address)], devices.vga.start);
}
