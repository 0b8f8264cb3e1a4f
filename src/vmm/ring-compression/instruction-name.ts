// What a trapped instruction is called in the tables: the exit reason that hardware assistance would give it, where there is
// one, and a detail in kebab-case.
import type {Instruction} from '../../cpu/decode/instruction.ts';
import type {Cpu} from '../../cpu/state.ts';
import {EDX} from '../../x86/registers.ts';

export interface InstructionName {
  readonly reason: string;
  readonly detail: string;
}

export function nameOf(instruction: Instruction | null, cpu: Cpu): InstructionName {
  if (instruction === null) return {reason: 'EXCEPTION_NMI', detail: 'gp'};
  const {row} = instruction;
  return {reason: row.exit ?? 'EXCEPTION_NMI', detail: detailOf(instruction, cpu)};
}

function detailOf({row, reg, immediate}: Instruction, cpu: Cpu): string {
  const {mnemonic, operands} = row;
  const port = operands.includes('DX') ? cpu.r[EDX] & 0xffff : immediate & 0xff;
  if (mnemonic === 'IN' || mnemonic === 'INS') return `in-0x${port.toString(16)}`;
  if (mnemonic === 'OUT' || mnemonic === 'OUTS') return `out-0x${port.toString(16)}`;
  if (operands[0] === 'Cd') return `write-cr${reg}`;
  if (operands[1] === 'Cd') return `read-cr${reg}`;
  return mnemonic.toLowerCase();
}
