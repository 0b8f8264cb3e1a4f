// Basic blocks: instructions decoded once, kept by physical page, dropped when a line they were decoded from is written.
import {HOST_BASE} from '../memory/layout.ts';
import {CODE_LINE_SHIFT, type PhysicalMemory} from '../memory/physical.ts';
import {DIRECT, type ChargeScheme, type Charges} from './charges.ts';
import {stepsOf, type QuickForm, type Step} from './quick.ts';
import type {Instruction} from './decode/instruction.ts';
import type {Cpu} from './state.ts';

/** One decoded instruction: reads its operands, does its work, changes the state. */
export type Op = (c: Cpu) => void;

export interface DecodedInstruction {
  readonly op: Op;
  readonly quick: QuickForm | null;
  readonly length: number;
  readonly charges: Charges;
  /** No instruction of the same block may follow: control transfers, and whatever must see or may change the exact clock. */
  readonly ends: boolean;
  /** Stands in a block of its own (the marker). */
  readonly alone: boolean;
  /** Guest instructions that have retired when it has: one, but for code that a VMM made. */
  readonly guest: number;
}

/** What an instruction of code that a VMM made stands for: so many guest instructions, and charges beside its own. */
export interface Carried {
  readonly guest: number;
  readonly charges: Charges;
}

export class Block {
  readonly eip: number;
  readonly mode: number;
  readonly ops: readonly Op[];
  /** The same in quick forms, see quick.ts. */
  readonly steps: readonly Step[];
  /** Number of instructions. */
  readonly n: number;
  /** Guest instructions in it, and from instruction k on. */
  readonly guests: number;
  readonly guestsFrom: Int32Array;
  /** Guest instructions the budget must still hold when it is entered. Why: no instruction begins on a spent budget, a VMM's own neither. */
  readonly guestNeed: number;
  /** Guest-clock ticks of all instructions. */
  readonly ticks: number;
  /** Ticks that must be left when it is entered, so that no instruction in it begins when an event is due. */
  readonly need: number;
  /** EIP of each instruction, and of what follows. */
  readonly eips: Int32Array;
  /** What each instruction charges, one after the other, and where those of instruction k begin. */
  readonly charges: Int32Array;
  readonly chargesFrom: Int32Array;
  /** Cost numbers that occur, each with how often: pairs. */
  readonly tally: Int32Array;
  /** Ticks from instruction k on. */
  readonly ticksFrom: Int32Array;
  readonly end: number;
  /** Times entered since the counts were last settled. */
  entries = 0;
  /** Memory offset of the page it was decoded from, -1 once it is dropped. */
  home: number;
  /** The blocks that last followed when it ended and when it jumped; a guess, see `linked` in quick-loop.ts. */
  fallen: Block | null = null;
  taken: Block | null = null;
  /** Another block decoded from the same address for another mode or EIP. */
  alternate: Block | null = null;
  /** Frame and offset within it of the first byte; frame of the second page for an instruction that crosses, else -1. */
  readonly frame: number;
  readonly first: number;
  readonly last: number;
  readonly crossing: number;

