import test from 'ava';
import {createI8042} from './i8042.ts';

class Bench {
  irq = false;
  rises = 0;
  readonly a20: boolean[] = [];
  resets = 0;
  readonly device = createI8042({
    interrupt: level => {
      if (level && !this.irq) this.rises++;
      this.irq = level;
    },
    a20: level => this.a20.push(level),
    reset: () => this.resets++,
  });

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

test('a guest that never reads fills sixteen bytes and no more', t => {
  const bench = new Bench();
  for (let count = 0; count < 100; count++) bench.data(0xee);
  t.is(bench.answers().length, 16);
});
