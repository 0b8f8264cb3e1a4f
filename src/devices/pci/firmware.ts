// What a BIOS does to the bus before it loads anything: interrupt lines routed and their inputs made level-triggered, base addresses
// given out, decoding switched on. SeaBIOS on this chipset gives the same lines. Why at all: Multiboot kernels expect it done.
import type {PortBus} from '../port-bus.ts';
import type {PciBus} from './bus.ts';
import type {IsaBridge} from './chipset.ts';
import {BASE_ADDRESSES, COMMAND, COMMAND_IO, COMMAND_MASTER, COMMAND_MEMORY, INTERRUPT_LINE, INTERRUPT_PIN} from './registers.ts';

const PIRQ_ROUTES = 0x60;
const ROUTES = [10, 10, 11, 11];
const ELCR = 0x4d0;
const FIRST_PORT = 0xc000;
const FIRST_ADDRESS = 0xfeb0_0000;

export function programPci(bus: PciBus, bridge: IsaBridge, ports: PortBus): void {
  ROUTES.forEach((irq, pirq) => bridge.pci.writeConfig(PIRQ_ROUTES + pirq, 1, irq));
  const level = ROUTES.reduce((mask, irq) => mask | (1 << irq), 0);
  ports.write(ELCR, 1, level & 0xff);
  ports.write(ELCR + 1, 1, level >>> 8);
  const next = {io: FIRST_PORT, memory: FIRST_ADDRESS};
  for (const [number, pciFunction] of bus.functions) {
    pciFunction.baseAddresses.forEach((bar, index) => {
      if (bar === null) return;
      const base = (next[bar.space] + bar.size - 1) & ~(bar.size - 1);
      pciFunction.writeConfig(BASE_ADDRESSES + index * 4, 4, base >>> 0);
      next[bar.space] = (base >>> 0) + bar.size;
    });
    const wants = pciFunction.baseAddresses.some(bar => bar !== null);
    if (wants) pciFunction.writeConfig(COMMAND, 2, COMMAND_IO | COMMAND_MEMORY | COMMAND_MASTER);
    if (pciFunction.config[INTERRUPT_PIN] !== 0) pciFunction.writeConfig(INTERRUPT_LINE, 1, bridge.irqOf(number >>> 3));
  }
}
