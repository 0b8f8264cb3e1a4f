// What the guest believes its processor to be, beside what the processor is: its kernel in ring 0 with its own descriptor
// tables, segment limits, IF and IOPL. Lifting goes from the processor to the belief, lowering back.
import {copyState} from '../../cpu/copy-state.ts';
import {materialize} from '../../cpu/flags.ts';
import type {Cpu} from '../../cpu/state.ts';
import {ATTRIBUTES, DESCRIPTOR_PRESENT, descriptorBase, descriptorLimit} from '../../x86/descriptors.ts';
import {EFLAGS_IF, EFLAGS_IOPL, EFLAGS_VM} from '../../x86/flags.ts';
import {CS, GS, LDTR, SS, TR} from '../../x86/registers.ts';
import type {StateMapping} from '../emulator.ts';
import type {ShadowDescriptors} from './descriptors.ts';
import type {Monitor} from './monitor.ts';
import {compressedAttributes, compressedRing, NOTHING, reachableLimit, RINGS_0_1_3, UNMAPPED_PAGE, viewOf, type RingModel, type View} from './ring-model.ts';

export interface SegmentCache {
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
const same = (a: SegmentCache, b: SegmentCache | undefined): boolean =>
  b !== undefined && a.selector === b.selector && a.base === b.base && a.limit === b.limit && a.attributes === b.attributes;

export class VirtualState implements StateMapping {
  /** IF and IOPL as the guest last set them by something the VMM saw. */
  flags = 0;
  /** Told when the guest changes between its kernel and its programs in the VMM's sight. */
  onPrivilege: (user: boolean) => void = () => {};
  /** The ring the guest was last put in: its kernel's ring of the processor may stand for more than one of its own. */
  #ring = 0;
  readonly #monitor: Monitor;
  readonly #descriptors: ShadowDescriptors;
  readonly #model: RingModel;
  readonly #believed: SegmentCache[] = [];
  readonly #lowered: SegmentCache[] = [];
  readonly #lifted: SegmentCache[] = [];
  readonly #tables = {gdtBase: 0, gdtLimit: 0, idtBase: 0, idtLimit: 0};

  constructor(monitor: Monitor, descriptors: ShadowDescriptors, model: RingModel = RINGS_0_1_3) {
    this.#monitor = monitor;
    this.#descriptors = descriptors;
    this.#model = model;
  }

  /** CS as the guest last had it when the VMM put it into its kernel. */
  get codeSegment(): Readonly<SegmentCache> {
    return this.#believed[CS];
  }

  /** EFLAGS as the guest believes them to be. */
  guestFlags(hardware: Cpu): number {
    return (materialize(hardware) & ~HIDDEN) | this.flags;
  }

  /** The ring the guest believes to be in. */
  ring(hardware: Cpu): number {
    return hardware.cpl === this.#model.kernelRing ? this.#ring : hardware.cpl;
  }

