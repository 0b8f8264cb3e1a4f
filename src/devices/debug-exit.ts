// QEMU's isa-debug-exit: a write of any width ends the machine. Not a chip of any PC; a guest uses it to say how it went.
import type {PortDevice} from './bus.ts';

/**
 * @param exit called with `(value << 1) | 1`, computed without losing the top bit; QEMU's process keeps the low eight
 *   bits of it, as every POSIX exit status does
 */
export function createDebugExit(exit: (code: number) => void): PortDevice {
  return {
    ports: [[0xf4, 0xf7]],
    readPort: () => 0,
    writePort: (_port, _width, value) => exit(value * 2 + 1),
  };
}
