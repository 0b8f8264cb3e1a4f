// Bytes to be executed: half of them an opcode of the table with whatever operands, the rest nothing in particular.
import {opcodeBytes, OPCODE_ROWS} from '../../cpu/decode/table.ts';
import type {Random} from '../../oracle/random.ts';

const PREFIXES = [0x66, 0x67, 0xf0, 0xf2, 0xf3, 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65];
const OPCODES = OPCODE_ROWS.map(row => ({...opcodeBytes(row), row}));

/** Fills code with one instruction after another, as they come. */
export function fillWithCode(into: Uint8Array, random: Random): void {
  let at = 0;
  const put = (byte: number): void => { if (at < into.length) into[at++] = byte; };
  while (at < into.length) {
    while (random.oneIn(4)) put(random.pick(PREFIXES));
    if (random.oneIn(2)) put(random.word() & 0xff);
    else {
      const {twoByte, first, count, row} = random.pick(OPCODES);
      if (twoByte) put(0x0f);
      put(first + random.below(count));
      if (row.extension >= 0) put((random.word() & 0xc7) | (row.extension << 3));
    }
    for (let more = random.below(6); more > 0; more--) put(random.oneIn(3) ? random.below(4) : random.word() & 0xff);
  }
}
