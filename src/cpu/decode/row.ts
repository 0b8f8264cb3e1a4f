// The shape of an opcode table's row. One row is one line of the manual's opcode tables: opcode, mnemonic, operands in the
// manual's letters (SDM vol. 2D, A.2.1 Codes for Addressing Method), how to execute it, how it stands towards
// virtualization, and the exit it can cause.
import type {ExitReason} from '../../x86/exit-reasons.ts';
import type {Op} from '../block.ts';
import type {Instruction} from './instruction.ts';

/** Builds the operation for a decoded instruction; called once per decode, never while running. */
export type Execute = (instruction: Instruction) => Op;

/**
 * How an instruction stands towards Popek and Goldberg's condition: `privileged` traps outside ring 0,
 * `iopl-sensitive` traps when CPL > IOPL, `sensitive` shows or changes privileged state without trapping (Robin and
 * Irvine 2000), `innocuous` is all the rest.
 */
export type Sensitivity = 'innocuous' | 'privileged' | 'iopl-sensitive' | 'sensitive';

/**
 * `opcode` is as the manual prints it: `0F AF`, `80 /0` (ModRM.reg), `50+` (register in the low three bits), `70+c`
 * (condition in the low four), `0F 01 /7 m` (memory forms only), `0F 01 /0 r` (register forms only), `0F 01 C1` (this ModRM byte only).
 */
export type RowLiteral = readonly [opcode: string, mnemonic: string, operands: string, execute: Execute, sensitivity?: Sensitivity, exit?: ExitReason];

export interface OpcodeRow {
  readonly opcode: string;
  readonly mnemonic: string;
  /** Operand letters: `['Ev', 'Gv']`. */
  readonly operands: readonly string[];
  readonly execute: Execute;
  readonly sensitivity: Sensitivity;
  readonly exit: ExitReason | null;
  /** Has a ModRM byte. */
  readonly modrm: boolean;
  /** ModRM.rm is a register whatever ModRM.mod says: moves from and to control and debug registers. */
  readonly registerOnly: boolean;
  /** Has an absolute offset in place of ModRM. */
  readonly offset: boolean;
  /** Has immediates, or a relative or far address. */
  readonly immediates: boolean;
  /** ModRM.reg selects the row, or -1. */
  readonly extension: number;
  /** The one ModRM byte of the row, or -1. */
  readonly exact: number;
  /** Which ModRM forms are defined. */
  readonly forms: 'both' | 'memory' | 'register';
  /** LOCK is legal on the memory form. */
  readonly lockable: boolean;
}