  /** The shadow tables in force. */
  view(hardware: Cpu): View {
    return viewOf(this.#model, this.ring(hardware));
  }

  /** Selector of a segment register, or of LDTR or TR, as the guest believes it to be. */
  selector(hardware: Cpu, segment: number): number {
    return segment > GS ? this.#believed[segment].selector : this.#liftedSelector(hardware, segment, hardware.segSelector[segment]);
  }

  /** The guest's own table registers. */
  get tables(): Readonly<Record<'gdtBase' | 'gdtLimit' | 'idtBase' | 'idtLimit', number>> {
    return this.#tables;
  }

  lift(hardware: Cpu, virtual: Cpu): void {
    copyState(hardware, virtual);
    Object.assign(virtual, this.#tables);
    virtual.eflags = this.guestFlags(hardware);
    virtual.flagKind = 0;
    virtual.setCpl(this.ring(hardware));
    for (let segment = 0; segment <= GS; segment++) {
      this.#lifted[segment] = this.#liftSegment(hardware, segment);
      write(virtual, segment, this.#lifted[segment]);
    }
    write(virtual, LDTR, this.#believed[LDTR]);
    write(virtual, TR, this.#believed[TR]);
  }

  lower(virtual: Cpu, hardware: Cpu): void {
    const {gdtBase, gdtLimit, idtBase, idtLimit} = virtual;
    Object.assign(this.#tables, {gdtBase, gdtLimit, idtBase, idtLimit});
    const loaded = this.#believe(virtual);
    if (loaded > 0) this.#descriptors.loaded(loaded);
    copyState(virtual, hardware);
    this.flags = materialize(virtual) & HIDDEN;
    hardware.eflags = (virtual.eflags & ~EFLAGS_IOPL) | EFLAGS_IF;
    hardware.flagKind = 0;
    this.#ring = virtual.cpl;
    hardware.setCpl(compressedRing(virtual.cpl, this.#model));
    for (let segment = 0; segment <= GS; segment++) {
      const inParagraphs = (virtual.eflags & EFLAGS_VM) !== 0;
      write(hardware, segment, inParagraphs ? this.#believed[segment] : this.#compressSegment(segment, this.#believed[segment]));
      this.#lowered[segment] = read(hardware, segment);
    }
    this.#monitor.install(viewOf(this.#model, this.#ring), (virtual.segAttributes[LDTR] & DESCRIPTOR_PRESENT) !== 0);
    this.onPrivilege(this.#ring === 3);
    hardware.lookUp();
  }

  /** Takes the guest's segments for what it believes; how many were loaded since they were lifted. */
  #believe(virtual: Cpu): number {
    let loaded = 0;
    const switched = this.#believed.length > 0 && !same(read(virtual, TR), this.#believed[TR]) && !same(read(virtual, LDTR), this.#believed[LDTR]);
    for (let segment = 0; segment <= TR; segment++) {
      const now = read(virtual, segment);
      if (segment <= GS && !same(now, this.#lifted[segment])) loaded++;
      this.#believed[segment] = now;
    }
    // Why only both: LTR and LLDT are followed where they are emulated, a task switch changes the two.
    if (switched) this.#descriptors.loadLocal(virtual.segBase[LDTR], virtual.segAttributes[LDTR] === 0 ? -1 : virtual.segLimit[LDTR]);
    return loaded;
  }

  /** Why: a register that still holds what was put there keeps its hidden part, whatever has become of its descriptor. */
  #liftSegment(hardware: Cpu, segment: number): SegmentCache {
    const now = read(hardware, segment);
    if (same(now, this.#lowered[segment])) return this.#believed[segment];
    if ((hardware.eflags & EFLAGS_VM) !== 0) return now;
    const selector = this.#liftedSelector(hardware, segment, now.selector);
    const descriptor = (now.attributes & DESCRIPTOR_PRESENT) === 0 ? null : this.#descriptors.guestDescriptor(now.selector);
    if (descriptor === null) return {...now, selector};
    const {low, high} = descriptor;
    return {selector, base: descriptorBase(low, high), limit: descriptorLimit(low, high), attributes: high & ATTRIBUTES};
  }

  /** CS and SS show the ring. */
  #liftedSelector(hardware: Cpu, segment: number, selector: number): number {
    const shows = (segment === CS || segment === SS) && (selector & 3) === hardware.cpl;
    return shows ? (selector & ~3) | this.ring(hardware) : selector;
  }

  #compressSegment(segment: number, {selector, base, limit, attributes}: SegmentCache): SegmentCache {
    const ringed = segment === CS || segment === SS ? (selector & ~3) | compressedRing(this.#ring, this.#model) : selector;
    const compressed = compressedAttributes(attributes, this.#model, viewOf(this.#model, this.#ring));
    if (this.#model.kernelRing === 3) return {selector: ringed, base, limit, attributes: compressed};
    const reachable = reachableLimit(base, limit, attributes);
    if (reachable !== NOTHING) return {selector: ringed, base, limit: reachable, attributes: compressed};
    // Why: code may not be marked not present, so its first byte is put where nothing is ever mapped.
    if (segment === CS) return {selector: ringed, base: UNMAPPED_PAGE | 0, limit: 0, attributes: compressed};
    return {selector: ringed, base, limit, attributes: compressed & ~DESCRIPTOR_PRESENT};
  }
}
