// The opcode tables put together: literal rows become typed ones and an index by opcode byte, ModRM.reg and form.
import type {Sensitivity} from './row.ts';
import type {OpcodeRow, RowLiteral} from './row.ts';
import {isLockable} from './mnemonics.ts';
import {ONE_BYTE} from './one-byte.ts';
import {TWO_BYTE} from './two-byte.ts';

const MODRM_LETTERS = /^[EGMRCDS][bwvdzpqas]?$/;
const WITH_MODRM_BUT_NO_OPERAND = /^0F (B9|FF)$/;

function parse([opcode, mnemonic, operands, execute, sensitivity = 'innocuous', exit]: RowLiteral): OpcodeRow {
  const letters = operands === '' ? [] : operands.split(',');
  const extension = /\/(\d)/.exec(opcode);
  const exact = /^0F [\dA-F]{2} ([\dA-F]{2})$/.exec(opcode);
  const form = /\/\d ([mr])$/.exec(opcode);
  const memoryOnly = letters.some(letter => letter.startsWith('M')) || form?.[1] === 'm';
  return {
    opcode, mnemonic, operands: letters, execute, sensitivity: sensitivity satisfies Sensitivity, exit: exit ?? null,
    modrm: extension !== null || exact !== null || WITH_MODRM_BUT_NO_OPERAND.test(opcode) || letters.some(letter => MODRM_LETTERS.test(letter) && !/^(DS|ES|CS|SS|FS|GS)$/.test(letter)),
    registerOnly: letters.some(letter => /^[RCD]d$/.test(letter)), offset: letters.some(letter => letter.startsWith('O')),
    immediates: letters.some(letter => /^[IJA]/.test(letter)),
    extension: extension ? Number(extension[1]) : -1,
    exact: exact ? Number.parseInt(exact[1], 16) : -1,
    forms: memoryOnly ? 'memory' : form?.[1] === 'r' ? 'register' : 'both',
    lockable: isLockable(mnemonic) && /^[EM]/.test(letters[0] ?? ''),
  };
}

/** Every row of the table, in its order. */
export const OPCODE_ROWS: readonly OpcodeRow[] = [...ONE_BYTE, ...TWO_BYTE].map(parse);

/** Opcode bytes a row stands for: one, or eight or sixteen consecutive ones. */
export function opcodeBytes(row: OpcodeRow): {readonly twoByte: boolean; readonly first: number; readonly count: number} {
  const twoByte = row.opcode.startsWith('0F ');
  const text = twoByte ? row.opcode.slice(3) : row.opcode;
  const count = text.includes('+c') ? 16 : text.includes('+') ? 8 : 1;
  return {twoByte, first: Number.parseInt(text.slice(0, 2), 16), count};
}

/** Rows by opcode byte; more than one where ModRM decides. */
function index(twoByte: boolean): ReadonlyArray<readonly OpcodeRow[]> {
  const entries: OpcodeRow[][] = Array.from({length: 256}, () => []);
  for (const row of OPCODE_ROWS) {
    const bytes = opcodeBytes(row);
    if (bytes.twoByte !== twoByte) continue;
    for (let at = 0; at < bytes.count; at++) entries[bytes.first + at].push(row);
  }
  return entries;
}
export const ONE_BYTE_INDEX = index(false);
export const TWO_BYTE_INDEX = index(true);
