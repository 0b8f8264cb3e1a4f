// The ROM's code is what its listing says.
import test from 'ava';
import {Decoder, DecoderOptions, Formatter, FormatterSyntax} from 'iced-x86';
import {handlerOf, ROM_START, romBytes, ROWS} from './rom.ts';

function disassembled(bytes: Uint8Array, at: number): {text: string; length: number} {
  const decoder = new Decoder(16, bytes, DecoderOptions.None);
  decoder.ip = BigInt(at);
  const instruction = decoder.decode();
  const formatter = new Formatter(FormatterSyntax.Intel);
  try {
    return {text: formatter.format(instruction), length: instruction.length};
  } finally {
    formatter.free();
    instruction.free();
    decoder.free();
  }
}

const plain = (text: string): string => text.toLowerCase().replaceAll('short ', '').replaceAll('near ptr ', '').replaceAll(/\b0+([\da-f]+h)/g, '$1');

test('every row disassembles to its text, and rows that follow each other touch', t => {
  for (const [index, {at, bytes, text}] of ROWS.entries()) {
    const given = Uint8Array.from(bytes.split(' ').map(byte => Number.parseInt(byte, 16)));
    const found = disassembled(given, at);
    t.is(plain(found.text), plain(text), `at ${at.toString(16)}`);
    t.is(found.length, given.length, text);
    const next = ROWS[index + 1];
    if (next !== undefined) t.true(next.at >= at + given.length, text);
  }
});

test('every vector leads to an instruction of the listing, and the reset vector to the last rows', t => {
  const starts = new Set(ROWS.map(({at}) => at));
  for (let vector = 0; vector < 256; vector++) t.true(starts.has(handlerOf(vector)), `vector ${vector}`);
  t.is(romBytes()[0xfff0 - ROM_START], 0xb0);
  t.is(romBytes().length, 0x10000 - ROM_START);
});
