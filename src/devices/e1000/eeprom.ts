// The serial EEPROM: 64 words with address and checksum, read by the EERD register or bit by bit over its Microwire pins.
// Intel 317453, 5 EEPROM Interface, 13.4.3 and 13.4.4; 5.6.35: all words add up to 0xBABA.
import type {MacAddress} from '../network/wire.ts';

const PIN_CLOCK = 1, PIN_SELECT = 2, PIN_IN = 4, PIN_OUT = 8, REQUEST = 0x40, GRANT = 0x80, PRESENT = 0x100;
const READ_START = 1, READ_DONE = 0x10;
const WORDS = 64;
const CHECKSUM = 0xbaba;
/** Start bit, two bits of opcode, six of address. */
const COMMAND_BITS = 9, OPCODE_READ = 0b110;

export class Eeprom {
  readonly #words = new Uint16Array(WORDS);
  #pins = 0;
  #shifted = 0;
  #bits = 0;
  #out = 0;

  constructor(address: MacAddress) {
    for (let word = 0; word < 3; word++) this.#words[word] = address[word * 2] | (address[word * 2 + 1] << 8);
    this.#words.set([0x4008, 0x8086, 0x100e, 0x8086], 10);
    const sum = this.#words.reduce((total, word) => total + word, 0);
    this.#words[WORDS - 1] = CHECKSUM - sum;
  }

  /** EERD: a start bit and an address give data and the done bit at once. */
  read(command: number): number {
    if ((command & READ_START) === 0) return command;
    const address = (command >>> 8) & 0xff;
    return ((this.#words[address] ?? 0) << 16) | (address << 8) | READ_DONE;
  }

  get pins(): number {
    return this.#pins | PRESENT | ((this.#pins & REQUEST) !== 0 ? GRANT : 0) | this.#out;
  }

  /** EECD: a bit goes in at each rising clock while the chip is selected; data comes out at each falling one. */
  set pins(value: number) {
    const before = this.#pins;
    this.#pins = value & (PIN_CLOCK | PIN_SELECT | PIN_IN | REQUEST);
    if ((value & PIN_SELECT) === 0) this.#deselect();
    else this.#clocked(before, value);
  }

  #clocked(before: number, value: number): void {
    const rises = (value & PIN_CLOCK) !== 0 && (before & PIN_CLOCK) === 0;
    const falls = (value & PIN_CLOCK) === 0 && (before & PIN_CLOCK) !== 0;
    if (rises && this.#bits < COMMAND_BITS) this.#shiftIn((value & PIN_IN) !== 0 ? 1 : 0);
    else if (rises) this.#bits++;
    if (falls) this.#shiftOut();
  }

  #deselect(): void {
    this.#bits = 0;
    this.#shifted = 0;
    this.#out = PIN_OUT;
  }

  /** Zeros before the start bit do not count. */
  #shiftIn(bit: number): void {
    if (this.#bits === 0 && bit === 0) return;
    this.#shifted = (this.#shifted << 1) | bit;
    this.#bits++;
  }

  #shiftOut(): void {
    const at = this.#bits - COMMAND_BITS;
    const reads = this.#shifted >>> 6 === OPCODE_READ;
    if (at < 0 || !reads) return;
    const word = this.#words[this.#shifted & (WORDS - 1)];
    this.#out = (word >>> (15 - (at % 16))) & 1 ? PIN_OUT : 0;
  }
}
