// The Bochs debug console at port 0xE9: bytes written go to the console; reading 0xE9 tells the guest that it is there.
import type {ConsoleSink, PortDevice} from './bus.ts';
import {byteWide} from './byte-wide.ts';

const PORT = 0xe9;

export function createDebugConsole(console: ConsoleSink): PortDevice {
  return byteWide({ports: [[PORT, PORT]], read: () => PORT, write: (_port, byte) => console(byte)});
}
