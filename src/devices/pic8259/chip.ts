// One 8259A: request, mask and in-service registers, and the acknowledge sequence. Its command words are decoded in
// `programming.ts`, the cascade of two chips is wired in `pair.ts`. Intel 8259A datasheet (231468), "Functional
// Description" and "Interrupt Sequence".
//
// Simplification: 8080 mode, which puts a CALL instruction on the bus, is not modelled; no PC uses it.
import type {Line} from '../bus.ts';
import {highest, NONE, rank} from './priority.ts';

/** The level whose vector a chip gives when the request went away before the acknowledge. */
const SPURIOUS = 7;

export class Chip8259 {
  /** Edges not yet acknowledged, one bit for each level. */
  #edges = 0;
  /** The inputs as they stand. */
  #lines = 0;
  /** In-service register. */
  inService = 0;
  /** Interrupt mask register, OCW1. */
  mask = 0;
  /** The level at the bottom of the priority ring. */
  lowest = 7;
  /** ICW2: bits 7 to 3 of the vector. */
  vectorBase = 0;
  /** Levels with a slave behind them (ICW3 of a master); 0 when ICW1 says there is but one chip. */
  slaves = 0;
  /** ICW3 of a slave: the level of the master it answers for. */
  identity = 7;
  /** ICW1.LTIM: every input is level-triggered. */
  allLevel = false;
  /** The chipset's edge/level control register: level-triggered inputs, one bit for each. */
  levelTriggered = 0;
  automaticEoi = false;
  rotateOnAutomaticEoi = false;
  specialFullyNested = false;
  specialMask = false;
  /** Between ICW1 and the last ICW, and before the first, the chip asks for nothing. */
  initialized = false;

  readonly #output: Line;
  #asking = false;

  /** @param output the INT pin */
  constructor(output: Line) {
    this.#output = output;
  }

  /** Drives the input of a level. */
  setLine(level: number, asserted: boolean): void {
    const bit = 1 << level;
    if (asserted === ((this.#lines & bit) !== 0)) return;
    this.#lines ^= bit;
    // An edge is remembered only while its input stays high: "Edge and Level Triggered Modes" of the datasheet.
    this.#edges = asserted ? this.#edges | bit : this.#edges & ~bit;
    this.update();
  }

  /** Interrupt request register: what asks to be served. */
  get requests(): number {
    const level = this.allLevel ? 0xff : this.levelTriggered;
    return (this.#lines & level) | (this.#edges & ~level);
  }

  /** What ICW1 does at once; an input must rise anew to ask again. */
  initialize(allLevel: boolean): void {
    this.#edges = 0;
    this.inService = 0;
    this.mask = 0;
    this.lowest = 7;
    this.slaves = 0;
    this.identity = 7;
    this.allLevel = allLevel;
    this.automaticEoi = false;
    this.rotateOnAutomaticEoi = false;
    this.specialFullyNested = false;
    this.specialMask = false;
    this.initialized = false;
  }

  /** The level that INT stands for now, or NONE. */
  get pending(): number {
    if (!this.initialized) return NONE;
    const level = highest(this.requests & ~this.mask, this.lowest);
    return this.#outranksService(level) ? level : NONE;
  }

  /** To be called after any register changed: drives INT. */
  update(): void {
    const asking = this.pending !== NONE;
    if (asking === this.#asking) return;
    this.#asking = asking;
    this.#output(asking);
  }

  /**
   * Both INTA pulses, as the chip sees them.
   * @returns the level served, or NONE when the request has gone
   */
  acknowledge(): number {
    const level = this.pending;
    if (level !== NONE) this.#serve(level);
    // INT falls with the acknowledge even if more is waiting: an edge-triggered master behind it needs the new edge.
    this.#asking = false;
    this.#output(false);
    this.update();
    return level;
  }

  vector(level: number): number {
    return this.vectorBase | (level === NONE ? SPURIOUS : level);
  }

  /** Ends the service of a level, or of the highest in service. Intel 8259A, "End of Interrupt (EOI)". */
  endOfInterrupt(level: number, rotate: boolean): void {
    if (level === NONE) return;
    this.inService &= ~(1 << level);
    if (rotate) this.lowest = level;
    this.update();
  }

  /** Levels in service that still inhibit others: in special mask mode the masked ones don't. */
  get inhibiting(): number {
    return this.specialMask ? this.inService & ~this.mask : this.inService;
  }

  /** Fully nested: only a level above all in service gets through; special fully nested: a slave's own level as well. */
  #outranksService(level: number): boolean {
    const wanted = rank(level, this.lowest);
    const serving = rank(highest(this.inhibiting, this.lowest), this.lowest);
    if (wanted < serving) return true;
    return wanted === serving && this.specialFullyNested && (this.slaves & (1 << level)) !== 0;
  }

  #serve(level: number): void {
    this.#edges &= ~(1 << level);
    if (!this.automaticEoi) this.inService |= 1 << level;
    else if (this.rotateOnAutomaticEoi) this.lowest = level;
  }
}
