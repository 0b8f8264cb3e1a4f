// A virtio device as a transitional PCI card: the legacy registers behind an I/O base address, the 1.0 structures behind a memory one; the
// driver chooses. OASIS virtio 1.2, 4.1.2 PCI Device Discovery.
import {placer} from '../pci/placer.ts';
import {PciFunction} from '../pci/function.ts';
import {MSIX_SIZE, MsiX} from '../pci/msix.ts';
import type {MemoryBus} from '../memory-bus.ts';
import type {PortBus} from '../port-bus.ts';
import type {VirtioDevice} from './device.ts';
import {LEGACY_DOORBELL, LEGACY_SIZE, LegacyTransport} from './legacy-transport.ts';
import {describeModern, DOORBELLS, MODERN_SIZE, ModernTransport} from './modern-transport.ts';

const VENDOR = 0x1af4;
/** Transitional device IDs. */
const FIRST_TRANSITIONAL = 0x0fff;
const MODERN_BAR = 4;
const MSIX_BAR = 1, MSIX = 0x98;

export function virtioCard(virtio: VirtioDevice, {ports, memory}: {ports: PortBus; memory: MemoryBus}): PciFunction {
  const legacy = new LegacyTransport(virtio);
  const placeLegacy = placer(ports, legacy.device);
  const modern = new ModernTransport(virtio);
  const pci = new PciFunction({
    vendor: VENDOR, device: FIRST_TRANSITIONAL + virtio.kind.id, classCode: virtio.kind.classCode, subsystem: [VENDOR, virtio.kind.id], interrupts: true,
  }, [
    {
      space: 'io', size: LEGACY_SIZE,
      place(base) {
        placeLegacy(base);
        virtio.doorbells.port = base === null ? -1 : base + LEGACY_DOORBELL;
      },
    },
    {
      space: 'memory', size: MSIX_SIZE,
      place(base) {
        memory.unmap(messages);
        if (base !== null) memory.map(base, MSIX_SIZE, messages);
      },
    }, null, null,
    {
      space: 'memory', size: MODERN_SIZE,
      place(base) {
        memory.unmap(modern);
        if (base !== null) memory.map(base, MODERN_SIZE, modern);
        Object.assign(virtio.doorbells, {memory: base === null ? -1 : base + DOORBELLS.offset, bytes: DOORBELLS.bytes});
      },
    },
  ]);
  describeModern(pci, MODERN_BAR);
  const messages = new MsiX(pci, {offset: MSIX, bar: MSIX_BAR, vectors: virtio.kind.queueSizes.length + 1, memory: virtio.memory});
  pci.messages = virtio.messages = messages;
  pci.onWrite = () => messages.unmasked();
  virtio.interrupt = level => pci.setInterrupt(level);
  return pci;
}
