// Where the registers of assigned functions lie: in the machine, where the host put them, and in the guest's own port and memory space. A port is
// open to the guest where both agree, for the processor's bitmap cannot move one; a page can lie anywhere.
import {BASE_ADDRESSES} from 'worldswitch';
import type {AssignableFunction, Vmm} from 'worldswitch';
import {GuestFunction} from './guest-function.ts';

/** What a place in the guest's space leads to: a place of the machine, or one of these. */
export const NOT_ASSIGNED = -1, NOBODY = -2;

/** One base address of an assigned function. */
interface Range {
  readonly space: 'io' | 'memory';
  readonly size: number;
  /** Where the host put it. */
  readonly real: number;
  /** Where the guest decodes it; null when it does not. */
  guest: number | null;
}

/** Where the host's own firmware gives out memory addresses: not where the guest's does. */
const HOST_WINDOW = 0xe000_0000;
const PAGE = 4096;

export class Resources {
  readonly #vmm: Vmm;
  readonly #ranges: Range[] = [];
  /** What the guest sees of each function. */
  readonly guestFunctions = new Map<AssignableFunction, GuestFunction>();
  readonly #fixed: ReadonlyArray<readonly [first: number, last: number]>;
  #nextAddress = HOST_WINDOW;
  /** Told of guest frames that lead elsewhere now, when anything has moved. */
  onMoved: (frames: readonly number[]) => void = () => {};

  constructor(vmm: Vmm, functions: readonly AssignableFunction[]) {
    this.#vmm = vmm;
    this.#fixed = functions.flatMap(({fixedPorts}) => fixedPorts);
    for (const assigned of functions) this.#take(assigned);
  }

  /** The machine's port behind one of the guest's. */
  port(port: number): number {
    if (this.#fixed.some(([first, last]) => port >= first && port <= last)) return port;
    return this.#behind('io', port);
  }

  address(address: number): number {
    return this.#behind('memory', address);
  }

  openPorts(): ReadonlyArray<readonly [first: number, last: number]> {
    const moved = this.#ranges.filter(({space, real, guest}) => space === 'io' && real === guest);
    return [...this.#fixed, ...moved.map(({real, size}) => [real, real + size - 1] as const)];
  }

  /** Host frame behind a guest frame that is a device's as a whole, or -1. */
  hostFrame(guestFrame: number): number {
    const address = guestFrame * PAGE;
    const range = this.#ranges.find(({space, size, guest}) => space === 'memory' && size >= PAGE && guest !== null && address >= guest && address < guest + size);
    return range ? (range.real + address - range.guest!) / PAGE : -1;
  }

  /** Shows the guest its own view of a function, then moves the real one's memory out of the guest's way. */
  #take(assigned: AssignableFunction): void {
    const {pci, slot} = assigned;
    const own = pci.baseAddresses.map((bar, index): Range | null => bar && {space: bar.space, size: bar.size, real: this.#realBase(assigned, index), guest: null});
    this.#ranges.push(...own.filter(range => range !== null));
    const guestFunction = new GuestFunction(assigned, (index, base) => this.#place(own[index]!, base));
    pci.baseAddresses.forEach((bar, index) => {
      if (bar?.space === 'memory') pci.writeConfig(BASE_ADDRESSES + index * 4, 4, own[index]!.real);
    });
    this.guestFunctions.set(assigned, guestFunction);
    this.#vmm.platform.devices.pci.replace(slot, guestFunction);
  }

  #realBase({pci}: AssignableFunction, index: number): number {
    const bar = pci.baseAddresses[index]!;
    if (bar.space === 'io') return (pci.readConfig(BASE_ADDRESSES + index * 4, 4) & ~(bar.size - 1)) >>> 0;
    const base = Math.ceil(this.#nextAddress / bar.size) * bar.size;
    this.#nextAddress = base + bar.size;
    return base;
  }

  #place(range: Range, base: number | null): void {
    const before = range.guest;
    range.guest = base === null || (range.space === 'io' && !this.#isFree(base, range)) ? null : base;
    this.onMoved(range.space === 'memory' ? [...framesOf(before, range.size), ...framesOf(range.guest, range.size)] : []);
  }

  /** As on the bus: ports where another device answers already are not decoded. */
  #isFree(base: number, {real, size}: Range): boolean {
    const {ports} = this.#vmm.platform.devices;
    for (let port = base; port < base + size; port++) if (ports.has(port) && !(port >= real && port < real + size)) return false;
    return true;
  }

  /** What the host gave a function elsewhere is nobody's in the guest's space. */
  #behind(space: Range['space'], place: number): number {
    const ours = this.#ranges.filter(range => range.space === space);
    const range = ours.find(({guest, size}) => guest !== null && place >= guest && place < guest + size);
    if (range) return range.real + place - range.guest!;
    return ours.some(({real, size}) => place >= real && place < real + size) ? NOBODY : NOT_ASSIGNED;
  }
}

function framesOf(base: number | null, size: number): number[] {
  return base === null ? [] : Array.from({length: Math.ceil(size / PAGE)}, (_, index) => base / PAGE + index).filter(Number.isInteger);
}
