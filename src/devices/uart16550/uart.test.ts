// National Semiconductor PC16550D datasheet, register by register.
import test from 'ava';
import {Uart16550} from './uart.ts';

const [DATA, IER, IIR, FCR, LCR, MCR, LSR, MSR, SCR] = [0, 1, 2, 2, 3, 4, 5, 6, 7];
const OUT2 = 0x08;
const LOOPBACK = 0x10;

class Bench {
  readonly sent: number[] = [];
  irq = false;
  rises = 0;
  readonly uart = new Uart16550({console: byte => this.sent.push(byte), interrupt: level => this.#irq(level)});

  #irq(level: boolean): void {
    if (level && !this.irq) this.rises++;
    this.irq = level;
  }

  out(register: number, value: number): this {
    this.uart.device.writePort(0x3f8 + register, 1, value);
    return this;
  }

  in(register: number): number {
    return this.uart.device.readPort(0x3f8 + register, 1);
  }

  receive(...bytes: number[]): this {
    for (const byte of bytes) this.uart.receive(byte);
    return this;
  }
}

/** Interrupts of the given kinds enabled and routed through OUT2. */
const listening = (ier: number): Bench => new Bench().out(MCR, OUT2).out(IER, ier);

test('a byte written goes to the console, and the transmitter is always empty', t => {
  const bench = new Bench();
  t.is(bench.in(LSR), 0x60);
  bench.out(DATA, 0x41).out(DATA, 0xff);
  t.deepEqual(bench.sent, [0x41, 0xff]);
  t.is(bench.in(LSR), 0x60);
});

const kept: Array<[name: string, register: number, written: number, read: number]> = [
  ['IER', IER, 0xff, 0x0f],
  ['LCR', LCR, 0x5b, 0x5b],
  ['MCR', MCR, 0xff, 0x1f],
  ['SCR', SCR, 0xa5, 0xa5],
];
for (const [name, register, written, read] of kept) {
  test(`${name} written 0x${written.toString(16)} reads 0x${read.toString(16)}`, t => {
    t.is(new Bench().out(register, written).in(register), read);
  });
}

test('DLAB puts the divisor in the place of data and IER', t => {
  const bench = new Bench().out(IER, 0x05).out(LCR, 0x80).out(DATA, 0x0c).out(IER, 0x01);
  t.deepEqual([bench.in(DATA), bench.in(IER)], [0x0c, 0x01]);
  bench.out(LCR, 0x03);
  t.is(bench.in(IER), 0x05);
  t.deepEqual(bench.sent, []);
});

test('a received byte sets data ready until it is read', t => {
  const bench = new Bench().receive(0x61);
  t.is(bench.in(LSR), 0x61);
  t.is(bench.in(DATA), 0x61);
  t.is(bench.in(LSR), 0x60);
  t.is(bench.in(DATA), 0x61, 'an empty buffer keeps its last byte');
});

test('without FIFO a second byte replaces the first: overrun, cleared by reading LSR', t => {
  const bench = new Bench().receive(1, 2);
  t.is(bench.in(LSR), 0x63);
  t.is(bench.in(LSR), 0x61);
  t.is(bench.in(DATA), 2);
});

test('the FIFO keeps sixteen bytes; the seventeenth is lost', t => {
  const bench = new Bench().out(FCR, 0x01);
  t.is(bench.uart.room, 16);
  bench.receive(...Array.from({length: 17}, (_, index) => index));
  t.is(bench.uart.room, 0);
  t.is(bench.in(LSR) & 0x02, 0x02);
  const read: number[] = [];
  while ((bench.in(LSR) & 1) !== 0) read.push(bench.in(DATA));
  t.deepEqual(read, Array.from({length: 16}, (_, index) => index));
});

test('FCR empties the receiver on command and when the FIFO is switched', t => {
  t.is(new Bench().out(FCR, 0x01).receive(1).out(FCR, 0x03).in(LSR) & 1, 0);
  t.is(new Bench().receive(1).out(FCR, 0x01).in(LSR) & 1, 0);
  t.is(new Bench().out(FCR, 0x01).receive(1).out(FCR, 0xc1).in(LSR) & 1, 1, 'a new trigger level keeps the bytes');
});

test('IIR bits 7 and 6 tell that the FIFOs are on', t => {
  t.is(new Bench().in(IIR), 0x01);
  t.is(new Bench().out(FCR, 0x01).in(IIR), 0xc1);
});

const triggers: Array<[fcr: number, level: number]> = [[0x01, 1], [0x41, 4], [0x81, 8], [0xc1, 14]];
for (const [fcr, level] of triggers) {
  test(`FCR 0x${fcr.toString(16)}: fewer than ${level} bytes are a time-out, ${level} are data`, t => {
    const bench = listening(0x01).out(FCR, fcr);
    for (let count = 1; count <= level; count++) t.is(bench.receive(count).in(IIR), count < level ? 0xcc : 0xc4);
  });
}

test('the received-data interrupt lasts until the last byte is read', t => {
  const bench = listening(0x01).out(FCR, 0x01).receive(1, 2);
  bench.in(DATA);
  t.true(bench.irq);
  bench.in(DATA);
  t.false(bench.irq);
  t.is(bench.rises, 1);
});

test('enabling the transmitter interrupt raises it; reading IIR clears it', t => {
  const bench = listening(0x02);
  t.true(bench.irq);
  t.is(bench.in(IIR), 0x02);
  t.false(bench.irq);
  t.is(bench.in(IIR), 0x01);
  t.false(bench.out(IER, 0x02).irq, 'writing the same again does not');
  t.true(bench.out(IER, 0x00).out(IER, 0x02).irq);
});

test('each byte sent is a new edge of the transmitter interrupt, read or not', t => {
  const bench = listening(0x02);
  bench.in(IIR);
  bench.out(DATA, 1);
  t.is(bench.rises, 2);
  bench.out(DATA, 2);
  t.is(bench.rises, 3);
});

test('IIR names line status before data before transmitter before modem status', t => {
  const bench = new Bench().out(MCR, LOOPBACK | 0x01).out(MCR, OUT2).out(IER, 0x0f).receive(1, 2);
  t.is(bench.in(IIR), 0x06);
  bench.in(LSR);
  t.is(bench.in(IIR), 0x04);
  bench.in(DATA);
  t.is(bench.in(IIR), 0x02);
  t.is(bench.in(IIR), 0x00);
  bench.in(MSR);
  t.is(bench.in(IIR), 0x01);
  t.false(bench.irq);
});

test('reading IIR for another cause leaves the transmitter interrupt pending', t => {
  const bench = listening(0x03).receive(1);
  t.is(bench.in(IIR), 0x04);
  bench.in(DATA);
  t.is(bench.in(IIR), 0x02);
});

test('a disabled interrupt reports nothing but keeps its cause', t => {
  const bench = listening(0x00).receive(1);
  t.is(bench.in(IIR), 0x01);
  t.true(bench.out(IER, 0x01).irq);
});

test('the interrupt passes only while OUT2 is set, and not in loopback', t => {
  const bench = new Bench().out(IER, 0x02);
  t.false(bench.irq);
  t.true(bench.out(MCR, OUT2).irq);
  t.false(bench.out(MCR, OUT2 | LOOPBACK).irq);
});

test('a terminal is there: CTS, DSR and DCD are set, without deltas', t => {
  t.is(new Bench().in(MSR), 0xb0);
});

test('loopback returns sent bytes, and shuts the terminal out', t => {
  const bench = new Bench().out(MCR, LOOPBACK).out(DATA, 0x55).receive(0x66);
  t.deepEqual(bench.sent, []);
  t.is(bench.in(DATA), 0x55);
  t.is(bench.in(LSR), 0x60);
});

const loops: Array<[mcr: number, msr: number]> = [[0x01, 0x20], [0x02, 0x10], [0x04, 0x40], [0x08, 0x80], [0x0a, 0x90]];
for (const [mcr, msr] of loops) {
  test(`loopback: MCR 0x${mcr.toString(16)} reads back as MSR 0x${msr.toString(16)}`, t => {
    t.is(new Bench().out(MCR, LOOPBACK | mcr).in(MSR) & 0xf0, msr);
  });
}

test('MSR deltas tell what changed, the ring only when it ends, until they are read', t => {
  const bench = new Bench().out(MCR, LOOPBACK);
  t.is(bench.in(MSR), 0x0b);
  t.is(bench.in(MSR), 0x00);
  t.is(bench.out(MCR, LOOPBACK | 0x04).in(MSR), 0x40);
  t.is(bench.out(MCR, LOOPBACK).in(MSR), 0x04);
});

test('a second port answers at its own base', t => {
  const sent: number[] = [];
  const uart = new Uart16550({console: byte => sent.push(byte), interrupt: () => {}, base: 0x2f8});
  t.deepEqual(uart.device.ports, [[0x2f8, 0x2ff]]);
  uart.device.writePort(0x2f8, 1, 7);
  t.deepEqual(sent, [7]);
});
