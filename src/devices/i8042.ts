// The 8042 keyboard controller at 0x60/0x64, as far as kernels need it without anyone typing: self test, the output port
// with A20 and reset, and a keyboard that answers its commands. IBM PC AT Technical Reference, "Keyboard Controller".
//
// Simplification: nobody types and there is no mouse; bytes for the mouse are lost.
import type {Line, PortDevice} from './bus.ts';
import {byteWide} from './byte-wide.ts';

const DATA = 0x60;
const STATUS = 0x64;

const STATUS_OUTPUT_FULL = 0x01;
const STATUS_SYSTEM = 0x04;
const STATUS_COMMAND = 0x08;
const STATUS_UNLOCKED = 0x10;
const CONFIG_INTERRUPT = 0x01;
const CONFIG_SYSTEM = 0x04;
const CONFIG_KEYBOARD_OFF = 0x10;
const OUTPUT_NOT_RESET = 0x01;
const OUTPUT_A20 = 0x02;
const ACKNOWLEDGE = 0xfa;
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

/** What the keyboard answers after its acknowledge. */
const KEYBOARD_ANSWERS = new Map([
  [0xff, [ACKNOWLEDGE, 0xaa]],
  [0xf2, [ACKNOWLEDGE, 0xab, 0x83]],
  [0xee, [0xee]],
]);

export interface I8042Options {
  /** IRQ 1. */
  readonly interrupt: Line;
  /** The controller's part of gate A20; it is on at reset, as firmware leaves it. */
  readonly a20: Line;
  readonly reset: () => void;
}

export function createI8042(options: I8042Options): PortDevice {
  const controller = new I8042(options);
  return byteWide({
    ports: [[DATA, DATA], [STATUS, STATUS]],
    read: port => (port === DATA ? controller.takeOutput() : controller.status),
    write: (port, value) => (port === DATA ? controller.writeData(value) : controller.writeCommand(value)),
  });
}

class I8042 {
  readonly #options: I8042Options;
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
  }

  get status(): number {
    const full = this.#output.length > 0 ? STATUS_OUTPUT_FULL : 0;
    const system = (this.#config & CONFIG_SYSTEM) !== 0 ? STATUS_SYSTEM : 0;
    return full | system | (this.#lastWasCommand ? STATUS_COMMAND : 0) | STATUS_UNLOCKED;
  }

  /** The next byte; each byte after it is a new edge of IRQ 1. */
  takeOutput(): number {
    this.#last = this.#output.shift() ?? this.#last;
    this.#drive(false);
    this.#update();
    return this.#last;
  }

  writeCommand(command: number): void {
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

  writeData(value: number): void {
    this.#lastWasCommand = false;
    const command = this.#pending;
    this.#pending = null;
    if (command === null) this.#send(...(KEYBOARD_ANSWERS.get(value) ?? [ACKNOWLEDGE]));
    else if (command === WRITE_CONFIG) this.#configure(value);
    else if (command === WRITE_OUTPUT) this.#writeOutputPort(value);
    else if (command === WRITE_KEYBOARD_BUFFER) this.#send(value);
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
    this.#update();
  }

  /** What the keyboard's buffer has no room for is lost. */
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
