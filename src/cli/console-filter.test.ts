import test from 'ava';
import {ConsoleFilter} from './console-filter.ts';

const bytes = (text: string): Uint8Array => Uint8Array.from(text, character => character.charCodeAt(0));
const shown = (...pieces: readonly string[]): string => {
  const filter = new ConsoleFilter();
  return pieces.map(piece => String.fromCharCode(...filter.pass(bytes(piece)))).join('');
};

const rows: readonly [what: string, printed: readonly string[], expected: string][] = [
  ['text and line ends', ['a\tb\r\nc\b'], 'a\tb\r\nc\b'],
  ['colours and the cursor', ['\u001B[1;31mred\u001B[0m\u001B[2J\u001B[10;5H'], '\u001B[1;31mred\u001B[0m\u001B[2J\u001B[10;5H'],
  ['a sequence cut in two', ['x\u001B[3', '1my'], 'x\u001B[31my'],
  ['no erasing of the scrollback', ['a\u001B[3Jb'], 'ab'],
  ['no scroll region, no modes, no reports', ['a\u001B[1;5rb\u001B[?1049hc\u001B[6nd'], 'abcd'],
  ['no title and no clipboard', ['a\u001B]0;title\u0007b\u001B]52;c;AAAA\u001B\\c'], 'abc'],
  ['no device strings', ['a\u001BPq#0\u001B\\b\u001B_x\u001B\\c'], 'abc'],
  ['no single escapes: reset, shift, save', ['a\u001Bcb\u001B7c'], 'abc'],
  ['no C1 controls, no other control characters', ['a\u009B31mb\u0000\u000Ec'], 'a31mbc'],
];

for (const [what, printed, expected] of rows) test(what, t => t.is(shown(...printed), expected));
