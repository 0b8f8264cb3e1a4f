// The keyboard behind the 8042: it answers commands and sends what is typed, in scan code set 2. IBM PS/2 Hardware Interface Technical
// Reference, "Keyboard (101- and 102-Key)".

const ACKNOWLEDGE = 0xfa, SELF_TEST_PASSED = 0xaa, ECHO = 0xee;
const IDENTITY = [0xab, 0x83];
const SET_SCAN_CODES = 0xf0, DISABLE = 0xf5, ENABLE = 0xf4, DEFAULTS = 0xf6, RESET = 0xff, IDENTIFY = 0xf2, SET_LEDS = 0xed, SET_RATE = 0xf3;
const WITH_OPERAND = [SET_SCAN_CODES, SET_LEDS, SET_RATE];
const SCAN_CODE_SET = 2;
/** The bytes a keyboard holds while it may not send. */
const BUFFER_SIZE = 16;

export class Keyboard {
  /** Takes a byte, or says that it cannot now. */
  onByte: (byte: number) => boolean = () => true;
  readonly #waiting: number[] = [];
  #scanning = true;
  /** The command that waits for its operand. */
  #pending: number | null = null;

  /** Keys go down and up: scan codes of set 2. What there is no room for is lost. */
  press(codes: readonly number[]): void {
    if (this.#scanning) this.#send(codes);
  }

  write(value: number): void {
    const command = this.#pending;
    this.#pending = WITH_OPERAND.includes(value) && command === null ? value : null;
    if (command === SET_SCAN_CODES && value === 0) return this.#send([ACKNOWLEDGE, SCAN_CODE_SET]);
    if (command !== null) return this.#send([ACKNOWLEDGE]);
    if (value === DISABLE || value === ENABLE) this.#scanning = value === ENABLE;
    if (value === RESET || value === DEFAULTS) this.#scanning = true;
    return this.#send(answerTo(value));
  }

  /** Sends what waits, as far as it is taken. */
  flush(): void {
    while (this.#waiting.length > 0 && this.onByte(this.#waiting[0])) this.#waiting.shift();
  }

  #send(bytes: readonly number[]): void {
    this.#waiting.push(...bytes.slice(0, BUFFER_SIZE - this.#waiting.length));
    this.flush();
  }
}

function answerTo(command: number): readonly number[] {
  if (command === ECHO) return [ECHO];
  if (command === RESET) return [ACKNOWLEDGE, SELF_TEST_PASSED];
  return command === IDENTIFY ? [ACKNOWLEDGE, ...IDENTITY] : [ACKNOWLEDGE];
}
