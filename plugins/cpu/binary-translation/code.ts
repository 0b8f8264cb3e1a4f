// Code under construction for one translation: the assembler with the guest instruction in hand, so that a point is written as
// what differs from "before this instruction, nothing to undo".
import type {Instruction} from 'worldswitch';
import {Assembler, type Label} from './assembler.ts';
import {AFTER_STI, point, type Callout, type Exit, type Point} from './point.ts';

/** INT with a vector of the monitor's: where its runtime is called. */
const CALLOUT = [0xcd, 0x30] as const;

interface Stub {
  readonly label: Label;
  readonly exit: Exit;
  readonly target: number;
  readonly callout: Callout;
}

export class Code {
  readonly asm = new Assembler();
  /**
   * Offset of each guest instruction that may be gone on with here, by EIP. Not the one behind STI: its points are under the shadow, which
   * a jump to it is not (`sti; 1: jmp 1b`), so that one has a translation of its own.
   */
  readonly places = new Map<number, number>();
  readonly #stubs: Stub[] = [];
  #instruction: Instruction | null = null;
  /** The instruction before was STI. */
  #shadowed = false;
  #sti = false;

  /** From here on code of another guest instruction follows. */
  begin(i: Instruction): void {
    this.#shadowed = this.#sti;
    this.#sti = false;
    this.#instruction = i;
    if (!this.#shadowed) this.places.set(i.eip, this.asm.bytes.length);
  }

  get instruction(): Instruction {
    if (this.#instruction === null) throw new Error('no guest instruction has been begun');
    return this.#instruction;
  }

  /** The present instruction has not retired yet. */
  before(undo = 0, more: Partial<Point> = {}): Point {
    return point(this.instruction.eip, {...more, undo: undo | (this.#shadowed ? AFTER_STI : 0)});
  }

  /** The present instruction retires with this one. */
  retiring(undo = 0): Point {
    return this.before(undo, {guest: 1});
  }

  /** The present instruction has retired, the next one follows it in memory. */
  after(undo = 0): Point {
    return point(this.instruction.next, {undo: undo | (this.#sti ? AFTER_STI : 0)});
  }

  /** From the instruction's end on it is one instruction behind STI. */
  endsInShadow(): void {
    this.#sti = true;
  }

  get inShadow(): boolean {
    return this.#sti;
  }

  /** Calls the VMM. */
  callout(callout: Callout, at: Point): void {
    this.asm.emit({...at, callout, instruction: callout === 'emulate' ? this.#instruction : null}, ...CALLOUT);
  }

  /** The VMM carries the present instruction out. */
  emulate(): void {
    this.callout('emulate', this.before());
  }

  /** A jump, or any relative opcode, to a guest address: to a stub that calls the VMM until the address has a translation. */
  leave(at: Point, opcode: readonly number[], target: number): void {
    const exit: Exit = {site: 0, chainable: !this.#sti};
    const label = this.asm.label();
    exit.site = this.asm.relative({...at, exit}, opcode, label);
    this.#stubs.push({label, exit, target, callout: exit.chainable ? 'chain' : 'dispatch'});
  }

  /** Emits the stubs behind the code. */
  finish(): void {
    for (const {label, exit, target, callout} of this.#stubs) {
      this.asm.place(label);
      const undo = exit.chainable ? 0 : AFTER_STI;
      this.asm.emit(point(target, {undo, callout, exit}), ...CALLOUT);
    }
  }
}