  constructor(place: BlockPlace, instructions: readonly DecodedInstruction[], ticksOf: TicksOf) {
    this.eip = place.eip;
    this.mode = place.mode;
    this.frame = place.frame;
    this.first = place.first;
    this.crossing = place.crossing;
    this.home = HOST_BASE + place.frame * 4096;
    this.n = instructions.length;
    this.ops = instructions.map(each => each.op);
    this.steps = stepsOf(instructions.map(each => each.quick));
    this.chargesFrom = new Int32Array(this.n + 1);
    this.eips = new Int32Array(this.n + 1);
    this.ticksFrom = new Int32Array(this.n + 1);
    this.guestsFrom = new Int32Array(this.n + 1);
    let eip = place.eip;
    instructions.forEach((each, at) => {
      this.eips[at] = eip;
      this.chargesFrom[at + 1] = this.chargesFrom[at] + each.charges.length;
      eip = (eip + each.length) | 0;
    });
    this.eips[this.n] = eip;
    this.end = eip;
    this.charges = new Int32Array(this.chargesFrom[this.n]);
    instructions.forEach((each, at) => this.charges.set(each.charges, this.chargesFrom[at]));
    this.tally = tallyOf(this.charges);
    for (let at = this.n - 1; at >= 0; at--) {
      this.ticksFrom[at] = this.ticksFrom[at + 1] + ticksOf(instructions[at].charges, instructions[at].guest);
      this.guestsFrom[at] = this.guestsFrom[at + 1] + instructions[at].guest;
    }
    this.ticks = this.ticksFrom[0];
    this.need = Math.max(this.ticks, this.ticks - this.ticksFrom[Math.max(0, this.n - 1)] + 1);
    this.guests = this.guestsFrom[0];
    this.guestNeed = Math.max(this.guests, this.guests - this.guestsFrom[Math.max(0, this.n - 1)] + 1);
    this.last = Math.min(place.first + ((eip - place.eip) | 0), 4096) - 1;
  }
}

function tallyOf(charges: Int32Array): Int32Array {
  const sums: number[] = [];
  for (let at = 0; at < charges.length; at += 2) {
    let known = 0;
    while (known < sums.length && sums[known] !== charges[at]) known += 2;
    if (known === sums.length) sums.push(charges[at], 0);
    sums[known + 1] += charges[at + 1];
  }
  return Int32Array.from(sums);
}

export interface BlockPlace {
  readonly eip: number;
  readonly mode: number;
  readonly frame: number;
  readonly first: number;
  readonly crossing: number;
}

/** Ticks of the guest clock that an instruction takes. */
type TicksOf = (charges: Charges, guest: number) => number;

interface CodePage {
  readonly at: Array<Block | null>;
  blocks: Block[];
}

/** Why: a copy is ten times faster than filling a new array through a callback. */
const NO_BLOCKS: ReadonlyArray<Block | null> = Array.from({length: 4096}, () => null);

/** No page of any memory holds code yet, for the largest memory seen so far; copied as NO_BLOCKS is. */
let noPages: ReadonlyArray<CodePage | null> = [];

function emptyPages(frames: number): Array<CodePage | null> {
  if (noPages.length < frames) noPages = Array.from({length: frames}, () => null);
  return noPages.slice(0, frames);
}

export class BlockCache {
  readonly pages: Array<CodePage | null>;
  /** Most instructions in a block. */
  readonly maxLength: number;
  readonly #memory: PhysicalMemory;
  readonly #entered: Block[] = [];
  #enteredCount = 0;
  /** Processors to stop after the present instruction when code is dropped. */
  readonly users: Cpu[] = [];
  /**
   * Called before each sensitive instruction that does not trap by itself, when a VMM that compresses rings wants to know:
   * to count it, or to make it trap on a processor that meets Popek and Goldberg's condition. Null = not looked at.
   */
  onSensitive: ((c: Cpu, instruction: Instruction) => void) | null = null;
  /** Called when a frame begins to hold decoded code. */
  onCode: (frame: number) => void = () => {};
  /** Called when a watched line is about to be written; the frame's watches are to be set again. */
  onDrop: (frame: number, line: number) => void = () => {};

  /** What is known of an instruction in a frame that holds code of the VMM's making; null for any other frame. */
  carried: ((frame: number, at: number) => Carried | null) | null = null;
  /** Instructions executed beyond those of the guest: what VMM-made code needs besides. */
  surplus = 0;

  /** What instructions charge: the same whoever decodes the block. To be set before anything is decoded. */
  scheme: ChargeScheme = DIRECT;
  /** Ticks of the guest clock that an instruction with these charges takes. */
  readonly ticksOf: TicksOf;

