// The rows of the table of I/O paths: ways to a disk or a network card, the places where a VMM's parts can live, and the load. Data
// only; a way whose strategy, driver or workload is not there becomes a dash with the reason.
import type {Params} from '../spec.ts';

/** One operation is a request of a disk, or a packet sent or received. */
export const IO_OPERATIONS = ['disk request', 'packet sent', 'packet received'] as const;
export type IoOperation = (typeof IO_OPERATIONS)[number];

export interface IoWay {
  readonly name: string;
  readonly io: string;
  /** Processor and memory strategies where the way needs other ones than asked for. */
  readonly base?: string;
  readonly driver: string;
  /** Bare metal has the same controller, so that the row begins with what it takes there. */
  readonly native?: boolean;
  /** The driver can hand several requests over before it tells the device. */
  readonly batches?: boolean;
}

/** Xen's own kind of guest. */
const PARAVIRTUAL = 'paravirtual+direct-paging';

const DISK_WAYS: readonly IoWay[] = [
  {name: 'emulated IDE, PIO', io: 'emulated', driver: 'ide-pio', native: true},
  {name: 'emulated IDE, DMA', io: 'emulated', driver: 'ide-dma', native: true},
  {name: 'virtio, legacy', io: 'virtio', driver: 'virtio-legacy', batches: true},
  {name: 'virtio, modern', io: 'virtio', driver: 'virtio', batches: true},
  {name: 'xen-ring, unmodified kernel', io: 'xen-ring', driver: 'auto', batches: true},
  {name: 'xen-ring, paravirtual kernel', io: 'xen-ring', base: PARAVIRTUAL, driver: 'auto', batches: true},
  {name: 'passthrough', io: 'passthrough', driver: 'auto'},
];

const CARD_WAYS: readonly IoWay[] = [
  {name: 'emulated e1000', io: 'emulated', driver: 'e1000', native: true},
  {name: 'virtio-net, legacy', io: 'virtio', driver: 'virtio-legacy'},
  {name: 'virtio-net, modern', io: 'virtio', driver: 'virtio'},
  {name: 'netfront, unmodified kernel', io: 'xen-ring', driver: 'auto'},
  {name: 'netfront, paravirtual kernel', io: 'xen-ring', base: PARAVIRTUAL, driver: 'auto'},
  {name: 'passthrough', io: 'passthrough', driver: 'auto'},
  {name: 'passthrough, interrupts by message', io: 'passthrough', driver: 'e1000-msi'},
];

/** Where VMM, device models and back ends live; the second is as in KVM. */
export const ARCHITECTURES = ['hosted', 'hosted[back-end=kernel,pic=kernel]', 'hypervisor', 'hybrid'] as const;

/** How many operations are under way at once, and whether they are handed over together. */
export interface Load {
  readonly name: string;
  readonly depth: number;
  readonly batch: boolean;
}

export const LOADS: readonly Load[] = [
  {name: '1', depth: 1, batch: false}, {name: '32', depth: 32, batch: false}, {name: '32 together', depth: 32, batch: true},
];

interface Measured {
  readonly workload: string;
  readonly ways: readonly IoWay[];
  /** Requests of 4 KiB, packets of a whole frame. */
  readonly params: (way: IoWay, load: Load) => Params;
}

const packets = (workload: string): Measured => ({
  workload, ways: CARD_WAYS, params: ({driver}, {depth}) => ({driver, depth, operations: operationsAt(depth)}),
});

/** Whole windows of requests. */
const operationsAt = (depth: number): number => (depth === 1 ? 100 : 10 * depth);

export const MEASURED: Readonly<Record<IoOperation, Measured>> = {
  'disk request': {
    workload: 'disk', ways: DISK_WAYS,
    params: ({driver}, {depth, batch}) => ({driver, depth, area: 1024, sectors: 8, operations: operationsAt(depth), ...(batch ? {batch: 'on'} : {})}),
  },
  'packet sent': packets('transmit-stream'),
  'packet received': packets('receive-stream'),
};
