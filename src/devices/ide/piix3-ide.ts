// The IDE function of the PIIX3: two channels at their legacy ports, one bus master each behind base address 4.
// Intel 82371SB datasheet, 2.3 PCI Configuration Registers (Function 1), 2.4 and 2.7.
import type {BusMaster, DeviceClock, Line} from '../bus.ts';
import {byteWide} from '../byte-wide.ts';
import type {DiskUnit} from '../disk/disk.ts';
import {PciFunction} from '../pci/function.ts';
import {placer} from '../pci/placer.ts';
import type {PortBus} from '../port-bus.ts';
import {IdeBusMaster} from './bus-master.ts';
import {IdeChannel} from './channel.ts';

const CHANNELS = [
  {commandPort: 0x1f0, controlPort: 0x3f6, irq: 14},
  {commandPort: 0x170, controlPort: 0x376, irq: 15},
] as const;
/** Ports that no base address moves: inclusive ranges. */
export const IDE_PORTS = CHANNELS.flatMap(({commandPort, controlPort}) => [[commandPort, commandPort + 7] as const, [controlPort, controlPort] as const]);
const TIMING = 0x40;
const ENABLED = 0x80;
const MASTERS_SIZE = 16;

export interface Piix3IdeParts {
  readonly clock: DeviceClock;
  readonly memory: BusMaster;
  readonly ports: PortBus;
  readonly irq: (irq: number) => Line;
  /** Primary master and slave, secondary master and slave. */
  readonly units: ReadonlyArray<DiskUnit | null>;
}

/** Puts the channels on the port bus: the PCI function that moves the bus masters, and how to take every drive away. */
export function createPiix3Ide({clock, memory, ports, irq, units}: Piix3IdeParts): {readonly pci: PciFunction; readonly detach: () => void} {
  const masters: IdeBusMaster[] = [];
  const channels: IdeChannel[] = [];
  const block = byteWide({
    ports: [[0, MASTERS_SIZE - 1]],
    read: port => masters[(port >>> 3) & 1].read(port & 7),
    write: (port, value) => masters[(port >>> 3) & 1].write(port & 7, value),
  });
  const pci = new PciFunction({vendor: 0x8086, device: 0x7010, classCode: 0x010180}, [
    null, null, null, null, {space: 'io', size: MASTERS_SIZE, place: placer(ports, block)},
  ]);
  pci.allowWrites(TIMING, [0xff, 0xff, 0xff, 0xff]);
  pci.config[TIMING + 1] = ENABLED;
  pci.config[TIMING + 3] = ENABLED;
  CHANNELS.forEach((place, index) => {
    const channel: IdeChannel = new IdeChannel({
      ...place, clock, interrupt: irq(place.irq), drives: [units[index * 2] ?? null, units[index * 2 + 1] ?? null],
      dmaReady: () => masters[index].attend(), raised: () => masters[index].interruptRaised(),
    });
    masters.push(new IdeBusMaster(memory, () => channel.selected?.dma ?? null, () => pci.mayMaster));
    channels.push(channel);
    ports.add(channel.device);
  });
  return {pci, detach: () => { for (const channel of channels) channel.detach(); }};
}

