// Moves a block of ports to where a base address register points.
import type {PortDevice} from '../bus.ts';
import type {PortBus} from '../port-bus.ts';

/** @param block a device whose ports count from 0. Where another device already answers it is not decoded: the guest's mistake. */
export function placer(ports: PortBus, block: PortDevice): (base: number | null) => void {
  let placed: PortDevice | null = null;
  return base => {
    if (placed) ports.remove(placed);
    placed = base === null ? null : movedTo(block, base);
    if (placed && !ports.isFree(placed)) placed = null;
    if (placed) ports.add(placed);
  };
}

const movedTo = (block: PortDevice, base: number): PortDevice => ({
  ports: block.ports.map(([first, last]) => [base + first, base + last] as const),
  ...(block.selects ? {selects: (port: number) => block.selects!(port - base)} : {}),
  readPort: (port, width) => block.readPort(port - base, width),
  writePort: (port, width, value) => block.writePort(port - base, width, value),
});
