// x86 to x86, instruction by instruction from the guest's memory: identity for what is innocuous, an in-cache sequence for what
// is frequent and sensitive, a callout for the rest. A translation runs straight on past conditional branches to the first
// instruction that nothing can follow, to the end of the page, or to the most that one translation may hold.
import {CS, decode, DS, ES, FS, GS, INCOMPLETE, SS} from 'worldswitch';
import {Code} from './code.ts';
import {MAX_CODE} from './translation-cache.ts';
import {point} from './point.ts';
import {VIRTUAL_CR, VIRTUAL_GS, VIRTUAL_SS} from './region.ts';
import {cli, fromRegister, fromStack, loadSegment, popf, pushf, sti} from './sequences.ts';
import {transfer} from './transfers.ts';
import type {CodeSpace} from './translation.ts';

/** Most guest instructions in a translation, and most bytes an instruction can become. */
const MOST = 32, LONGEST_SEQUENCE = 200;
const JMP = [0xe9] as const;
/** Unprivileged, and yet not for ring 1: they name the processor, raise an exception, or go through the IDT. */
const CALLED_OUT: ReadonlySet<string> = new Set(['CPUID', 'RDPMC', 'INT3', 'INTO', 'INT1', 'ESC', 'WAIT', 'UD0', 'UD1', 'UD2', 'BOUND']);
/** Near transfers: what `transfer` leaves goes to the VMM. */
const isTransfer = (mnemonic: string): boolean => /^(J|JMP|CALL|RET|JCXZ|LOOP|LOOPE|LOOPNE)$/.test(mnemonic);
/** Nothing of the same stretch of memory follows. */
const GOES_AWAY: ReadonlySet<string> = new Set(['IRET', 'RETF', 'JMPF', 'CALLF', 'INT', 'INT3', 'INT1', 'RET', 'JMP', 'CALL', 'UD0', 'UD1', 'UD2']);
const NAMED: Readonly<Record<string, number>> = {ES, CS, SS, DS, FS, GS};

/** The bytes of the guest's code from one address to the end of its page, and beyond for an instruction that crosses. */
export interface CodeBytes {
  readonly bytes: Uint8Array;
  /** Bytes of the next page as well; called only for the first instruction. Null when there are none. */
  more(): Uint8Array | null;
}

export interface Translated {
  readonly code: Code;
  readonly instructions: number;
  /** Bytes of the guest's that it stands for. */
  readonly length: number;
}

export class Translator {
  /** Instructions that shall call the VMM although they need not, by linear address. */
  readonly #adapted: (linear: number) => boolean;

  constructor(adapted: (linear: number) => boolean) {
    this.#adapted = adapted;
  }

  translate(eip: number, space: CodeSpace, guest: CodeBytes): Translated {
    const code = new Code();
    let at = 0;
    let instructions = 0;
    let {bytes} = guest;
    for (;;) {
      let decoded = decode(bytes, at, bytes.length, {eip: (eip + at) | 0, mode: 0});
      if (decoded === INCOMPLETE && at === 0) {
        bytes = guest.more() ?? bytes;
        decoded = decode(bytes, 0, bytes.length, {eip, mode: 0});
      }
      const fits = typeof decoded !== 'string' && ((eip + at) >>> 0) + decoded.length - 1 <= space.limit;
      if (typeof decoded === 'string' || !fits) {
        leaveBefore(code, (eip + at) | 0, instructions);
        break;
      }
      code.begin(decoded);
      const ends = this.#emit(code, bytes.subarray(at, at + decoded.length), space);
      at += decoded.length;
      instructions++;
      if (ends) break;
      if (instructions === MOST || at >= guest.bytes.length || code.asm.bytes.length > MAX_CODE - LONGEST_SEQUENCE) {
        code.leave(code.after(), JMP, (eip + at) | 0);
        break;
      }
    }
    code.finish();
    return {code, instructions, length: at};
  }

