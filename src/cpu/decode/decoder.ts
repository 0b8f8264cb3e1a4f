// Bytes to an instruction: prefixes, opcode row, ModRM and SIB, displacement, immediates. Intel SDM vol. 2A, chapter 2
// Instruction Format. Knows nothing of memory: it is handed up to fifteen bytes.
import {ZERO_REGISTER} from '../../memory/layout.ts';
import {CS, DS, EBP, EBX, EDI, ES, ESI, ESP, FS, GS, SS} from '../../x86/registers.ts';
import {MODE_CODE16} from '../state.ts';
import type {Instruction, MemoryForm} from './instruction.ts';
import type {OpcodeRow} from './row.ts';
import {ONE_BYTE_INDEX, TWO_BYTE_INDEX} from './table.ts';

export const MAX_LENGTH = 15;

/** The bytes end before the instruction does. */
export const INCOMPLETE = 'incomplete';
/** No row, or a form or prefix the row does not allow. */
export const UNDEFINED = 'undefined';
/** Longer than fifteen bytes: #GP(0). */
export const TOO_LONG = 'too-long';
export type Decoded = Instruction | typeof INCOMPLETE | typeof UNDEFINED | typeof TOO_LONG;

/** The segment that a prefix names, -1 for bytes that are none. */
const SEGMENT_PREFIX = new Int8Array(256).fill(-1);
for (const [byte, segment] of [[0x26, ES], [0x2e, CS], [0x36, SS], [0x3e, DS], [0x64, FS], [0x65, GS]]) SEGMENT_PREFIX[byte] = segment;

/** Base and index of 16-bit addressing by rm. Intel SDM vol. 2A, table 2-1. */
const NARROW_FORMS: ReadonlyArray<readonly [number, number]> = [
  [EBX, ESI], [EBX, EDI], [EBP, ESI], [EBP, EDI], [ESI, ZERO_REGISTER], [EDI, ZERO_REGISTER], [EBP, ZERO_REGISTER], [EBX, ZERO_REGISTER],
];

/** Reads through the bytes; running off their end throws the one preallocated object. */
class Cursor {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;

  constructor(bytes: Uint8Array, at: number, end: number) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  byte(): number {
    if (this.at >= this.end) throw RAN_OUT;
    return this.bytes[this.at++];
  }
  signedByte(): number {
    return (this.byte() << 24) >> 24;
  }
  half(): number {
    return this.byte() | (this.byte() << 8);
  }
  word(): number {
    return this.half() | (this.half() << 16);
  }
}
const RAN_OUT = Object.freeze({signal: 'ran-out'});

interface Prefixes {
  operandSize: 2 | 4;
  addressSize: 2 | 4;
  lock: boolean;
  repeat: number;
  override: number;
}

/** Decodes one instruction, of a 16-bit code segment where the mode says so, from `bytes[start..end)`. */
export function decode(bytes: Uint8Array, start: number, end: number, place: {eip: number; mode: number}): Decoded {
  const cursor = new Cursor(bytes, start, Math.min(end, start + MAX_LENGTH));
  try {
    return decodeAt(cursor, start, place);
  } catch (thrown) {
    if (thrown !== RAN_OUT) throw thrown;
    return end - start >= MAX_LENGTH ? TOO_LONG : INCOMPLETE;
  }
}

function decodeAt(cursor: Cursor, start: number, place: {eip: number; mode: number}): Decoded {
  const size = (place.mode & MODE_CODE16) !== 0 ? 2 : 4;
  const prefixes: Prefixes = {operandSize: size, addressSize: size, lock: false, repeat: 0, override: -1};
  let opcode = readPrefixes(cursor, prefixes, size === 4 ? 2 : 4);
  let index = ONE_BYTE_INDEX;
  if (opcode === 0x0f) {
    opcode = cursor.byte();
    index = TWO_BYTE_INDEX;
  }
  const candidates = index[opcode];
  if (candidates.length === 0) return UNDEFINED;
  const modrm = candidates[0].modrm ? cursor.byte() : 0;
  const row = pick(candidates, modrm);
  if (row === null) return UNDEFINED;
  const reg = (modrm >> 3) & 7;
  const rm = modrm & 7;
  const registerForm = modrm >= 0xc0 || row.registerOnly;
  const memory = row.modrm && !registerForm ? readMemory(cursor, modrm, prefixes) : implied(row, cursor, prefixes);
  const immediates = readImmediates(cursor, row, prefixes);
  if (prefixes.lock && (!row.lockable || memory === null)) return UNDEFINED;
  const length = cursor.at - start;
  const {operandSize, addressSize, lock, repeat, override} = prefixes;
  return {
    row, eip: place.eip, next: (place.eip + length) | 0, length, mode: place.mode, operandSize, addressSize, lock, repeat, override, opcode, reg, rm, memory,
    immediate: immediates.length > 0 ? immediates[0] : 0, immediate2: immediates.length > 1 ? immediates[1] : 0,
  };
}

