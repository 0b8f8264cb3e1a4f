// Pieces of the charge schemes that emulators share: what their memory accesses cost and what stands in the place of the
// hardware's own charges.
import {accessesOf} from '../cpu/accesses.ts';
import type {Charges} from '../cpu/charges.ts';
import type {Instruction} from '../cpu/decode/instruction.ts';
import {insteadOf} from '../cpu/charges.ts';
import {costNumber, type CostName} from '../host/costs.ts';
import {NO_COST} from '../ledger/meter.ts';

/** Named charges as the scheme wants them; what occurs no time is left out. */
export function chargesOf(named: Readonly<Partial<Record<CostName, number>>>): Charges {
  const charges: number[] = [];
  for (const name in named) {
    const count = named[name as CostName] as number;
    if (count > 0) charges.push(costNumber[name as CostName], count);
  }
  return charges;
}

/** Each access is a probe of the software TLB, each store besides a test whether it hits code. */
export function accessCharges(instruction: Instruction): {readonly soft_tlb_probe: number; readonly code_write_check: number} {
  const {reads, writes} = accessesOf(instruction);
  return {soft_tlb_probe: reads + writes, code_write_check: writes};
}

const COMPLEX = /^(MUL|IMUL|DIV|IDIV|AAM|AAD|MOVS|CMPS|STOS|LODS|SCAS|INS|OUTS|PUSHA|POPA|ENTER|BOUND|CMPXCHG8B|CPUID|RDTSC|RDPMC|INT3|INTO|INT1)$/;
const STRING = /^(MOVS|CMPS|STOS|LODS|SCAS|INS|OUTS)$/;

/** Needs a routine of its own: multiplication, division, one string step, many words, or system state. */
export function isComplex({row, repeat}: Instruction): boolean {
  if (STRING.test(row.mnemonic)) return repeat === 0;
  return row.sensitivity !== 'innocuous' || COMPLEX.test(row.mnemonic);
}

/** What an emulator does where the hardware would do the left one. A cost of nothing is part of the instruction's own charges. */
export const EMULATED_INSTEAD: Int32Array = insteadOf([
  [costNumber.rep_iteration, costNumber.emulator_execute_complex],
  [costNumber.interrupt_gate, costNumber.emulator_event],
  [costNumber.exception_delivery, costNumber.emulator_event],
  [costNumber.interrupt_delivery, costNumber.emulator_event],
  [costNumber.iret, costNumber.emulator_event],
  [costNumber.iret_same_ring, costNumber.emulator_event],
  [costNumber.walk_reference, costNumber.soft_walk_reference],
  [costNumber.cr_access, NO_COST],
  [costNumber.cr3_write, NO_COST],
  [costNumber.port_io, NO_COST],
  [costNumber.mmio, NO_COST],
  [costNumber.mmio_decode, NO_COST],
]);
