// Which interrupts end at which pins of the I/O APIC, as tables tell it: the ISA bus's by number, a PCI card's where its pin is routed.
import type {PcDevices} from '../../devices/pc.ts';
import {INTERRUPT_LINE, INTERRUPT_PIN} from '../../devices/pci/registers.ts';

export interface Wiring {
  readonly isa: ReadonlyArray<{readonly irq: number; readonly pin: number}>;
  readonly pci: ReadonlyArray<{readonly device: number; readonly pin: number}>;
}

const ISA_IRQS = 16, TIMER = 0, CASCADE = 2, NOT_ROUTED = 0xff;

export function wiringOf({pci: bus}: PcDevices): Wiring {
  const pci = [...bus.functions].flatMap(([slot, {config}]) =>
    (config[INTERRUPT_PIN] !== 0 && config[INTERRUPT_LINE] !== NOT_ROUTED ? [{device: slot >>> 3, pin: config[INTERRUPT_LINE]}] : []));
  const isa = Array.from({length: ISA_IRQS}, (_, irq) => ({irq, pin: irq === TIMER ? CASCADE : irq}));
  return {pci, isa: isa.filter(({irq}) => irq !== CASCADE && pci.every(({pin}) => pin !== irq))};
}
