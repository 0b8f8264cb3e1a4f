// What the screen shows in text mode, as text: what a guest tells that prints nowhere else.
import {TEXT_MEMORY} from './vga.ts';

const COLUMNS = 80, ROWS = 25, TEXT_BYTES = 0x8000;

/** Code page 437 where it is not ASCII: the frames and blocks that menus are drawn with, and a point for the rest. */
const DRAWN: ReadonlyMap<number, string> = new Map(
  Array.from('░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀', (character, at): [number, string] => [0xb0 + at, character]),
);

/**
 * @param byteAt the text memory's byte at a guest-physical address
 * @param start offset of the first character shown
 * @returns lines without trailing blanks; empty when nothing is on the screen
 */
export function screenText(byteAt: (address: number) => number, start: number): string {
  const lines = Array.from({length: ROWS}, (_, row) => {
    const characters = Array.from({length: COLUMNS}, (_each, column) => byteAt(TEXT_MEMORY + ((start + (row * COLUMNS + column) * 2) % TEXT_BYTES)));
    return characters.map(shown).join('').trimEnd();
  });
  return lines.join('\n').trimEnd();
}

function shown(byte: number): string {
  if (byte === 0) return ' ';
  if (byte >= 0x20 && byte < 0x7f) return String.fromCharCode(byte);
  return DRAWN.get(byte) ?? '.';
}
