// What the guest believes its processor to be, beside what the processor is: its kernel in ring 0 with its own descriptor
// tables, segment limits, IF and IOPL. Lifting goes from the processor to the belief, lowering back.
import {copyState} from '../../cpu/copy-state.ts';
import {materialize} from '../../cpu/flags.ts';
import type {Cpu} from '../../cpu/state.ts';
import {DESCRIPTOR_PRESENT, descriptorBase, descriptorLimit} from '../../x86/descriptors.ts';
import {EFLAGS_IF, EFLAGS_IOPL} from '../../x86/flags.ts';
import {CS, GS, LDTR, SS, TR} from '../../x86/registers.ts';
import type {StateMapping} from '../emulator.ts';
import {compressedAttributes, compressedRing, truncatedLimit, type ShadowDescriptors} from './descriptors.ts';
import type {Monitor} from './monitor.ts';

interface SegmentCache {
  selector: number;
  base: number;
  limit: number;
  attributes: number;
}

const HIDDEN = EFLAGS_IF | EFLAGS_IOPL;
const read = (c: Cpu, segment: number): SegmentCache => ({
  selector: c.segSelector[segment], base: c.segBase[segment], limit: c.segLimit[segment], attributes: c.segAttributes[segment],
});
const write = (c: Cpu, segment: number, {selector, base, limit, attributes}: SegmentCache): void =>
  c.setSegment(segment, selector, base, limit, attributes);
const same = (a: SegmentCache, b: SegmentCache): boolean =>
  a.selector === b.selector && a.base === b.base && a.limit === b.limit && a.attributes === b.attributes;

export class VirtualState implements StateMapping {
  /** IF and IOPL as the guest last set them by something the VMM saw. */
  flags = 0;
  /** The ring the guest was last put in: ring 1 of the processor stands for its rings 0 and 1. */
  #ring = 0;
  readonly #monitor: Monitor;
  readonly #descriptors: ShadowDescriptors;
  readonly #believed: SegmentCache[] = [];
  readonly #lowered: SegmentCache[] = [];
  readonly #tables = {gdtBase: 0, gdtLimit: 0, idtBase: 0, idtLimit: 0};

  constructor(monitor: Monitor, descriptors: ShadowDescriptors) {
    this.#monitor = monitor;
    this.#descriptors = descriptors;
  }

  /** The guest's ring while it is not in ring 3. */
  get ring(): number {
    return this.#ring;
  }

  /** CS as the guest last had it when the VMM put it into its kernel. */
  get codeSegment(): Readonly<SegmentCache> {
    return this.#believed[CS];
  }

  /** EFLAGS as the guest believes them to be. */
  guestFlags(hardware: Cpu): number {
    return (materialize(hardware) & ~HIDDEN) | this.flags;
  }

  lift(hardware: Cpu, virtual: Cpu): void {
    copyState(hardware, virtual);
    Object.assign(virtual, this.#tables);
    virtual.eflags = this.guestFlags(hardware);
    virtual.flagKind = 0;
    virtual.setCpl(hardware.cpl === 1 ? this.#ring : hardware.cpl);
    for (let segment = 0; segment <= GS; segment++) write(virtual, segment, this.#liftSegment(hardware, segment));
    write(virtual, LDTR, this.#believed[LDTR]);
    write(virtual, TR, this.#believed[TR]);
  }

  lower(virtual: Cpu, hardware: Cpu): void {
    const {gdtBase, gdtLimit, idtBase, idtLimit} = virtual;
    Object.assign(this.#tables, {gdtBase, gdtLimit, idtBase, idtLimit});
    for (let segment = 0; segment <= TR; segment++) this.#believed[segment] = read(virtual, segment);
    copyState(virtual, hardware);
    this.flags = materialize(virtual) & HIDDEN;
    hardware.eflags = (virtual.eflags & ~EFLAGS_IOPL) | EFLAGS_IF;
    hardware.flagKind = 0;
    this.#ring = virtual.cpl;
    hardware.setCpl(compressedRing(virtual.cpl));
    for (let segment = 0; segment <= GS; segment++) {
      write(hardware, segment, compressSegment(segment, this.#believed[segment], virtual.cpl));
      this.#lowered[segment] = read(hardware, segment);
    }
    hardware.setSegment(LDTR, 0, 0, 0, 0);
    this.#monitor.install();
    hardware.lookUp();
  }

  /** Why: a register that still holds what was put there keeps its hidden part, whatever has become of its descriptor. */
  #liftSegment(hardware: Cpu, segment: number): SegmentCache {
    const now = read(hardware, segment);
    if (same(now, this.#lowered[segment])) return this.#believed[segment];
    const ring = now.selector & 3;
    const selector = (segment === CS || segment === SS) && ring === 1 ? (now.selector & ~3) | this.#ring : now.selector;
    const descriptor = (now.attributes & DESCRIPTOR_PRESENT) === 0 ? null : this.#descriptors.guestDescriptor(now.selector);
    if (descriptor === null) return {...now, selector};
    const {low, high} = descriptor;
    return {selector, base: descriptorBase(low, high), limit: descriptorLimit(low, high), attributes: high & 0x00f0_ff00};
  }
}

function compressSegment(segment: number, {selector, base, limit, attributes}: SegmentCache, cpl: number): SegmentCache {
  const ringed = segment === CS || segment === SS ? (selector & ~3) | compressedRing(cpl) : selector;
  return {selector: ringed, base, limit: truncatedLimit(base, limit, attributes), attributes: compressedAttributes(attributes)};
}