  constructor(memory: PhysicalMemory, maxLength: number, ticksOf: TicksOf) {
    this.#memory = memory;
    this.maxLength = maxLength;
    this.ticksOf = ticksOf;
    this.pages = emptyPages(memory.frames);
    memory.onCodeWrite = (frame, line) => this.#drop(frame, line);
  }

  /** The block decoded at a memory offset for an EIP and mode, or null. */
  find(offset: number, eip: number, mode: number): Block | null {
    const page = this.pages[(offset - HOST_BASE) >>> 12];
    if (page === null) return null;
    let block = page.at[offset & 4095];
    while (block !== null && (block.eip !== eip || block.mode !== mode)) block = block.alternate;
    return block;
  }

  insert(block: Block): void {
    const page = this.#page(block.frame);
    block.alternate = page.at[block.first];
    page.at[block.first] = block;
    page.blocks.push(block);
    this.mark(block.frame, block.first, block.last);
    if (block.crossing < 0) return;
    this.#page(block.crossing).blocks.push(block);
    this.mark(block.crossing, 0, 15);
  }

  /** Remembers that a block's entries are not settled yet. */
  entered(block: Block): void {
    this.#entered[this.#enteredCount++] = block;
  }

  /** Turns block entries into counts of instruction classes. */
  settle(counts: Float64Array): void {
    for (let at = 0; at < this.#enteredCount; at++) {
      const block = this.#entered[at];
      const {tally, entries} = block;
      for (let pair = 0; pair < tally.length; pair += 2) counts[tally[pair]] += tally[pair + 1] * entries;
      this.surplus += (block.n - block.guests) * entries;
      block.entries = 0;
    }
    this.#enteredCount = 0;
  }

  #page(frame: number): CodePage {
    return (this.pages[frame] ??= {at: NO_BLOCKS.slice(), blocks: []});
  }

  /** Watches bytes of a frame, from first to last, for writes. */
  mark(frame: number, first: number, last: number): void {
    const known = this.#memory.hasCode(frame);
    for (let line = first >>> CODE_LINE_SHIFT; line <= last >>> CODE_LINE_SHIFT; line++) this.#memory.markCode(frame, line);
    if (!known) this.onCode(frame);
  }

  /** Why: entries of a dropped block stay on the list of entered ones, so no count is lost. */
  #drop(frame: number, line: number): void {
    for (const user of this.users) user.limit = 0;
    const page = this.pages[frame];
    if (page !== null) this.#dropFrom(page, frame, line);
    this.#memory.unmarkCode(frame);
    for (const block of page?.blocks ?? []) {
      if (block.frame === frame) this.mark(frame, block.first, block.last);
      if (block.crossing === frame) this.mark(frame, 0, 15);
    }
    this.onDrop(frame, line);
  }

  #dropFrom(page: CodePage, frame: number, line: number): void {
    const touched = (block: Block): boolean => this.#covers(block, frame, line);
    const dropped = page.blocks.filter(touched);
    page.blocks = page.blocks.filter(block => !touched(block));
    for (const block of dropped) this.#forget(block, frame);
  }

  #covers(block: Block, frame: number, line: number): boolean {
    if (block.frame === frame && block.first >>> CODE_LINE_SHIFT <= line && line <= block.last >>> CODE_LINE_SHIFT) return true;
    return block.crossing === frame && line === 0;
  }

  /** Takes a block out of the page it starts in, and out of the other page's list when it crosses. */
  #forget(block: Block, frame: number): void {
    block.home = -1;
    const home = this.pages[block.frame];
    if (home === null) return;
    const others: Block[] = [];
    for (let each = home.at[block.first]; each !== null; each = each.alternate) if (each !== block) others.push(each);
    home.at[block.first] = null;
    for (const each of others) {
      each.alternate = home.at[block.first];
      home.at[block.first] = each;
    }
    if (block.crossing < 0) return;
    const other = this.pages[block.frame === frame ? block.crossing : block.frame];
    if (other) other.blocks = other.blocks.filter(each => each !== block);
  }
}
