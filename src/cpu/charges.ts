// What an instruction charges, decided by whoever executes it: the processor itself charges one cost of the hardware's for
// each, an emulator the steps it takes. Static charges are folded per block when it is decoded; the run loop sees none of this.
import {COST_NAMES} from '../host/costs.ts';
import {NO_COST} from '../ledger/meter.ts';
import type {Instruction} from './decode/instruction.ts';
import type {OpcodeRow} from './decode/row.ts';
import {costClass} from './decode/mnemonics.ts';

/** Pairs of cost number and how often. */
export type Charges = readonly number[];

export interface ChargeScheme {
  /** Charged whenever the instruction runs; taken back when it does not complete. Called once per decode. */
  chargesOf(instruction: Instruction): Charges;
  /** By cost number of the hardware's: the cost charged in its place while instructions run. NO_COST drops it. */
  readonly instead: Int32Array;
  /** Accesses of deliveries, returns and string iterations are charged one by one, as probes of a software TLB. */
  readonly probes: boolean;
}

/** What is charged for bytes that are no instruction, and for the marker. */
export const NO_CHARGES: Charges = [NO_COST, 1];

/** A map that leaves every cost as it is, but for the given pairs. */
export function insteadOf(pairs: ReadonlyArray<readonly [cost: number, charged: number]> = []): Int32Array {
  const map = Int32Array.from({length: COST_NAMES.length + 1}, (_, cost) => cost);
  for (const [cost, charged] of pairs) map[cost] = charged;
  return map;
}

const ONE_OF: readonly Charges[] = Array.from({length: COST_NAMES.length + 1}, (_, cost) => [cost, 1]);

/** By opcode row, found when first decoded. */
const UNLOCKED = new Map<OpcodeRow, Charges>();

/** Direct execution: every instruction is one event of its class. */
export const DIRECT: ChargeScheme = {
  chargesOf({row, lock, memory}) {
    const locked = lock || (row.mnemonic === 'XCHG' && memory !== null);
    if (locked) return ONE_OF[costClass(row.mnemonic, row.operands, true)];
    let charges = UNLOCKED.get(row);
    if (!charges) UNLOCKED.set(row, charges = ONE_OF[costClass(row.mnemonic, row.operands, false)]);
    return charges;
  },
  instead: insteadOf(),
  probes: false,
};
