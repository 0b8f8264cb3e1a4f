import test from 'ava';
import {createPcDevices, programAsFirmware} from './pc.ts';
import {SteppedClock} from './stepped-clock.ts';

function bench() {
  const clock = new SteppedClock(1_193_182);
  const log = {console: '', exits: [] as number[], resets: 0, a20: [] as boolean[], intr: false};
  const pc = createPcDevices({
    clock,
    memorySize: 64 << 20,
    console: byte => (log.console += String.fromCharCode(byte)),
    interrupt: level => (log.intr = level),
    exit: code => log.exits.push(code),
    reset: () => log.resets++,
    a20: level => log.a20.push(level),
    memory: {read: () => false, write: () => false},
  });
  return {clock, log, ...pc};
}

const present = [0x20, 0x21, 0x40, 0x43, 0x60, 0x61, 0x64, 0x70, 0x71, 0x92, 0xa0, 0xa1, 0xe9, 0xf4, 0xf7, 0x3f8, 0x3ff, 0x4d0, 0x4d1];
const absent = [0x22, 0x3f, 0x44, 0x62, 0x80, 0xe8, 0xf3, 0xf8, 0x2f8, 0x3f7, 0x400];

test('the legacy chips answer on their ports and nobody on others', t => {
  const {ports} = bench();
  t.deepEqual(present.filter(port => !ports.has(port)), []);
  t.deepEqual(absent.filter(port => ports.has(port)), []);
  t.is(ports.read(0x80, 1), 0xff);
});

test('COM1 and port 0xE9 share the console in order', t => {
  const {ports, log} = bench();
  for (const [port, text] of [[0x3f8, 'a'], [0xe9, 'b'], [0x3f8, 'c']] as const) ports.write(port, 1, text.charCodeAt(0));
  t.is(log.console, 'abc');
});

test('after the firmware the timer ticks at 18.2 Hz on vector 8', t => {
  const {clock, ports, pic, log, ...rest} = bench();
  programAsFirmware({ports, pic, ...rest});
  clock.advanceTo(65_536);
  pic.acknowledge();
  ports.write(0x20, 1, 0x20);
  t.false(log.intr);
  clock.advanceTo(65_537);
  t.true(log.intr);
  t.is(pic.acknowledge(), 0x08);
});

test('the keyboard interrupts on IRQ 1 and COM1 on IRQ 4', t => {
  const {ports, pic, uart, ...rest} = bench();
  programAsFirmware({ports, pic, uart, ...rest});
  ports.write(0x21, 1, 0x00);
  pic.acknowledge();
  ports.write(0x20, 1, 0x20);
  ports.write(0x60, 1, 0xee);
  t.is(pic.acknowledge(), 0x09);
  ports.write(0x20, 1, 0x20);
  ports.write(0x3fc, 1, 0x08);
  ports.write(0x3f9, 1, 0x01);
  uart.receive(0x0d);
  t.is(pic.acknowledge(), 0x0c);
});

test('A20 is on while either the keyboard controller or port 0x92 opens it', t => {
  const {ports, log} = bench();
  const keyboard = (value: number): void => {
    ports.write(0x64, 1, 0xd1);
    ports.write(0x60, 1, value);
  };
  keyboard(0xdd);
  ports.write(0x92, 1, 0x02);
  keyboard(0xdf);
  ports.write(0x92, 1, 0x00);
  keyboard(0xdd);
  t.deepEqual(log.a20, [false, true, true, true, false]);
});

test('a guest ends by debug exit and resets by the keyboard controller or port 0x92', t => {
  const {ports, log} = bench();
  ports.write(0xf4, 1, 0x10);
  t.deepEqual(log.exits, [0x21]);
  ports.write(0x64, 1, 0xfe);
  ports.write(0x92, 1, 0x01);
  t.is(log.resets, 2);
});
