import test from 'ava';
import {I8042} from './i8042.ts';

class Bench {
  irq = false;
  rises = 0;
  readonly a20: boolean[] = [];
  resets = 0;
  readonly controller = new I8042({
    interrupt: level => {
      if (level && !this.irq) this.rises++;
      this.irq = level;
    },
    a20: level => this.a20.push(level),
    reset: () => this.resets++,
  });
  readonly device = this.controller.device;

  command(value: number, operand?: number): this {
    this.device.writePort(0x64, 1, value);
    return operand === undefined ? this : this.data(operand);
  }

  data(value: number): this {
    this.device.writePort(0x60, 1, value);
    return this;
  }

  get status(): number {
    return this.device.readPort(0x64, 1);
  }

  /** Reads data while the output buffer is full. */
  answers(): number[] {
    const bytes: number[] = [];
    while ((this.status & 0x01) !== 0) bytes.push(this.device.readPort(0x60, 1));
    return bytes;
  }
}

const commands: Array<[name: string, command: number, answers: number[]]> = [
  ['self test', 0xaa, [0x55]],
  ['keyboard interface test', 0xab, [0x00]],
  ['read configuration', 0x20, [0x05]],
  ['read output port', 0xd0, [0x03]],
  ['mouse interface test: no mouse', 0xa9, [0x01]],
  ['an unknown command', 0x99, []],
];
for (const [name, command, answers] of commands) {
  test(`command 0x${command.toString(16)}, ${name}`, t => {
    t.deepEqual(new Bench().command(command).answers(), answers);
  });
}

const keyboard: Array<[name: string, bytes: number[], answers: number[]]> = [
  ['reset', [0xff], [0xfa, 0xaa]],
  ['identify', [0xf2], [0xfa, 0xab, 0x83]],
  ['echo', [0xee], [0xee]],
  ['set LEDs and their operand', [0xed, 0x07], [0xfa, 0xfa]],
  ['enable scanning', [0xf4], [0xfa]],
];
for (const [name, bytes, answers] of keyboard) {
  test(`the keyboard answers to ${name}`, t => {
    const bench = new Bench();
    for (const byte of bytes) bench.data(byte);
    t.deepEqual(bench.answers(), answers);
  });
}

test('status: output full, system, command or data, unlocked', t => {
  const bench = new Bench();
  t.is(bench.status, 0x14);
  t.is(bench.command(0xaa).status, 0x1d);
  bench.answers();
  t.is(bench.command(0x60, 0x00).status, 0x10);
});

test('the configuration reads as written; disabling the keyboard sets its bit', t => {
  const bench = new Bench().command(0x60, 0x47).command(0x20).command(0xad).command(0x20).command(0xae).command(0x20);
  t.deepEqual(bench.answers(), [0x47, 0x57, 0x47]);
});

test('IRQ 1 rises once for each byte, unless the configuration forbids it', t => {
  const bench = new Bench().data(0xff);
  bench.answers();
  t.is(bench.rises, 2);
  t.false(bench.irq);
  const quiet = new Bench().command(0x60, 0x04).data(0xff);
  t.false(quiet.irq);
});

test('the output port switches A20', t => {
  t.deepEqual(new Bench().command(0xd1, 0xdd).command(0xd1, 0xdf).a20, [false, true]);
});

test('the output port and pulse 0xFE reset the machine, other pulses do not', t => {
  t.is(new Bench().command(0xd1, 0x02).resets, 1);
  t.is(new Bench().command(0xfe).resets, 1);
  t.is(new Bench().command(0xff).resets, 0);
});

test('a byte put in the keyboard buffer arrives as if typed; one for the mouse is lost', t => {
  t.deepEqual(new Bench().command(0xd2, 0x1c).answers(), [0x1c]);
  t.deepEqual(new Bench().command(0xd4, 0xff).answers(), []);
});

test('an empty buffer reads its last byte again', t => {
  const bench = new Bench().command(0xaa);
  t.deepEqual([bench.device.readPort(0x60, 1), bench.device.readPort(0x60, 1)], [0x55, 0x55]);
});

test('a guest that never reads leaves one byte in the controller and sixteen in the keyboard, and no more', t => {
  const bench = new Bench();
  for (let count = 0; count < 100; count++) bench.data(0xee);
  t.is(bench.answers().length, 17);
});

/** Scan codes of set 2 as the keyboard sends them: A pressed and let go, Enter pressed, the right arrow key pressed and let go. */
const KEYS = [0x1c, 0xf0, 0x1c, 0x5a, 0xe0, 0x74, 0xe0, 0xf0, 0x74];

test('keys arrive in set 2, or translated to set 1 where the configuration asks for it', t => {
  const plain = new Bench();
  plain.controller.keyboard.press(KEYS);
  t.deepEqual(plain.answers(), KEYS);
  const translated = new Bench().command(0x60, 0x45);
  translated.controller.keyboard.press(KEYS);
  t.deepEqual(translated.answers(), [0x1e, 0x9e, 0x1c, 0xe0, 0x4d, 0xe0, 0xcd]);
});

test('the identity is translated too, an acknowledge is not', t => {
  t.deepEqual(new Bench().command(0x60, 0x45).data(0xf2).answers(), [0xfa, 0xab, 0x41]);
});

test('a keyboard that is turned off keeps its keys until it is turned on', t => {
  const bench = new Bench().command(0xad);
  bench.controller.keyboard.press([0x1c]);
  t.deepEqual(bench.answers(), []);
  t.deepEqual(bench.command(0xae).answers(), [0x1c]);
  bench.data(0xf5).answers();
  bench.controller.keyboard.press([0x1c]);
  t.deepEqual(bench.answers(), [], 'scanning is off');
});

test('the scan code set is told and chosen', t => {
  t.deepEqual(new Bench().data(0xf0).data(0x00).answers(), [0xfa, 0xfa, 0x02]);
});