/** Reads prefixes up to the opcode byte; `other` is the size that is not the default. */
function readPrefixes(cursor: Cursor, prefixes: Prefixes, other: 2 | 4): number {
  for (;;) {
    const byte = cursor.byte();
    if (byte === 0x66) prefixes.operandSize = other;
    else if (byte === 0x67) prefixes.addressSize = other;
    else if (byte === 0xf0) prefixes.lock = true;
    else if (byte === 0xf2 || byte === 0xf3) prefixes.repeat = byte;
    else if (SEGMENT_PREFIX[byte] >= 0) prefixes.override = SEGMENT_PREFIX[byte];
    else return byte;
  }
}

function pick(candidates: readonly OpcodeRow[], modrm: number): OpcodeRow | null {
  const form = modrm >= 0xc0 ? 'register' : 'memory';
  for (const row of candidates) {
    if (row.exact >= 0 && row.exact !== modrm) continue;
    if (row.extension >= 0 && row.extension !== ((modrm >> 3) & 7)) continue;
    if (row.forms === 'both' || row.forms === form) return row;
  }
  return null;
}

function readMemory(cursor: Cursor, modrm: number, prefixes: Prefixes): MemoryForm {
  return prefixes.addressSize === 4 ? readWide(cursor, modrm, prefixes.override) : readNarrow(cursor, modrm, prefixes.override);
}

/** Intel SDM vol. 2A, tables 2-2 and 2-3. */
function readWide(cursor: Cursor, modrm: number, override: number): MemoryForm {
  const mod = modrm >> 6;
  let base = modrm & 7;
  let index = ZERO_REGISTER;
  let scale = 0;
  if (base === ESP) {
    const sib = cursor.byte();
    base = sib & 7;
    index = ((sib >> 3) & 7) === ESP ? ZERO_REGISTER : (sib >> 3) & 7;
    scale = sib >> 6;
  }
  const absolute = mod === 0 && base === EBP;
  if (absolute) base = ZERO_REGISTER;
  const displacement = mod === 1 ? cursor.signedByte() : mod === 2 || absolute ? cursor.word() : 0;
  const segment = override >= 0 ? override : base === ESP || base === EBP ? SS : DS;
  return {segment, base, index, scale: index === ZERO_REGISTER ? 0 : scale, displacement, narrow: false};
}

function readNarrow(cursor: Cursor, modrm: number, override: number): MemoryForm {
  const mod = modrm >> 6;
  const absolute = mod === 0 && (modrm & 7) === 6;
  const [base, index] = absolute ? [ZERO_REGISTER, ZERO_REGISTER] : NARROW_FORMS[modrm & 7];
  const displacement = mod === 1 ? cursor.signedByte() : mod === 2 || absolute ? (cursor.half() << 16) >> 16 : 0;
  const segment = override >= 0 ? override : base === EBP ? SS : DS;
  return {segment, base, index, scale: 0, displacement, narrow: true};
}

/** Memory operands without ModRM: absolute offsets, and XLAT's table. */
function implied(row: OpcodeRow, cursor: Cursor, prefixes: Prefixes): MemoryForm | null {
  const narrow = prefixes.addressSize === 2;
  const segment = prefixes.override >= 0 ? prefixes.override : DS;
  if (row.mnemonic === 'XLAT') return {segment, base: EBX, index: ZERO_REGISTER, scale: 0, displacement: 0, narrow};
  if (!row.offset) return null;
  const displacement = narrow ? cursor.half() : cursor.word();
  return {segment, base: ZERO_REGISTER, index: ZERO_REGISTER, scale: 0, displacement, narrow};
}

const NO_IMMEDIATES: readonly number[] = [];

function readImmediates(cursor: Cursor, row: OpcodeRow, prefixes: Prefixes): readonly number[] {
  if (!row.immediates) return NO_IMMEDIATES;
  const wide = prefixes.operandSize === 4;
  const values: number[] = [];
  for (const operand of row.operands) {
    if (operand === 'Ib') values.push(cursor.byte());
    else if (operand === 'Ibs' || operand === 'Jb') values.push(cursor.signedByte());
    else if (operand === 'Iw') values.push(cursor.half());
    else if (operand === 'Iz' || operand === 'Jz') values.push(wide ? cursor.word() : (cursor.half() << 16) >> 16);
    else if (operand === 'Ap') values.push(wide ? cursor.word() : cursor.half(), cursor.half());
  }
  return values;
}
