// Which instruction cases there are: for every row of the opcode table that ring 3 can execute, one group for each form,
// operand size and prefix that is legal; and the rows that are left out, with the reason.
import type {OpcodeRow} from '../cpu/decode/row.ts';
import {opcodeBytes, OPCODE_ROWS} from '../cpu/decode/table.ts';
import type {Patch} from './window.ts';

export interface Group {
  /** As `--show` takes it: opcode, form and operand size in bits, prefix. */
  readonly key: string;
  readonly row: OpcodeRow;
  readonly form: 'register' | 'memory' | 'implied';
  readonly operandSize: 2 | 4;
  /** 0, or LOCK, REPNE, REP. */
  readonly prefix: number;
  readonly count: number;
}

/** One instruction with everything it can see. */
export interface Case {
  readonly group: Group;
  readonly index: number;
  /** The instruction under test; a comparison may stand before it. */
  readonly bytes: Uint8Array;
  readonly eip: number;
  readonly registers: Int32Array;
  readonly eflags: number;
  /** Selectors in encoding order. */
  readonly segments: Int32Array;
  readonly patches: readonly Patch[];
  /** Shift count, or -1. */
  readonly shiftCount: number;
  /** Register of the r/m operand, or -1 when it is in memory. */
  readonly rm: number;
  readonly reg: number;
}

export const LOCK = 0xf0, REPNE = 0xf2, REP = 0xf3;
const PREFIX_NAMES: Readonly<Record<number, string>> = {0: '', [LOCK]: ' lock', [REPNE]: ' repne', [REP]: ' rep'};
const STRING = /^(MOVS|CMPS|STOS|LODS|SCAS|INS|OUTS)$/;
export const isString = (row: OpcodeRow): boolean => STRING.test(row.mnemonic);

const SHOWS_TABLES = 'its result is the host kernel\'s own state, and kernels with UMIP answer it in software';
/** Why a row has no cases. A mnemonic missing here has some. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  SGDT: SHOWS_TABLES, SIDT: SHOWS_TABLES, SLDT: SHOWS_TABLES, STR: SHOWS_TABLES, SMSW: SHOWS_TABLES,
  INT1: 'a hypervisor that intercepts it may report the address of the instruction itself, as the one it was written on does',
  VMCALL: 'a hypervisor answers it',
  SYSENTER: 'a system call of the host, where it is none it is undefined', SYSEXIT: 'AMD processors do not have it in long mode',
  ESC: 'the model has no coprocessor, a process has one',
};

/** Single values within rows that are never asked for. */
export const NEVER_ASKED: readonly string[] = [
  'INT 80h: a system call', 'LOCK MOV CRn: names CR8 on AMD processors', 'LOCK VERW: AMD processors with the buffer-clearing VERW run it', 'F2 and F3 before BSF and BSR: TZCNT and LZCNT on processors with BMI1',
  'F2 and F3 before LOOPE and LOOPNE: reserved, and AMD processors take the condition from the prefix',
  'REP INS and REP OUTS of nothing without permission: AMD processors fault, the manual\'s REP does nothing',
  'EFLAGS.AC at the start: alignment checks are not modelled', 'EFLAGS.NT at the start: IRET would switch tasks, in long mode it faults',
  'TF before CPUID: a hypervisor may answer it in software', 'a locked operand across a cache line: some kernels slow or kill it',
];

/** Rows that stand for sixteen conditions get two and a half times as many. */
const countFor = (row: OpcodeRow): number => (opcodeBytes(row).count === 16 ? 512 : 208);

function groupsOf(row: OpcodeRow): Group[] {
  const forms = !row.modrm ? ['implied'] as const : row.forms === 'both' ? ['register', 'memory'] as const : [row.forms];
  const groups: Group[] = [];
  for (const form of row.operands.some(operand => /^[CDR]d$/.test(operand)) ? ['register'] as const : forms) {
    const prefixes = isString(row) ? [0, REPNE, REP] : row.lockable && form === 'memory' ? [0, LOCK] : [0];
    for (const operandSize of [4, 2] as const) {
      for (const prefix of prefixes) {
        const key = `${row.opcode} ${form}${operandSize * 8}${PREFIX_NAMES[prefix]}`;
        groups.push({key, row, form, operandSize, prefix, count: countFor(row)});
      }
    }
  }
  return groups;
}

export const GROUPS: readonly Group[] = OPCODE_ROWS.filter(row => !(row.mnemonic in LEFT_OUT)).flatMap(groupsOf);
export const leftOutRows = (): readonly OpcodeRow[] => OPCODE_ROWS.filter(row => row.mnemonic in LEFT_OUT);
