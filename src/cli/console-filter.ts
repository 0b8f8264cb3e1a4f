// What a guest prints on its way to the terminal: text, colours and cursor movement pass, so that editors and shells work; what would
// reach beyond the guest's part of the screen does not (titles, clipboard, modes, the scroll region, erasing what was before).

const ESC = 0x1b, BELL = 0x07;
/** Final bytes of control sequences that may pass: cursor, erase, insert and delete, colours. ECMA-48, 8.3. */
const HARMLESS = new Set('@ABCDEFGHIJKLMPSTXZ`adfm'.split('').map(letter => letter.charCodeAt(0)));

type State = 'text' | 'escape' | 'control' | 'string' | 'string-escape';

export class ConsoleFilter {
  #state: State = 'text';
  #sequence: number[] = [];

  /** The part of `bytes` that may be shown; a sequence cut in two is held back until its rest comes. */
  pass(bytes: Uint8Array): Uint8Array {
    const shown: number[] = [];
    for (const byte of bytes) this.#step(byte, shown);
    return Uint8Array.from(shown);
  }

  #step(byte: number, shown: number[]): void {
    switch (this.#state) {
      case 'text': this.#text(byte, shown); break;
      case 'escape': this.#escape(byte); break;
      case 'control': this.#control(byte, shown); break;
      case 'string': this.#state = byte === BELL ? 'text' : byte === ESC ? 'string-escape' : 'string'; break;
      case 'string-escape': this.#state = byte === 0x5c ? 'text' : 'string'; break;
    }
  }

  #text(byte: number, shown: number[]): void {
    if (byte === ESC) this.#state = 'escape';
    else if (byte >= 0x20 ? byte < 0x7f || byte >= 0xa0 : byte >= 0x07 && byte <= 0x0d) shown.push(byte);
  }

  /** `ESC [` begins a control sequence, `ESC ]`, `ESC P` and their like a string; of the rest nothing is needed. */
  #escape(byte: number): void {
    this.#sequence = [ESC, byte];
    if (byte === 0x5b) this.#state = 'control';
    else this.#state = [0x5d, 0x50, 0x58, 0x5e, 0x5f].includes(byte) ? 'string' : 'text';
  }

  #control(byte: number, shown: number[]): void {
    this.#sequence.push(byte);
    if (byte >= 0x20 && byte < 0x40) return;
    const parameters = String.fromCharCode(...this.#sequence.slice(2, -1));
    // Why: J with 3 erases the scrollback, and a private mode is none of a guest's.
    const reaches = (byte === 0x4a && parameters === '3') || /[<=>?]/.test(parameters);
    if (HARMLESS.has(byte) && !reaches) shown.push(...this.#sequence);
    this.#state = 'text';
  }
}
