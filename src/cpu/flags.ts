// Lazily evaluated arithmetic flags: an operation records its operands and result, a reader works out the bit it wants.
// Narrow operands are recorded shifted to the top of the word, so that one formula serves all widths.
// Intel SDM vol. 1, 3.4.3.1 Status Flags.
import {EFLAGS_AF, EFLAGS_ARITHMETIC, EFLAGS_CF, EFLAGS_OF, EFLAGS_PF, EFLAGS_SF, EFLAGS_ZF} from '../x86/flags.ts';
import type {Cpu} from './state.ts';

/** `flagKind` = kind | shift << 3, shift being 0, 16 or 24 for 32-, 16- and 8-bit operands. */
export const EXPLICIT = 0, ADD = 1, SUB = 2, LOGIC = 3, INC = 4, DEC = 5;
/** SF, ZF, PF follow the result; CF, OF, AF are in EFLAGS. */
export const RESULT = 6;
export const KIND = 7;

const PARITY = new Uint8Array(256);
for (let value = 0; value < 256; value++) {
  let bits = 0;
  for (let bit = value; bit > 0; bit >>= 1) bits += bit & 1;
  PARITY[value] = bits % 2 === 0 ? 1 : 0;
}

export function carry(c: Cpu): boolean {
  switch (c.flagKind & KIND) {
    case ADD: return (c.flagResult >>> 0) < (c.flagA >>> 0);
    case SUB: return (c.flagA >>> 0) < (c.flagB >>> 0);
    case LOGIC: return false;
    default: return (c.eflags & EFLAGS_CF) !== 0;
  }
}

export function overflow(c: Cpu): boolean {
  switch (c.flagKind & KIND) {
    case ADD: case INC: return ((c.flagA ^ c.flagResult) & (c.flagB ^ c.flagResult)) < 0;
    case SUB: case DEC: return ((c.flagA ^ c.flagB) & (c.flagA ^ c.flagResult)) < 0;
    case LOGIC: return false;
    default: return (c.eflags & EFLAGS_OF) !== 0;
  }
}

export function zero(c: Cpu): boolean {
  return (c.flagKind & KIND) === EXPLICIT ? (c.eflags & EFLAGS_ZF) !== 0 : c.flagResult === 0;
}

export function sign(c: Cpu): boolean {
  return (c.flagKind & KIND) === EXPLICIT ? (c.eflags & EFLAGS_SF) !== 0 : c.flagResult < 0;
}

export function parity(c: Cpu): boolean {
  return (c.flagKind & KIND) === EXPLICIT
    ? (c.eflags & EFLAGS_PF) !== 0
    : PARITY[(c.flagResult >>> (c.flagKind >> 3)) & 0xff] !== 0;
}

export function adjust(c: Cpu): boolean {
  switch (c.flagKind & KIND) {
    case ADD: case SUB: case INC: case DEC:
      return (((c.flagA ^ c.flagB ^ c.flagResult) >>> (c.flagKind >> 3)) & 0x10) !== 0;
    case LOGIC: return false;
    default: return (c.eflags & EFLAGS_AF) !== 0;
  }
}

/** EFLAGS with every flag worked out; from here on they are explicit. */
export function materialize(c: Cpu): number {
  if ((c.flagKind & KIND) === EXPLICIT) return c.eflags;
  const bits = (carry(c) ? EFLAGS_CF : 0) | (parity(c) ? EFLAGS_PF : 0) | (adjust(c) ? EFLAGS_AF : 0)
    | (zero(c) ? EFLAGS_ZF : 0) | (sign(c) ? EFLAGS_SF : 0) | (overflow(c) ? EFLAGS_OF : 0);
  c.eflags = (c.eflags & ~EFLAGS_ARITHMETIC) | bits;
  c.flagKind = EXPLICIT;
  return c.eflags;
}

/** Replaces some flags, leaving the others as they were. */
export function setFlags(c: Cpu, mask: number, bits: number): void {
  c.eflags = (materialize(c) & ~mask) | bits;
}

/** SF, ZF and PF from a result (shifted to the top of the word); CF, OF and AF as given. */
export function resultFlags(c: Cpu, result: number, shift: number, bits: number): void {
  c.eflags = (c.eflags & ~(EFLAGS_CF | EFLAGS_OF | EFLAGS_AF)) | bits;
  c.flagKind = RESULT | (shift << 3);
  c.flagResult = result;
}

/** The sixteen conditions of Jcc, SETcc and CMOVcc by encoding. Intel SDM vol. 1, appendix B. */
export const CONDITIONS: ReadonlyArray<(c: Cpu) => boolean> = [
  overflow, c => !overflow(c),
  carry, c => !carry(c),
  zero, c => !zero(c),
  c => carry(c) || zero(c), c => !carry(c) && !zero(c),
  sign, c => !sign(c),
  parity, c => !parity(c),
  c => sign(c) !== overflow(c), c => sign(c) === overflow(c),
  c => zero(c) || sign(c) !== overflow(c), c => !zero(c) && sign(c) === overflow(c),
];
