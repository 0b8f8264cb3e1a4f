// How a technique is written: `cpu+memory+io@architecture`, each part with options in brackets. Only the grammar lives
// here; which strategies and options there are is technique.ts's business.
import {UsageError} from './usage-error.ts';

export interface WrittenPart {
  readonly name: string;
  /** Values as words; a bare option is `on`. */
  readonly options: Readonly<Record<string, string>>;
}

export interface WrittenTechnique {
  /** `cpu`, then memory, then io as far as given. */
  readonly parts: readonly WrittenPart[];
  readonly architecture: WrittenPart | null;
}

const NAME = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const PART = /^([^[\]]*)(?:\[([^[\]]*)\])?$/;

/** @throws UsageError naming the technique and the part that cannot be read */
export function parseTechniqueSyntax(text: string): WrittenTechnique {
  const [before, ...after] = splitOutsideBrackets(text, '@');
  if (after.length > 1) throw new UsageError(`technique '${text}': '@' may stand once, before the architecture`);
  const parts = splitOutsideBrackets(before, '+').map(part => parsePart(part, text));
  if (parts.length > 3) {
    throw new UsageError(`technique '${text}' has ${parts.length} parts before the architecture; write cpu+memory+io@architecture`);
  }
  return {parts, architecture: after.length === 1 ? parsePart(after[0], text) : null};
}

function splitOutsideBrackets(text: string, separator: string): string[] {
  const pieces = [''];
  let depth = 0;
  for (const character of text) {
    if (character === '[') depth += 1;
    if (character === ']') depth -= 1;
    if (character === separator && depth === 0) pieces.push('');
    else pieces[pieces.length - 1] += character;
  }
  return pieces;
}

function parsePart(part: string, technique: string): WrittenPart {
  const match = PART.exec(part.trim());
  const name = match?.[1]?.trim() ?? '';
  if (!match || !NAME.test(name)) {
    throw new UsageError(`technique '${technique}': '${part}' is not a strategy name with options in brackets, such as shadow[policy=unsync]`);
  }
  return {name, options: parseOptions(match[2], technique)};
}

/** The inside of brackets: `a=1,b` is a = 1 and b = on. */
function parseOptions(inside: string | undefined, technique: string): Record<string, string> {
  const options: Record<string, string> = {};
  for (const piece of inside?.trim() ? inside.split(',') : []) {
    const equals = piece.indexOf('=');
    const name = (equals < 0 ? piece : piece.slice(0, equals)).trim();
    if (name === '') throw new UsageError(`technique '${technique}': an option in '[${inside}]' has no name`);
    if (Object.hasOwn(options, name)) throw new UsageError(`technique '${technique}': option '${name}' is given twice`);
    options[name] = equals < 0 ? 'on' : piece.slice(equals + 1).trim();
  }
  return options;
}
