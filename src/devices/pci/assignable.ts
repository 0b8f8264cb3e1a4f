// A PCI function that a VMM may give to a guest whole: what it answers to, who it is when it masters the bus, and its interrupt lines, which
// whoever assigns it puts himself into.
import type {BusMaster, EventSource, Line} from '../bus.ts';
import type {Slot} from './bus.ts';
import type {PciFunction} from './function.ts';

interface Assignable {
  readonly slot: Slot;
  /** Whose events are this function's. */
  readonly source: EventSource;
  /** Ports that no base address moves: inclusive ranges. */
  readonly fixedPorts: ReadonlyArray<readonly [first: number, last: number]>;
}

export class AssignableFunction {
  readonly slot: Slot;
  readonly source: EventSource;
  readonly fixedPorts: Assignable['fixedPorts'];
  /** Device and function number, by which a remapping unit knows it. */
  readonly requester: number;
  /** Set by whoever builds the function. */
  pci!: PciFunction;
  /** A line of the function's changes; on bare metal it goes straight to the interrupt controller. */
  onInterrupt: (drive: Line, level: boolean) => void = (drive, level) => drive(level);

  constructor({slot, source, fixedPorts}: Assignable) {
    this.slot = slot;
    this.source = source;
    this.fixedPorts = fixedPorts;
    this.requester = (slot.device << 3) | slot.function;
  }

  /** Memory as this function masters it. */
  mastering(memory: BusMaster): BusMaster {
    return {read: (address, into) => memory.read(address, into, this.requester), write: (address, from) => memory.write(address, from, this.requester)};
  }

  line(drive: Line): Line {
    return level => this.onInterrupt(drive, level);
  }
}
