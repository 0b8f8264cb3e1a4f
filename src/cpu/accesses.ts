// How often an instruction touches memory: operands, stack and descriptors, from the opcode row. A read-modify-write counts as
// one write, for it looks its address up once. Intel SDM vol. 2, the instructions' own pages. What delivers an event or is
// repeated is not here: its accesses are known only when it runs, see `Cpu.spendAccesses`.
import type {Instruction} from './decode/instruction.ts';

export interface Accesses {
  readonly reads: number;
  readonly writes: number;
}

const accesses = (reads: number, writes: number): Accesses => ({reads, writes});
const NONE = accesses(0, 0), ONE_READ = accesses(1, 0), ONE_WRITE = accesses(0, 1);

/** One iteration of each string instruction. */
export const STRING_ACCESSES: Readonly<Record<string, Accesses>> = {
  MOVS: accesses(1, 1), CMPS: accesses(2, 0), STOS: ONE_WRITE, LODS: ONE_READ, SCAS: ONE_READ, INS: ONE_WRITE, OUTS: ONE_READ,
};

/** Beside the operands: stack words, and descriptors as two doublewords each. */
const IMPLIED: Readonly<Record<string, Accesses>> = {
  ...STRING_ACCESSES,
  PUSH: ONE_WRITE, POP: ONE_READ, PUSHA: accesses(0, 8), POPA: accesses(7, 0), PUSHF: ONE_WRITE, POPF: ONE_READ, LEAVE: ONE_READ,
  CALL: ONE_WRITE, RET: ONE_READ, CALLF: accesses(2, 2), JMPF: accesses(2, 0), RETF: accesses(4, 0),
  LDS: accesses(2, 0), LES: accesses(2, 0), LSS: accesses(2, 0), LFS: accesses(2, 0), LGS: accesses(2, 0),
  LLDT: accesses(2, 0), LTR: accesses(2, 1), LAR: accesses(2, 0), LSL: accesses(2, 0), VERR: accesses(2, 0), VERW: accesses(2, 0),
};

/** Have a memory form but do not touch memory. */
const ADDRESS_ONLY = new Set(['LEA', 'NOP', 'INVLPG', 'UD0', 'UD1', 'ESC']);
const READS_FIRST_OPERAND = new Set(['CMP', 'TEST', 'BT', 'MUL', 'DIV', 'IDIV', 'PUSH', 'CALL', 'JMP', 'CALLF', 'JMPF', 'LGDT', 'LIDT', 'LLDT', 'LTR', 'LMSW', 'VERR', 'VERW']);
/** Operands of two doublewords or more. */
const WIDE_OPERAND = new Set(['BOUND', 'LDS', 'LES', 'LSS', 'LFS', 'LGS', 'CALLF', 'JMPF', 'LGDT', 'LIDT', 'SGDT', 'SIDT', 'CMPXCHG8B']);

/** Accesses of one execution; none of the iterations of a repeated string instruction. */
export function accessesOf(i: Instruction): Accesses {
  const {mnemonic} = i.row;
  if (mnemonic in STRING_ACCESSES && i.repeat !== 0) return NONE;
  const implied = mnemonic === 'ENTER' ? framesOf(i) : IMPLIED[mnemonic] ?? NONE;
  const descriptor = loadsSegment(i) ? 2 : 0;
  const operand = operandOf(i);
  return accesses(implied.reads + operand.reads + descriptor, implied.writes + operand.writes);
}

function operandOf({row, memory}: Instruction): Accesses {
  if (memory === null || ADDRESS_ONLY.has(row.mnemonic)) return NONE;
  const width = WIDE_OPERAND.has(row.mnemonic) ? 2 : 1;
  const [first] = row.operands;
  const written = first !== undefined && /^[EMO]/.test(first) && !readsFirst(row.mnemonic, row.operands);
  return written ? accesses(0, width) : accesses(width, 0);
}

/** IMUL reads its only operand, and writes a register in its other forms. */
const readsFirst = (mnemonic: string, operands: readonly string[]): boolean =>
  READS_FIRST_OPERAND.has(mnemonic) || (mnemonic === 'IMUL' && operands.length === 1);

const loadsSegment = ({row}: Instruction): boolean =>
  (row.mnemonic === 'MOV' || row.mnemonic === 'POP') && /^(Sw|ES|SS|DS|FS|GS)$/.test(row.operands[0] ?? '');

/** ENTER pushes EBP, the outer frame pointers and the new one. */
function framesOf({immediate2}: Instruction): Accesses {
  const level = immediate2 & 31;
  return level === 0 ? ONE_WRITE : accesses(level - 1, level + 1);
}
