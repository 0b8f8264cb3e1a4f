// Devices given to the guest whole, as the VMM's other parts need to know of them: which ports the processor lets through, which device pages lie
// where in the guest's physical space, who masters memory through whom, and whose events happen without the host's software.
import type {BusMaster, EventSource} from '../devices/bus.ts';

export interface AssignedDevices {
  /** Whether a source's events are an assigned device's own. */
  owns(source: EventSource): boolean;
  /** Whether the PCI function that asks is assigned; its DMA then goes through `memory`. */
  masters(requester: number): boolean;
  readonly memory: BusMaster;
  /** Ports where the guest reaches an assigned device without leaving: inclusive ranges. */
  openPorts(): ReadonlyArray<readonly [first: number, last: number]>;
  /** Host frame of the device page behind a guest frame, or -1. */
  hostFrame(guestFrame: number): number;
  /** The guest moved a base address: what was derived from `openPorts` and from `hostFrame` is to be made anew. Called with guest frames that change. */
  readonly onMoved: Array<(frames: readonly number[]) => void>;
}

/** Memory by whoever masters it: assigned functions through their own way, the device models like the VMM. */
export const masteredBy = (assigned: AssignedDevices, models: BusMaster): BusMaster => {
  const of = (requester: number | undefined): BusMaster => (requester !== undefined && assigned.masters(requester) ? assigned.memory : models);
  return {
    read: (address, into, requester) => of(requester).read(address, into, requester),
    write: (address, from, requester) => of(requester).write(address, from, requester),
  };
};
