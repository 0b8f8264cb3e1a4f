// Byte strings for the decoders: for each row of the table, prefixes, opcode and every shape of ModRM; and plain noise, half of
// it behind the escape byte, so that the two-byte map is not left to one string in 256.
import {opcodeBytes, OPCODE_ROWS} from '../cpu/decode/table.ts';
import {STRIDE} from './iced-compare.ts';
import {Random} from './random.ts';

const PREFIXES = [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x66, 0x67, 0x67, 0xf0, 0xf2, 0xf3] as const;
/** A ModRM byte of every mod, reg and rm. */
const MODRMS = 256;

function fill(bytes: Uint8Array, at: number, random: Random): void {
  for (let n = at; n < at + STRIDE; n++) bytes[n] = random.word() >>> 11;
}

function putPrefixes(bytes: Uint8Array, at: number, random: Random): number {
  let next = at;
  for (let count = random.pick([0, 0, 1, 1, 2, 3]); count > 0; count--) bytes[next++] = random.pick(PREFIXES);
  return next;
}

/** One string for every row, opcode byte and ModRM byte. */
export function stringsOfRows(seed: number): Uint8Array {
  const random = new Random(seed);
  const opcodes = OPCODE_ROWS.map(opcodeBytes).flatMap(({twoByte, first, count}) => Array.from({length: count}, (_, n) => ({twoByte, opcode: first + n})));
  const bytes = new Uint8Array(opcodes.length * MODRMS * STRIDE);
  opcodes.forEach(({twoByte, opcode}, n) => {
    for (let modrm = 0; modrm < MODRMS; modrm++) {
      const start = (n * MODRMS + modrm) * STRIDE;
      fill(bytes, start, random);
      let at = putPrefixes(bytes, start, random);
      if (twoByte) bytes[at++] = 0x0f;
      bytes[at++] = opcode;
      bytes[at] = modrm;
    }
  });
  return bytes;
}

/** `count` random strings. */
export function randomStrings(seed: number, count: number): Uint8Array {
  const random = new Random(seed);
  const bytes = new Uint8Array(count * STRIDE);
  for (let at = 0; at < bytes.length; at += STRIDE) {
    fill(bytes, at, random);
    if (random.oneIn(2)) bytes[putPrefixes(bytes, at, random)] = 0x0f;
  }
  return bytes;
}
