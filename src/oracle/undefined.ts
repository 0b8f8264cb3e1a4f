// What the manual leaves undefined after a case, by its row and, for shifts and rotates, its count. Flags by row are in
// cpu/decode/mnemonics.ts; here is what depends on operands. Intel SDM vol. 2, the instructions' own pages.
import {undefinedFlags} from '../cpu/decode/mnemonics.ts';
import {EFLAGS_AF, EFLAGS_ARITHMETIC, EFLAGS_CF, EFLAGS_OF} from '../x86/flags.ts';
import {EAX, EBX, ECX, EDX} from '../x86/registers.ts';
import type {Case} from './groups.ts';
import {operandWidth} from './operands.ts';

export interface Undefined {
  readonly flags: number;
  readonly registers: readonly number[];
  /** The result lies in memory. */
  readonly memory: boolean;
}

/** The answer is the processor's own: that they run, and touch nothing else, is compared. */
const OWN_ANSWER: Readonly<Record<string, readonly number[]>> = {CPUID: [EAX, ECX, EDX, EBX], RDTSC: [EAX, EDX]};

export function undefinedIn(test: Case): Undefined {
  const {row, operandSize} = test.group;
  const {mnemonic} = row;
  const own = OWN_ANSWER[mnemonic];
  if (own) return {flags: 0, registers: own, memory: false};
  if (mnemonic === 'BSWAP' && operandSize === 2) return undefinedResult(test, 0);
  if (test.shiftCount < 0) return {flags: undefinedFlags(mnemonic), registers: [], memory: false};
  const width = operandWidth(test.group, row.operands[0]) * 8;
  if (/^SH[LR]D$/.test(mnemonic) && test.shiftCount > width) return undefinedResult(test, EFLAGS_ARITHMETIC);
  return {flags: undefinedAfterShift(mnemonic, test.shiftCount, width), registers: [], memory: false};
}

const undefinedResult = (test: Case, flags: number): Undefined => ({flags, registers: test.rm >= 0 ? [test.rm] : [], memory: test.rm < 0});

/** SDM vol. 2, "SAL/SAR/SHL/SHR", "RCL/RCR/ROL/ROR", "SHLD", flags affected. */
function undefinedAfterShift(mnemonic: string, count: number, width: number): number {
  if (count === 0) return 0;
  const rotates = /^R/.test(mnemonic);
  const lost = /^SH[LR]$/.test(mnemonic) && count >= width ? EFLAGS_CF : 0;
  return (count === 1 ? 0 : EFLAGS_OF) | (rotates ? 0 : EFLAGS_AF) | lost;
}
