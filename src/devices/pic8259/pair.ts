// The two 8259A of a PC: master at 0x20, slave at 0xA0, the slave's INT on the master's IR2, and the edge/level control
// registers at 0x4D0 (Intel 82371AB (PIIX4) datasheet, 4.2.3 Interrupt Controller Registers).
//
// Simplification: the two acknowledge pulses are one moment. Spurious IRQ 15 comes from a request that goes away between
// them, so a guest never sees one here; a request that goes away earlier takes its edge at the master along and is
// spurious IRQ 7, as on a PC.
import type {Line, PortDevice} from '../bus.ts';
import {type ByteChip, byteWide} from '../byte-wide.ts';
import {Chip8259} from './chip.ts';
import {NONE} from './priority.ts';
import {Programming} from './programming.ts';

const CASCADE = 2;
const ELCR = 0x4d0;
/** IRQ 0, 1, 2, 8 and 13 are wired to edges. */
const ELCR_WRITABLE = [0xf8, 0xde];
/** What an acknowledge reads when no slave answers. */
const FLOATING = 0xff;

export class Pic8259Pair {
  readonly #master: Chip8259;
  readonly #slave: Chip8259;
  readonly device: PortDevice;

  /** @param output the CPU's INTR pin */
  constructor(output: Line) {
    this.#master = new Chip8259(output);
    this.#slave = new Chip8259(level => this.#master.setLine(CASCADE, level));
    this.device = byteWide(this.#registers());
  }

  /** Drives IRQ 0 to 15; IRQ 2 is the cascade, a PC brings it out as IRQ 9. */
  setLine(irq: number, level: boolean): void {
    if (irq >= 8) this.#slave.setLine(irq - 8, level);
    else if (irq !== CASCADE) this.#master.setLine(irq, level);
  }

  /** A line that drives the given IRQ. */
  line(irq: number): Line {
    return level => this.setLine(irq, level);
  }

  /** The CPU's interrupt acknowledge cycle. @returns the vector, that of IRQ 7 when the request has gone */
  acknowledge(): number {
    const level = this.#master.acknowledge();
    const hasSlave = level !== NONE && (this.#master.slaves & (1 << level)) !== 0;
    if (!hasSlave) return this.#master.vector(level);
    if (level !== this.#slave.identity) return FLOATING;
    return this.#slave.vector(this.#slave.acknowledge());
  }

  #registers(): ByteChip {
    const chips = [this.#master, this.#slave];
    const programming = [new Programming(this.#master, 'master'), new Programming(this.#slave, 'slave')];
    const isElcr = (port: number): boolean => port >= ELCR;
    const slaveOf = (port: number): number => (port >>> 7) & 1;
    return {
      ports: [[0x20, 0x21], [0xa0, 0xa1], [ELCR, ELCR + 1]],
      read: port =>
        isElcr(port) ? chips[port - ELCR].levelTriggered : programming[slaveOf(port)].read((port & 1) !== 0),
      write(port, value) {
        if (!isElcr(port)) return programming[slaveOf(port)].write((port & 1) !== 0, value);
        chips[port - ELCR].levelTriggered = value & ELCR_WRITABLE[port - ELCR];
        chips[port - ELCR].update();
      },
    };
  }
}
