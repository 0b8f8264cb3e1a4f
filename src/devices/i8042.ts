// The 8042 keyboard controller at 0x60/0x64: self test, the output port with A20 and reset, translation of scan codes, and the keyboard
// behind it. IBM PC AT Technical Reference, "Keyboard Controller".
//
// Simplification: there is no mouse; bytes for it are lost.
import type {Line, PortDevice} from './bus.ts';
import {byteWide} from './byte-wide.ts';
import {Keyboard} from './keyboard.ts';
import {Translation} from './scan-code-translation.ts';

const DATA = 0x60;
const STATUS = 0x64;

const STATUS_OUTPUT_FULL = 0x01;
const STATUS_SYSTEM = 0x04;
const STATUS_COMMAND = 0x08;
const STATUS_UNLOCKED = 0x10;
const CONFIG_INTERRUPT = 0x01;
const CONFIG_SYSTEM = 0x04;
const CONFIG_KEYBOARD_OFF = 0x10;
const CONFIG_TRANSLATE = 0x40;
const OUTPUT_NOT_RESET = 0x01;
const OUTPUT_A20 = 0x02;
const BUFFER_SIZE = 16;

/** Commands whose operand follows at 0x60. */
const WRITE_CONFIG = 0x60;
const WRITE_OUTPUT = 0xd1;
const WRITE_KEYBOARD_BUFFER = 0xd2;
const WRITE_MOUSE_BUFFER = 0xd3;
const WRITE_MOUSE = 0xd4;
const WITH_OPERAND = [WRITE_CONFIG, WRITE_OUTPUT, WRITE_KEYBOARD_BUFFER, WRITE_MOUSE_BUFFER, WRITE_MOUSE];

/** Commands of the controller that only answer. */
const ANSWERS = new Map([
  [0xaa, 0x55],
  [0xab, 0x00],
  [0xa9, 0x01],
  [0xc0, 0x80],
]);

export interface I8042Options {
  /** IRQ 1. */
  readonly interrupt: Line;
  /** The controller's part of gate A20; it is on at reset, as firmware leaves it. */
  readonly a20: Line;
  readonly reset: () => void;
}

export class I8042 {
  readonly device: PortDevice;
  readonly keyboard = new Keyboard();
  readonly #options: I8042Options;
  readonly #translation = new Translation();
  #config = CONFIG_INTERRUPT | CONFIG_SYSTEM;
  #outputPort = OUTPUT_NOT_RESET | OUTPUT_A20;
  readonly #output: number[] = [];
  /** What an empty output buffer reads. */
  #last = 0;
  /** The command that waits for its operand. */
  #pending: number | null = null;
  #lastWasCommand = false;
  #asking = false;

  constructor(options: I8042Options) {
    this.#options = options;
    this.keyboard.onByte = byte => this.#fromKeyboard(byte);
    this.device = byteWide({
      ports: [[DATA, DATA], [STATUS, STATUS]],
      read: port => (port === DATA ? this.#takeOutput() : this.#status),
      write: (port, value) => (port === DATA ? this.#writeData(value) : this.#writeCommand(value)),
    });
  }

  get #status(): number {
    const full = this.#output.length > 0 ? STATUS_OUTPUT_FULL : 0;
    const system = (this.#config & CONFIG_SYSTEM) !== 0 ? STATUS_SYSTEM : 0;
    return full | system | (this.#lastWasCommand ? STATUS_COMMAND : 0) | STATUS_UNLOCKED;
  }

  /** The next byte; each byte after it is a new edge of IRQ 1. */
  #takeOutput(): number {
    this.#last = this.#output.shift() ?? this.#last;
    this.#drive(false);
    this.keyboard.flush();
    this.#update();
    return this.#last;
  }

  #writeCommand(command: number): void {
    this.#lastWasCommand = true;
    this.#pending = WITH_OPERAND.includes(command) ? command : null;
    const answer = ANSWERS.get(command);
    if (answer !== undefined) this.#send(answer);
    else if (command === 0x20) this.#send(this.#config);
    else if (command === 0xd0) this.#send(this.#outputPort);
    else if (command === 0xad) this.#configure(this.#config | CONFIG_KEYBOARD_OFF);
    else if (command === 0xae) this.#configure(this.#config & ~CONFIG_KEYBOARD_OFF);
    else if (command >= 0xf0) this.#pulse(command);
  }

  #writeData(value: number): void {
    this.#lastWasCommand = false;
    const command = this.#pending;
    this.#pending = null;
    if (command === null) this.#toKeyboard(value);
    else if (command === WRITE_CONFIG) this.#configure(value);
    else if (command === WRITE_OUTPUT) this.#writeOutputPort(value);
    else if (command === WRITE_KEYBOARD_BUFFER) this.#send(value);
  }

  /** What is sent to the keyboard turns its line on again. */
  #toKeyboard(value: number): void {
    this.#config &= ~CONFIG_KEYBOARD_OFF;
    this.keyboard.write(value);
  }

  /** While the keyboard's line is held, or the last byte not yet read, it keeps what it has to say. */
  #fromKeyboard(byte: number): boolean {
    if ((this.#config & CONFIG_KEYBOARD_OFF) !== 0 || this.#output.length > 0) return false;
    const translated = (this.#config & CONFIG_TRANSLATE) === 0 ? byte : this.#translation.translate(byte);
    if (translated !== null) this.#send(translated);
    return true;
  }

  /** Commands 0xF0 to 0xFF pull the output port's low bits down for a moment where theirs are clear. */
  #pulse(command: number): void {
    if ((command & OUTPUT_NOT_RESET) === 0) this.#options.reset();
  }

  #writeOutputPort(value: number): void {
    this.#outputPort = value;
    this.#options.a20((value & OUTPUT_A20) !== 0);
    if ((value & OUTPUT_NOT_RESET) === 0) this.#options.reset();
  }

  #configure(config: number): void {
    this.#config = config;
    this.keyboard.flush();
    this.#update();
  }

  /** Answers beyond the sixteenth that nobody reads are lost. */
  #send(...bytes: number[]): void {
    this.#output.push(...bytes.slice(0, BUFFER_SIZE - this.#output.length));
    this.#update();
  }

  #update(): void {
    this.#drive(this.#output.length > 0 && (this.#config & CONFIG_INTERRUPT) !== 0);
  }

  #drive(level: boolean): void {
    if (level === this.#asking) return;
    this.#asking = level;
    this.#options.interrupt(level);
  }
}
