// Chips with eight data pins. The ISA bus turns a wide access to such a chip into byte accesses at ascending ports.
import type {PortDevice, Width} from './bus.ts';

/** A chip with eight data pins, before the bus has split wide accesses for it. */
export interface ByteChip {
  /** Ports answered: inclusive ranges. */
  readonly ports: PortDevice['ports'];
  read(port: number): number;
  write(port: number, value: number): void;
}

/** The chip as the port bus wants it. */
export function byteWide(chip: ByteChip): PortDevice {
  return {
    ports: chip.ports,
    readPort(port: number, width: Width): number {
      let value = 0;
      for (let byte = 0; byte < width; byte++) value |= chip.read(port + byte) << (8 * byte);
      return value >>> 0;
    },
    writePort(port: number, width: Width, value: number): void {
      for (let byte = 0; byte < width; byte++) chip.write(port + byte, (value >>> (8 * byte)) & 0xff);
    },
  };
}
