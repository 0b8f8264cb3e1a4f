// What of the manual the processor is, section by section: what is there, what is missing, and which tests vouch for it. Instruction
// sections list their mnemonics; the rows of the opcode table are counted, so that none can be claimed that is not decoded.
// Intel SDM vol. 1, chapter 5 Instruction Set Summary; vol. 3A to 3C.
import {OPCODE_ROWS} from './decode/table.ts';

export interface CoveredSection {
  readonly section: string;
  readonly title: string;
  /** Mnemonics of the opcode table, for a section of instructions. */
  readonly mnemonics?: readonly string[];
  /** What is missing; empty where nothing is. */
  readonly missing: string;
  /** `file: part of a test's title`; empty where nothing is claimed. */
  readonly tests: readonly string[];
}

const words = (text: string): readonly string[] => text.split(' ');
const NATIVE = 'src/oracle/native.test.ts: every case leaves the model as it left the processor';
const DECODER = 'src/oracle/decoder.test.ts: every row';
const qemu = (title: string): string => `src/oracle/qemu/qemu.test.ts: ${title}`;

const instructions = (section: string, title: string, mnemonics: string, missing = '', tests: readonly string[] = [NATIVE]): CoveredSection =>
  ({section: `vol. 1, ${section}`, title, mnemonics: words(mnemonics), missing, tests: [...tests, DECODER]});
const chapter = (section: string, title: string, missing: string, ...tests: readonly string[]): CoveredSection => ({section, title, missing, tests});

