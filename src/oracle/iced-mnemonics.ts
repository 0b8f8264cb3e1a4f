// The mnemonic iced-x86 gives to an instruction we decoded. Ours are the manual's rows; iced names a mnemonic for each width.
import type {Instruction} from '../cpu/decode/instruction.ts';

/** Jcc, SETcc and CMOVcc as iced spells the sixteen conditions. */
const CONDITIONS = ['o', 'no', 'b', 'ae', 'e', 'ne', 'be', 'a', 's', 'ns', 'p', 'np', 'l', 'ge', 'le', 'g'] as const;
const byOperandSize = (half: string, word: string) => ({operandSize}: Instruction): string => (operandSize === 2 ? half : word);
const string = (name: string) => ({row, operandSize}: Instruction): string => {
  const letters = row.operands.find(operand => /^[XY]/.test(operand));
  return name + (letters?.endsWith('b') ? 'b' : operandSize === 2 ? 'w' : 'd');
};
const conditional = (name: string) => ({opcode}: Instruction): string => name + CONDITIONS[opcode & 15];

const SPELLED: Readonly<Record<string, string | ((instruction: Instruction) => string)>> = {
  J: conditional('J'), SET: conditional('Set'), CMOV: conditional('Cmov'),
  MOVS: string('Movs'), CMPS: string('Cmps'), STOS: string('Stos'), LODS: string('Lods'), SCAS: string('Scas'), INS: string('Ins'), OUTS: string('Outs'),
  CBW: byOperandSize('Cbw', 'Cwde'), CWD: byOperandSize('Cwd', 'Cdq'), PUSHA: byOperandSize('Pusha', 'Pushad'), POPA: byOperandSize('Popa', 'Popad'),
  PUSHF: byOperandSize('Pushf', 'Pushfd'), POPF: byOperandSize('Popf', 'Popfd'), IRET: byOperandSize('Iret', 'Iretd'),
  JCXZ: ({addressSize}) => (addressSize === 2 ? 'Jcxz' : 'Jecxz'), XLAT: 'Xlatb', CALLF: 'Call', JMPF: 'Jmp',
};

/** Group C0 /6 and its like are SHL under another encoding, which iced spells SAL. */
const ALIASES: Readonly<Record<string, string>> = {'/6 SHL': 'Sal'};

/** Mnemonics iced may give, lower case aside exactly one. */
export function icedMnemonic(instruction: Instruction): string {
  const {mnemonic, extension} = instruction.row;
  const alias = ALIASES[`/${extension} ${mnemonic}`];
  if (alias) return alias;
  const spelled = SPELLED[mnemonic];
  if (typeof spelled === 'function') return spelled(instruction);
  return spelled ?? mnemonic[0] + mnemonic.slice(1).toLowerCase();
}

/** Reserved long NOPs: iced tells them apart, they all do nothing. */
export const isReservedNop = ({row}: Instruction): boolean => /^0F 1[89A-F]$/.test(row.opcode);
