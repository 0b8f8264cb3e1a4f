// JSON with a place for every syntax error: JSON.parse tells line and column only for some of them. RFC 8259.

export class JsonSyntaxError extends Error {
  override readonly name = 'JsonSyntaxError';
  readonly line: number;
  readonly column: number;

  constructor(text: string, offset: number) {
    const before = text.slice(0, offset).split('\n');
    const found = offset >= text.length ? 'the text ends' : `'${text[offset]}' stands`;
    const line = before.length;
    const column = (before.at(-1) as string).length + 1;
    super(`not valid JSON: ${found} where something else is needed, line ${line}, column ${column}`);
    this.line = line;
    this.column = column;
  }
}

/** @throws JsonSyntaxError at the first character that cannot stand where it does */
export function parseJson(source: string): unknown {
  const text = source.replace(/^\u{FEFF}/u, '');
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new JsonSyntaxError(text, new Scanner(text).firstFault());
  }
}

const WORD = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y;
const STRING = /"(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/uy;
const SPACE = /[ \t\n\r]*/y;

/** Walks the grammar without building anything; `at` stops at the fault. */
class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  firstFault(): number {
    if (this.#value()) this.#take(SPACE);
    return this.#at;
  }

  #take(token: RegExp): boolean {
    token.lastIndex = this.#at;
    const found = token.test(this.#text);
    if (found) this.#at = token.lastIndex;
    return found;
  }

  #next(character: string): boolean {
    this.#take(SPACE);
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #value(): boolean {
    if (this.#next('{')) return this.#items('}', () => this.#member());
    if (this.#next('[')) return this.#items(']', () => this.#value());
    return this.#take(STRING) || this.#take(WORD);
  }

  #member(): boolean {
    this.#take(SPACE);
    return this.#take(STRING) && this.#next(':') && this.#value();
  }

  #items(close: string, item: () => boolean): boolean {
    if (this.#next(close)) return true;
    do {
      if (!item()) return false;
    } while (this.#next(','));
    return this.#next(close);
  }
}
