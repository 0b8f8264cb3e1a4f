// Our decoder against iced-x86 on one string of bytes: validity, length, mnemonic, LOCK, operands. iced is told to be an old
// processor: no TZCNT, LZCNT, PAUSE or WBNOINVD where a prefix was once ignored, and reserved NOPs stay NOPs.
import {Code, Decoder, DecoderOptions, Instruction as Iced, Mnemonic} from 'iced-x86';
import {decode, INCOMPLETE, TOO_LONG, UNDEFINED, type Decoded} from '../cpu/decode/decoder.ts';
import type {Instruction} from '../cpu/decode/instruction.ts';
import {undefinedOpcode} from '../cpu/fault.ts';
import {missingFeatures} from './iced-features.ts';
import {icedMnemonic, isReservedNop} from './iced-mnemonics.ts';
import {operandDifference} from './iced-operands.ts';

const AS_OF_OLD = DecoderOptions.ForceReservedNop | DecoderOptions.NoMPFX_0FBC | DecoderOptions.NoMPFX_0FBD | DecoderOptions.NoPause | DecoderOptions.NoWbnoinvd;
/** Bytes from one string's start to the next. */
export const STRIDE = 16;
const PLACE = {eip: 0, mode: 0};

export interface Tally {
  strings: number;
  /** Both decode it, and say the same. */
  same: number;
  /** Neither does. */
  neither: number;
  /** Only iced does: by the features it needs. */
  readonly missing: Map<string, number>;
  readonly differences: string[];
}
export const newTally = (): Tally => ({strings: 0, same: 0, neither: 0, missing: new Map(), differences: []});

/** Compares on every string of a buffer; bytes of a string that an instruction does not need are noise. */
export function compareAll(bytes: Uint8Array, tally: Tally): void {
  const decoder = new Decoder(32, bytes, AS_OF_OLD);
  const theirs = new Iced();
  for (let at = 0; at + STRIDE <= bytes.length; at += STRIDE) {
    decoder.position = at;
    decoder.ip = 0n;
    decoder.decodeOut(theirs);
    tally.strings++;
    const difference = compare(decode(bytes, at, at + STRIDE, PLACE), theirs, tally);
    if (difference !== null) tally.differences.push(`${Buffer.from(bytes.subarray(at, at + STRIDE)).toString('hex')}: ${difference}`);
  }
  theirs.free();
  decoder.free();
}

function compare(decoded: Decoded, theirs: Iced, tally: Tally): string | null {
  const valid = theirs.code !== Code.INVALID;
  if (decoded === UNDEFINED || decoded === TOO_LONG || decoded === INCOMPLETE) {
    if (valid) return onlyTheirs(decoded, theirs, tally);
    tally.neither++;
    return null;
  }
  if (!valid) {
    if (!isUndefinedWhenRun(decoded)) return `iced calls it invalid, we ${decoded.row.opcode} ${decoded.row.mnemonic}`;
    tally.neither++;
    return null;
  }
  const difference = differenceOf(decoded, theirs);
  if (difference === null) tally.same++;
  return difference;
}

/** A control register, segment register or coprocessor opcode that does not exist: found out when it runs. */
const isUndefinedWhenRun = (ours: Instruction): boolean => ours.row.mnemonic === 'ESC' || ours.row.execute(ours) === undefinedOpcode;

/** 0F 0D is the one reserved NOP without a row: PREFETCHW where there is 3DNow!, undefined in its register form there. */
function onlyTheirs(decoded: string, theirs: Iced, tally: Tally): string | null {
  const missing = theirs.mnemonic === Mnemonic.Reservednop ? ['PREFETCHW'] : missingFeatures(theirs);
  if (decoded !== UNDEFINED || missing.length === 0) return `we call it ${decoded}, iced ${Mnemonic[theirs.mnemonic]}`;
  const key = missing.join(' and ');
  tally.missing.set(key, (tally.missing.get(key) ?? 0) + 1);
  return null;
}

function differenceOf(ours: Instruction, theirs: Iced): string | null {
  const name = Mnemonic[theirs.mnemonic];
  if (ours.length !== theirs.length) return `${ours.row.mnemonic} is ${ours.length} bytes long, in iced ${name} ${theirs.length}`;
  if (ours.lock && !theirs.hasLockPrefix) return `${name} has no LOCK in iced`;
  if (ours.row.mnemonic === 'ESC') return null;
  const nop = isReservedNop(ours);
  if (name !== icedMnemonic(ours) && !nop) return `we call it ${icedMnemonic(ours)}, iced ${name}`;
  if (!nop && ours.row.operands.length !== theirs.opCount && ours.row.mnemonic !== 'XLAT') return `${name} has ${ours.row.operands.length} operands, in iced ${theirs.opCount}`;
  for (let at = 0; at < ours.row.operands.length; at++) {
    const difference = operandDifference(ours, theirs, at);
    if (difference !== null) return `${name}: ${difference}`;
  }
  return null;
}
