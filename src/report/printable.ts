// Text that came from outside (a guest's console, a path, a plugin's message) made safe to print: no control character
// reaches a terminal or a Markdown reader.

const NAMED: Readonly<Record<string, string>> = {'\n': '\\n', '\r': '\\r', '\t': '\\t', '\u001B': '\\e'};

// Controls, line and paragraph separators, bidirectional overrides, invisible marks, lone surrogates.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\u2028\u2029]/gu;

const escapeCharacter = (character: string): string => {
  const code = character.codePointAt(0)!;
  return NAMED[character] ?? (code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`);
};

const PLAIN = /^[ -~]*$/;

/** One line: every character that does not print is shown as an escape. Why the first test: nearly all text is plain ASCII. */
export const printable = (text: string): string => (PLAIN.test(text) ? text : text.replaceAll(UNPRINTABLE, escapeCharacter));

/** A guest's console (bytes as Latin-1) in lines; bytes outside printable ASCII are shown as escapes. */
export function consoleLines(console: string): string[] {
  if (console === '') return [];
  const lines = console.replaceAll('\r\n', '\n').split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => line.replaceAll('\t', '    ').replaceAll(/[^ -~]/g, escapeCharacter));
}

/** Cut to `width` characters with an ellipsis where something is missing. */
export const clip = (text: string, width: number): string =>
  text.length <= width ? text : width <= 0 ? '' : `${text.slice(0, width - 1)}…`;

/** Breaks running text at spaces into lines of at most `width`; a longer word is cut. */
export function wrapWords(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((word) => cut(word, width))) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  if (line !== '') lines.push(line);
  return lines;
}

/** Puts short items side by side into lines of at most `width`. */
export function flow(items: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const item of items) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 3 + item.length <= width) lines[lines.length - 1] = `${last}   ${item}`;
    else lines.push(clip(item, width));
  }
  return lines;
}

function cut(word: string, width: number): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < word.length; at += width) pieces.push(word.slice(at, at + width));
  return pieces;
}
