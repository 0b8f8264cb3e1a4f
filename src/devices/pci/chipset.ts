// The chipset around the bus: 440FX host bridge and PIIX3 ISA bridge, whose PIRQ registers route the four PCI interrupt lines to the
// interrupt controllers. Intel 82441FX datasheet, 3.2; Intel 82371SB datasheet, 2.2.5 PIRQRC.
import type {Line} from '../bus.ts';
import {PciFunction} from './function.ts';

const PIRQ_ROUTES = 0x60;
const ROUTE_DISABLED = 0x80;
const LINES = 4;
const INTEL = 0x8086;

export function createHostBridge(): PciFunction {
  return new PciFunction({vendor: INTEL, device: 0x1237, revision: 2, classCode: 0x060000});
}

/** The four PCI interrupt lines, each a wired OR of pins, routed to IRQ lines. */
export class IsaBridge {
  readonly pci = new PciFunction({vendor: INTEL, device: 0x7000, classCode: 0x060100, multifunction: true});
  readonly #setIrq: (irq: number, level: boolean) => void;
  readonly #asserted: Array<Set<number>> = Array.from({length: LINES}, () => new Set<number>());
  readonly #driven = new Set<number>();

  /** @param setIrq drives an input of the interrupt controllers */
  constructor(setIrq: (irq: number, level: boolean) => void) {
    this.#setIrq = setIrq;
    this.pci.config.fill(ROUTE_DISABLED, PIRQ_ROUTES, PIRQ_ROUTES + LINES);
    this.pci.allowWrites(PIRQ_ROUTES, [0x8f, 0x8f, 0x8f, 0x8f]);
    this.pci.onWrite = () => this.#route();
  }

  /** The INTA pin of a slot: lines are swizzled, so that neighbours don't share one. */
  pin(device: number): Line {
    const pirq = (device - 1 + LINES) % LINES;
    return level => {
      if (level) this.#asserted[pirq].add(device);
      else this.#asserted[pirq].delete(device);
      this.#route();
    };
  }

  /** The IRQ that a slot's pin ends at, or 0xff. */
  irqOf(device: number): number {
    const route = this.pci.config[PIRQ_ROUTES + ((device - 1 + LINES) % LINES)];
    return (route & ROUTE_DISABLED) !== 0 ? 0xff : route & 0xf;
  }

  #route(): void {
    const wanted = new Set<number>();
    this.#asserted.forEach((pins, pirq) => {
      const route = this.pci.config[PIRQ_ROUTES + pirq];
      if (pins.size > 0 && (route & ROUTE_DISABLED) === 0) wanted.add(route & 0xf);
    });
    for (const irq of this.#driven) if (!wanted.has(irq)) this.#setIrq(irq, false);
    for (const irq of wanted) if (!this.#driven.has(irq)) this.#setIrq(irq, true);
    this.#driven.clear();
    for (const irq of wanted) this.#driven.add(irq);
  }
}