  /** Whether the translation ends here. */
  #emit(code: Code, bytes: Uint8Array, space: CodeSpace): boolean {
    const {instruction: i} = code;
    const {mnemonic} = i.row;
    const reserved = (i.override === GS || i.override === CS) && mnemonic !== 'J';
    const adapted = this.#adapted((space.base + i.eip) | 0);
    const done = reserved || adapted ? null : transfer(code, bytes, space.limit) ?? inCache(code, bytes, space);
    if (done !== null) return done;
    code.emulate();
    return GOES_AWAY.has(mnemonic);
  }
}

/** What cannot be decoded: the VMM finds out what the processor would have made of it. */
function leaveBefore(code: Code, eip: number, instructions: number): void {
  if (instructions > 0) return code.leave(code.after(), JMP, eip);
  code.places.set(eip, 0);
  code.callout('emulate', point(eip));
}

/** Identity or a sequence; null when the VMM must do it. */
function inCache(code: Code, bytes: Uint8Array, space: CodeSpace): boolean | null {
  const {instruction: i} = code;
  const {row, operandSize, rm} = i;
  const {mnemonic, operands, sensitivity} = row;
  const kernel = space.ring === 0;
  const wide = operandSize === 4;
  if (CALLED_OUT.has(mnemonic) || isTransfer(mnemonic) || i.row.operands.some(operand => /^[CD]d$/.test(operand) && !kernel)) return null;
  if (mnemonic === 'PUSH' && row.operands.length === 1 && operands[0] in NAMED) return pushSegment(code, bytes, space);
  if (mnemonic === 'MOV' && operands[1] === 'Sw') return readSegment(code, bytes, space);
  if (kernel && mnemonic === 'MOV' && operands[0] === 'Sw') return writeSegment(code, bytes);
  if (kernel && wide && mnemonic === 'POP' && /^[DEF]S$/.test(operands[0])) return loadSegment(code, [...bytes], fromStack);
  if (kernel && mnemonic === 'MOV' && operands[1] === 'Cd' && VIRTUAL_CR_OF[i.reg] !== undefined) {
    code.asm.load(code.retiring(), rm, VIRTUAL_CR_OF[i.reg]);
    return false;
  }
  if (kernel && mnemonic === 'CLI') return cli(code);
  if (kernel && mnemonic === 'STI') return sti(code);
  if (kernel && wide && mnemonic === 'PUSHF') return pushf(code);
  if (kernel && wide && mnemonic === 'POPF') return popf(code);
  if (sensitivity !== 'innocuous') return null;
  return identity(code, bytes);
}

const VIRTUAL_CR_OF: Readonly<Record<number, number>> = {0: VIRTUAL_CR[0], 2: VIRTUAL_CR[1], 3: VIRTUAL_CR[2], 4: VIRTUAL_CR[3]};

function identity(code: Code, bytes: Uint8Array): false {
  code.asm.emit(code.retiring(), ...bytes);
  return false;
}

/** CS and SS would show the compressed ring, GS is the VMM's. */
function pushSegment(code: Code, bytes: Uint8Array, {selector}: CodeSpace): false | null {
  const {instruction: {row, operandSize}, asm} = code;
  const segment = NAMED[row.operands[0]];
  if (segment !== CS && segment !== SS && segment !== GS) return identity(code, bytes);
  if (operandSize !== 4) return null;
  if (segment === CS) asm.push(code.retiring(), selector);
  else asm.pushFrom(code.retiring(), segment === SS ? VIRTUAL_SS : VIRTUAL_GS);
  return false;
}

function readSegment(code: Code, bytes: Uint8Array, {selector}: CodeSpace): false | null {
  const {instruction: {reg, rm, memory, operandSize}, asm} = code;
  if (reg === DS || reg === ES || reg === FS) return identity(code, bytes);
  if (memory !== null || operandSize !== 4 || reg > GS) return null;
  if (reg === CS) asm.emit(code.retiring(), 0xb8 | rm, selector & 0xff, selector >>> 8, 0, 0);
  else asm.load(code.retiring(), rm, reg === SS ? VIRTUAL_SS : VIRTUAL_GS);
  return false;
}

function writeSegment(code: Code, bytes: Uint8Array): false | null {
  const {instruction: {reg, rm, memory}} = code;
  if ((reg !== DS && reg !== ES && reg !== FS) || memory !== null) return null;
  return loadSegment(code, [...bytes], fromRegister(rm));
}
