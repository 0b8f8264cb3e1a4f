import test from 'ava';
import {screenText} from './screen.ts';
import {SteppedClock} from './stepped-clock.ts';
import {TEXT_MEMORY, Vga} from './vga.ts';

const HERTZ = 1_000_000;

function bench() {
  const clock = new SteppedClock(HERTZ);
  const vga = new Vga(clock);
  const write = (port: number, ...values: number[]): void => values.forEach(value => vga.device.writePort(port, 1, value));
  const read = (port: number): number => vga.device.readPort(port, 1);
  return {clock, vga, write, read};
}

test('the CRT controller keeps cursor and start address', t => {
  const {vga, write, read} = bench();
  for (const [index, value] of [[0x0e, 0x07], [0x0f, 0x30], [0x0c, 0x01], [0x0d, 0x40]]) {
    write(0x3d4, index);
    write(0x3d5, value);
    t.is(read(0x3d5), value);
  }
  t.is(vga.cursor, 0x730);
  t.is(vga.start, 0x280);
});

test('a word written to an index port goes to index and data', t => {
  const {vga} = bench();
  vga.device.writePort(0x3d4, 2, 0x120f);
  t.is(vga.cursor, 0x12);
});

test('the attribute controller takes index and data in turn, and the status begins anew', t => {
  const {write, read} = bench();
  write(0x3c0, 0x10, 0x0c, 0x11);
  read(0x3da);
  write(0x3c0, 0x10);
  t.is(read(0x3c1), 0x0c);
});

test('colors are written and read three bytes each', t => {
  const {write, read} = bench();
  write(0x3c8, 5);
  write(0x3c9, 1, 2, 3, 0xff);
  write(0x3c7, 5);
  t.deepEqual([read(0x3c9), read(0x3c9), read(0x3c9), read(0x3c9)], [1, 2, 3, 0x3f]);
});

test('a retrace comes seventy times a second, while nothing is shown', t => {
  const {clock, read} = bench();
  let rises = 0, before = 0;
  for (let at = 0; at < HERTZ; at += 10) {
    clock.advanceTo(at);
    const status = read(0x3da) & 0x09;
    t.not(status, 0x08);
    if ((status & 0x08) !== 0 && before === 0) rises++;
    before = status & 0x08;
  }
  t.is(rises, 70);
});

test('the screen is read from its start, in code page 437, without trailing blanks', t => {
  const memory = new Uint8Array(0x8000);
  [...Buffer.from('menu')].forEach((byte, at) => { memory[160 + at * 2] = byte; });
  memory[160 + 160] = 0xc9;
  memory[160 + 162] = 0x01;
  t.is(screenText(address => memory[address - TEXT_MEMORY], 160), 'menu\n╔.');
  t.is(screenText(() => 0x20, 0), '');
});
