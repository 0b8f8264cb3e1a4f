// What the manual leaves undefined after a case, by its row and, for shifts and rotates, its count. Flags by row are in
// cpu/decode/mnemonics.ts; here is what depends on operands. Intel SDM vol. 2, the instructions' own pages.
import {undefinedFlags} from '../cpu/decode/mnemonics.ts';
import {EFLAGS_AF, EFLAGS_ARITHMETIC, EFLAGS_CF, EFLAGS_OF, EFLAGS_PF, EFLAGS_SF, EFLAGS_ZF} from '../x86/flags.ts';
import {EAX, EBX, ECX, EDX} from '../x86/registers.ts';
import type {Case} from './groups.ts';
import {operandWidth} from './operands.ts';

export interface Undefined {
  readonly flags: number;
  /** Registers, each with its undefined bits. */
  readonly registers: ReadonlyArray<readonly [n: number, bits: number]>;
  /** The result lies in memory. */
  readonly memory: boolean;
}

/** The answer is the processor's own: that they run, and touch nothing else, is compared. */
const OWN_ANSWER: Readonly<Record<string, readonly number[]>> = {CPUID: [EAX, ECX, EDX, EBX], RDTSC: [EAX, EDX]};
const ALL = -1;
/** LAR: the bits of the limit in the descriptor's second doubleword. */
const LIMIT_BITS = 0x000f0000;

export function undefinedIn(test: Case): Undefined {
  const {row, operandSize} = test.group;
  const {mnemonic} = row;
  const own = OWN_ANSWER[mnemonic];
  if (own) return {flags: 0, registers: own.map(n => [n, ALL] as const), memory: false};
  if (mnemonic === 'LAR') return {flags: 0, registers: [[test.reg, LIMIT_BITS]], memory: false};
  if (mnemonic === 'BSWAP' && operandSize === 2) return undefinedResult(test, 0);
  if (test.shiftCount < 0) return {flags: undefinedFlags(mnemonic), registers: [], memory: false};
  const width = operandWidth(test.group, row.operands[0]) * 8;
  if (/^SH[LR]D$/.test(mnemonic) && test.shiftCount > width) return undefinedResult(test, EFLAGS_ARITHMETIC);
  return {flags: undefinedAfterShift(mnemonic, test.shiftCount, width), registers: [], memory: false};
}

const undefinedResult = (test: Case, flags: number): Undefined => ({flags, registers: test.rm >= 0 ? [[test.rm, ALL]] : [], memory: test.rm < 0});

/** SDM vol. 2, "SAL/SAR/SHL/SHR", "RCL/RCR/ROL/ROR", "SHLD", flags affected. */
function undefinedAfterShift(mnemonic: string, count: number, width: number): number {
  if (count === 0) return 0;
  const rotates = mnemonic.startsWith('R');
  const lost = /^SH[LR]$/.test(mnemonic) && count >= width ? EFLAGS_CF : 0;
  return (count === 1 ? 0 : EFLAGS_OF) | (rotates ? 0 : EFLAGS_AF) | lost;
}

/** Pages are compared, not addresses: in which order the words of one frame are read is each processor's own. */
export const readsFrame = (mnemonic: string): boolean => /^(RETF|IRET)$/.test(mnemonic);
/** How much of several words is done when one of them faults is each processor's own; ESP says that none is. */
export const partialOnFault = (mnemonic: string): boolean => /^(PUSHA|POPA)$/.test(mnemonic);

const FLAG_NAMES = [[EFLAGS_CF, 'CF'], [EFLAGS_PF, 'PF'], [EFLAGS_AF, 'AF'], [EFLAGS_ZF, 'ZF'], [EFLAGS_SF, 'SF'], [EFLAGS_OF, 'OF']] as const;
const names = (flags: number): string => FLAG_NAMES.filter(([bit]) => (flags & bit) !== 0).map(([, name]) => name).join(' ');

/** What is not compared, by mnemonic, for people. */
export function maskTable(mnemonics: readonly string[]): Record<string, string> {
  const table: Record<string, string> = {};
  for (const mnemonic of mnemonics) {
    const own = OWN_ANSWER[mnemonic];
    if (own) table[mnemonic] = 'the registers that hold the answer';
    else if (undefinedFlags(mnemonic) !== 0) table[mnemonic] = names(undefinedFlags(mnemonic));
    if (/^(SH[LR]|SAR|SH[LR]D|R[OC][LR])$/.test(mnemonic)) table[mnemonic] += '; by count: none of 0, no OF of 1';
    if (/^SH[LR]$/.test(mnemonic)) table[mnemonic] += ', CF too from the operand\'s width on';
    if (/^SH[LR]D$/.test(mnemonic)) table[mnemonic] += ', all and the result beyond the operand\'s width';
    if (partialOnFault(mnemonic)) table[mnemonic] = 'words already moved when one faults';
    if (readsFrame(mnemonic)) table[mnemonic] = 'which word of the frame faulted, within its page';
  }
  return {...table, BSWAP: 'a 16-bit result', LAR: 'bits 19 to 16 of the result', every: 'RF; the RPL of a null selector; error-code bits above U/S of a page fault'};
}