export const COVERAGE: readonly CoveredSection[] = [
  instructions('5.1.1', 'Data Transfer Instructions', 'MOV CMOV XCHG BSWAP XADD CMPXCHG CMPXCHG8B PUSH POP PUSHA POPA CWD CBW MOVSX MOVZX'),
  instructions('5.1.2', 'Binary Arithmetic Instructions', 'ADD ADC SUB SBB IMUL MUL IDIV DIV INC DEC NEG CMP'),
  instructions('5.1.3', 'Decimal Arithmetic Instructions', 'DAA DAS AAA AAS AAM AAD'),
  instructions('5.1.4', 'Logical Instructions', 'AND OR XOR NOT'),
  instructions('5.1.5', 'Shift and Rotate Instructions', 'SAR SHR SHL SHRD SHLD ROR ROL RCR RCL'),
  instructions('5.1.6', 'Bit and Byte Instructions', 'BT BTS BTR BTC BSF BSR SET TEST'),
  instructions('5.1.7', 'Control Transfer Instructions', 'JMP J JCXZ LOOP LOOPE LOOPNE CALL RET JMPF CALLF RETF IRET INT INT3 INT1 INTO BOUND', '', [NATIVE, qemu('5.8: IRET, RETF, far JMP and far CALL')]),
  instructions('5.1.8', 'String Instructions', 'MOVS CMPS SCAS LODS STOS'),
  instructions('5.1.9', 'I/O Instructions', 'IN OUT INS OUTS', '', [NATIVE, qemu('6.8 and vol. 1, 19.5')]),
  instructions('5.1.10', 'Enter and Leave Instructions', 'ENTER LEAVE'),
  instructions('5.1.11', 'Flag Control (EFLAG) Instructions', 'STC CLC CMC CLD STD LAHF SAHF SALC PUSHF POPF STI CLI'),
  instructions('5.1.12', 'Segment Register Instructions', 'LDS LES LFS LGS LSS'),
  instructions('5.1.13', 'Miscellaneous Instructions', 'LEA NOP UD0 UD1 UD2 XLAT CPUID'),
  instructions('5.2', 'x87 FPU Instructions', 'ESC WAIT', 'no coprocessor: #NM or #UD as CR0.EM and CR0.TS ask, so that emulation in software works', [qemu('chapter 6: every vector')]),
  chapter('vol. 1, 5.4 to 5.16', 'MMX, SSE and later extensions', 'none of them; CPUID names none'),
  instructions('5.20', 'System Instructions', 'CLTS LGDT SGDT LLDT SLDT LIDT SIDT LTR STR LMSW SMSW ARPL LAR LSL VERR VERW INVD WBINVD INVLPG HLT RDMSR WRMSR RDPMC RDTSC SYSENTER SYSEXIT VMCALL',
    'RSM, MONITOR, MWAIT, XSETBV; RDPMC has no counters and raises #GP', [qemu('5.9, 5.10 and 2.5'), qemu('17.2 and 17.3')]),

  chapter('vol. 3A, 2.5', 'Control Registers', 'CR4.VME, PVI, MCE, OSFXSR and later bits raise #GP', qemu('5.9, 5.10 and 2.5'), qemu('every probe of')),
  chapter('vol. 3A, 3.4', 'Logical and Linear Addresses', 'IA-32e mode', qemu('every probe of')),
  chapter('vol. 3A, 4.3', '32-Bit Paging', 'PSE-36', qemu('4.6 to 4.10')),
  chapter('vol. 3A, 4.4', 'PAE Paging', 'execute-disable (IA32_EFER.NXE)', qemu('4.4: PAE paging')),
  chapter('vol. 3A, 4.5', '4-Level Paging', 'IA-32e mode'),
  chapter('vol. 3A, 4.6 to 4.9', 'Access Rights, Page-Fault Exceptions, Accessed and Dirty Flags', 'SMEP, SMAP, protection keys, PAT', qemu('4.6 to 4.10')),
  chapter('vol. 3A, 4.10', 'Caching Translation Information', 'PCID', 'src/memory/tlb.test.ts: ', 'src/memory/walk.test.ts: '),
  chapter('vol. 3A, 5.3 and 5.4', 'Limit Checking and Type Checking', '', qemu('every probe of')),
  chapter('vol. 3A, 5.8', 'Privilege Level Checking When Transferring Program Control Between Code Segments', '', qemu('5.8: IRET, RETF'), qemu('chapter 7 and 5.8.4')),
  chapter('vol. 3A, 5.8.7', 'SYSENTER and SYSEXIT', '', qemu('17.2 and 17.3')),
  chapter('vol. 3A, 6.3 to 6.15', 'Interrupts and Exceptions', '#MF, #XM, #MC: nothing raises them', qemu('chapter 6: every vector'), 'src/cpu/execute/fault-order.test.ts: '),
  chapter('vol. 3A, 6.7', 'Nonmaskable Interrupt (NMI)', 'no device of the board raises one', 'src/cpu/nmi.test.ts: an NMI'),
  chapter('vol. 3A, 6.8', 'Enabling and Disabling Interrupts', '', qemu('6.8 and vol. 1, 19.5')),
  chapter('vol. 3A, 6.15, Interrupt 17', 'Alignment Check Exception (#AC)', '', 'src/cpu/alignment.test.ts: alignment'),
  chapter('vol. 3A, chapter 7', 'Task Management', '', qemu('chapter 7 and 5.8.4'), 'src/lab/privileged.test.ts: exceptions, transfers and rights'),
  chapter('vol. 3A, chapter 8', 'Multiple-Processor Management', 'one processor'),
  chapter('vol. 3A, 9.9', 'Mode Switching', '', qemu('20.1: real mode')),
  chapter('vol. 3A, chapter 11', 'Memory Cache Control', 'no caches, no MTRRs, no PAT'),
  chapter('vol. 3B, chapter 15', 'Machine-Check Architecture', 'not there'),
  chapter('vol. 3B, 17.2 and 17.3', 'Debug Registers and Debug Exceptions', '', qemu('17.2 and 17.3'), 'src/lab/privileged.test.ts: and under ring compression'),
  chapter('vol. 3B, 17.4', 'Last Branch, Interrupt, and Exception Recording', 'not there'),
  chapter('vol. 3B, 17.17', 'Time-Stamp Counter', 'TSC_AUX', 'src/lab/exits.test.ts: '),
  chapter('vol. 3B, chapter 18', 'Performance Monitoring', 'no counters'),
  chapter('vol. 3B, 20.1', 'Real-Address Mode', '', qemu('20.1: real mode'), 'src/fuzz/instructions/instructions.test.ts: random instructions'),
  chapter('vol. 3B, 20.2', 'Virtual-8086 Mode', '', qemu('20.2: virtual-8086 mode'), 'src/fuzz/instructions/instructions.test.ts: random instructions'),
  chapter('vol. 3B, 20.3', 'Interrupt and Exception Handling in Virtual-8086 Mode (VME)', 'CPUID does not name it, CR4.VME raises #GP'),
  chapter('vol. 3C, chapters 24 to 27', 'Virtual-Machine Control Structures, Entries, Exits', 'the VMM\'s own VMX instructions: it is not executed', 'src/cpu/entry-checks/entry-checks.test.ts: every rule has a case', 'src/cpu/nonroot.test.ts: '),
  chapter('vol. 3C, 25.4.2', 'Treatment of Task Switches', '', 'src/lab/privileged.test.ts: exceptions, transfers and rights'),
  chapter('vol. 3C, 28.2', 'The Extended Page Table Mechanism (EPT)', 'memory types', 'src/memory/walk.test.ts: '),
  chapter('vol. 3C, chapter 34', 'System Management Mode', 'not there'),
];

/** Rows of the opcode table behind a section. */
export const rowsOf = ({mnemonics = []}: CoveredSection): number => OPCODE_ROWS.filter(({mnemonic}) => mnemonics.includes(mnemonic)).length;

/** Nothing at all is there. */
export const isAbsent = ({tests}: CoveredSection): boolean => tests.length === 0;
