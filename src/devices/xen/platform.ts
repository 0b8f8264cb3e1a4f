// Xen's platform device on the PCI bus, by which a guest in a hardware virtual machine knows that front ends may drive its disk and network, and
// the port by which it has the emulated controllers taken away. Xen, docs/misc/hvm-emulated-unplug.pandoc; public/hvm/pvdrivers.h.
import type {PortDevice} from '../bus.ts';
import {PciFunction} from '../pci/function.ts';
import {floating} from '../port-bus.ts';

const VENDOR = 0x5853, DEVICE = 0x0001;
const UNPLUG_PORT = 0x10, VERSION_PORT = 0x12;
const MAGIC = 0x49d2, VERSION = 1;
const ALL_DRIVES = 1, ALL_CARDS = 2;
/** Deviation: the real device has 16 MiB of empty address space for the guest to put shared pages into, which is more than the firmware's window here. */
const SPACE = 1 << 20;

interface Emulated {
  readonly drives: () => void;
  readonly cards: () => void;
}

export class XenPlatform {
  readonly pci = new PciFunction({vendor: VENDOR, device: DEVICE, revision: 1, classCode: 0xff8000, subsystem: [VENDOR, DEVICE], interrupts: true}, [
    {space: 'io', size: 256, place() {}}, {space: 'memory', size: SPACE, place() {}},
  ]);
  readonly unplug: PortDevice;

  constructor(emulated: Emulated) {
    this.unplug = {
      ports: [[UNPLUG_PORT, UNPLUG_PORT + 3]],
      readPort: (port, width) => (port === UNPLUG_PORT && width === 2 ? MAGIC : port === VERSION_PORT && width === 1 ? VERSION : floating(width)),
      writePort(port, width, value) {
        if (port !== UNPLUG_PORT || width !== 2) return;
        if ((value & ALL_DRIVES) !== 0) emulated.drives();
        if ((value & ALL_CARDS) !== 0) emulated.cards();
      },
    };
  }
}
