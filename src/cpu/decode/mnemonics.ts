// What follows from a mnemonic alone: cost class, whether it ends a block, whether LOCK is legal, and which arithmetic
// flags the manual leaves undefined. Intel SDM vol. 2, the instructions' own pages; vol. 1, appendix A EFLAGS Cross-Reference.
import {costNumber, type CostName} from '../../host/costs.ts';
import {NO_COST} from '../../ledger/meter.ts';
import {EFLAGS_AF, EFLAGS_CF, EFLAGS_OF, EFLAGS_PF, EFLAGS_SF, EFLAGS_ZF} from '../../x86/flags.ts';

const words = (text: string): readonly string[] => text.split(' ');

const COST_CLASSES: ReadonlyArray<readonly [CostName, string]> = [
  ['insn_multiply', 'MUL IMUL'], ['insn_divide', 'DIV IDIV'], ['insn_string', 'MOVS CMPS STOS LODS SCAS INS OUTS'],
  ['near_call', 'CALL'], ['near_return', 'RET'], ['far_call', 'CALLF JMPF'], ['far_return', 'RETF'],
  ['pushf', 'PUSHF'], ['popf', 'POPF'], ['cli', 'CLI'], ['sti', 'STI'], ['segment_load', 'LDS LES LSS LFS LGS'],
  ['descriptor_table', 'LGDT LIDT LLDT LTR SGDT SIDT SLDT STR LAR LSL VERR VERW'],
  ['cpuid', 'CPUID'], ['rdtsc', 'RDTSC'], ['msr_access', 'RDMSR WRMSR'], ['cr_access', 'CLTS LMSW SMSW'], ['invlpg', 'INVLPG'],
];
const COST_OF = new Map<string, CostName>();
for (const [cost, names] of COST_CLASSES) for (const name of words(names)) COST_OF.set(name, cost);

const LOCKABLE = new Set(words('ADD OR ADC SBB AND SUB XOR NOT NEG INC DEC BTS BTR BTC XCHG XADD CMPXCHG CMPXCHG8B'));
export const isLockable = (mnemonic: string): boolean => LOCKABLE.has(mnemonic);

/** Delivered events charge these; the instruction itself costs nothing more. */
const FREE = new Set(words('INT INT3 INTO INT1 IRET SYSENTER SYSEXIT MARKER'));

/** Cost number of an instruction's class, or NO_COST when its cost is charged by what it does. */
export function costClass(mnemonic: string, operands: readonly string[], locked: boolean): number {
  if (FREE.has(mnemonic)) return NO_COST;
  if (locked) return costNumber.insn_locked;
  if (mnemonic === 'MOV' && operands[0] === 'Cd') return NO_COST;
  if (mnemonic === 'MOV' && operands[1] === 'Cd') return costNumber.cr_access;
  if ((mnemonic === 'MOV' || mnemonic === 'POP') && /^(Sw|ES|SS|DS|FS|GS)$/.test(operands[0])) return costNumber.segment_load;
  return costNumber[COST_OF.get(mnemonic) ?? 'insn_base'];
}

const ENDERS = new Set(words(
  'JMP JMPF CALL CALLF RET RETF IRET INT INT3 INTO INT1 LOOP LOOPE LOOPNE JCXZ HLT CLI STI POPF IN OUT INS OUTS INVLPG CLTS LMSW '
  + 'LGDT LIDT LLDT LTR RDTSC RDMSR WRMSR CPUID LDS LES LSS LFS LGS SYSENTER SYSEXIT WBINVD INVD UD UD0 UD1 UD2 RDPMC VMCALL BOUND',
));

/** Whether nothing may follow it in a block. Loads of segment registers end it only when they change the mode, see execute/segment.ts. */
export function endsBlock(mnemonic: string, operands: readonly string[], repeated: boolean): boolean {
  if (ENDERS.has(mnemonic) || repeated) return true;
  if (mnemonic.startsWith('J')) return true;
  return mnemonic === 'MOV' && /^(Cd|Dd)$/.test(operands[0]);
}

const ALL_BUT_CF = EFLAGS_PF | EFLAGS_AF | EFLAGS_ZF | EFLAGS_SF | EFLAGS_OF;
const UNDEFINED_FLAGS: Readonly<Record<string, number>> = {
  MUL: EFLAGS_PF | EFLAGS_AF | EFLAGS_ZF | EFLAGS_SF, IMUL: EFLAGS_PF | EFLAGS_AF | EFLAGS_ZF | EFLAGS_SF,
  DIV: ALL_BUT_CF | EFLAGS_CF, IDIV: ALL_BUT_CF | EFLAGS_CF,
  AND: EFLAGS_AF, OR: EFLAGS_AF, XOR: EFLAGS_AF, TEST: EFLAGS_AF,
  SHL: EFLAGS_AF | EFLAGS_OF, SHR: EFLAGS_AF | EFLAGS_OF, SAR: EFLAGS_AF | EFLAGS_OF,
  ROL: EFLAGS_OF, ROR: EFLAGS_OF, RCL: EFLAGS_OF, RCR: EFLAGS_OF,
  SHLD: EFLAGS_AF | EFLAGS_OF, SHRD: EFLAGS_AF | EFLAGS_OF,
  BT: ALL_BUT_CF & ~EFLAGS_ZF, BTS: ALL_BUT_CF & ~EFLAGS_ZF, BTR: ALL_BUT_CF & ~EFLAGS_ZF, BTC: ALL_BUT_CF & ~EFLAGS_ZF,
  BSF: (ALL_BUT_CF | EFLAGS_CF) & ~EFLAGS_ZF, BSR: (ALL_BUT_CF | EFLAGS_CF) & ~EFLAGS_ZF,
  DAA: EFLAGS_OF, DAS: EFLAGS_OF,
  AAA: EFLAGS_OF | EFLAGS_SF | EFLAGS_ZF | EFLAGS_PF, AAS: EFLAGS_OF | EFLAGS_SF | EFLAGS_ZF | EFLAGS_PF,
  AAM: EFLAGS_OF | EFLAGS_AF | EFLAGS_CF, AAD: EFLAGS_OF | EFLAGS_AF | EFLAGS_CF,
};

/** Flags that differ between processors after this instruction. OF of a shift or rotate is defined for a count of one. */
export const undefinedFlags = (mnemonic: string): number => UNDEFINED_FLAGS[mnemonic] ?? 0;

const FLAG_WRITERS = new Set(words(
  'ADD OR ADC SBB AND SUB XOR CMP TEST INC DEC NEG MUL IMUL ROL ROR RCL RCR SHL SHR SAR SHLD SHRD BT BTS BTR BTC BSF BSR XADD CMPXCHG CMPXCHG8B '
  + 'CMPS SCAS DAA DAS AAA AAS AAM AAD SAHF CLC STC CMC ARPL LAR LSL VERR VERW POPF IRET',
));

/** Whether it sets any of the arithmetic flags. */
export const writesFlags = (mnemonic: string): boolean => FLAG_WRITERS.has(mnemonic);
