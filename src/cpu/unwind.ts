// Instructions are charged when their block is entered; what did not complete is given back here.
import {EFLAGS_RF} from '../x86/flags.ts';
import type {Block} from './block.ts';
import type {Cpu} from './state.ts';

/** Takes back what was charged for the instruction that did not complete and those behind it; returns its length. */
export function unwind(c: Cpu): number {
  const {block} = c;
  if (block === null) return 0;
  const {at} = c;
  c.block = null;
  giveBack(c, block, at);
  c.eip = block.eips[at];
  return block.eips[at + 1] - block.eips[at];
}

/** Takes back the charges for the instructions of a block from one on. */
export function giveBack(c: Cpu, block: Block, from: number): void {
  const {counts} = c.meter;
  const {charges} = block;
  for (let at = block.chargesFrom[from]; at < charges.length; at += 2) counts[charges[at]] -= charges[at + 1];
  c.ticksLeft += block.ticksFrom[from];
  c.instructionsLeft += block.guestsFrom[from];
  c.blocks.surplus -= block.n - from - block.guestsFrom[from];
}

/**
 * A REP string instruction that stops between iterations has not retired: it will be entered again. What interrupts it
 * there pushes EFLAGS with RF set. Intel SDM vol. 3B, 17.3.1.1 Instruction-Breakpoint Exception Condition.
 */
export function yieldInstruction(c: Cpu): void {
  unwind(c);
  c.yielded = true;
  c.eflags |= EFLAGS_RF;
  c.lookUp();
}
