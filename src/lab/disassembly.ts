// Disassembly as people read it. The library is loaded when the first instruction is to be shown, for it is slow to load.
import {createRequire} from 'node:module';
import type * as Iced from 'iced-x86';

const require = createRequire(import.meta.url);
let iced: typeof Iced | null = null;

/** One instruction of 32- or 16-bit code at an address in Intel's syntax, or its bytes where they are none. */
export function disassemble(bytes: readonly number[], address: number, bits: 16 | 32 = 32): string {
  iced ??= require('iced-x86') as typeof Iced;
  const decoder = new iced.Decoder(bits, Uint8Array.from(bytes), iced.DecoderOptions.None);
  decoder.ip = BigInt(address >>> 0);
  const instruction = decoder.decode();
  const formatter = new iced.Formatter(iced.FormatterSyntax.Nasm);
  try {
    if (instruction.code === iced.Code.INVALID) return `bytes ${bytes.map(byte => byte.toString(16).padStart(2, '0')).join(' ')}`;
    return formatter.format(instruction);
  } finally {
    formatter.free();
    instruction.free();
    decoder.free();
  }
}
