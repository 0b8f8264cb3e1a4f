// Intel 82C54 datasheet (231244), through the ports of a PC. The clock runs at one tick for each CLK pulse unless a test
// says otherwise.
import test from 'ava';
import {SteppedClock} from '../stepped-clock.ts';
import {PIT_HERTZ, Pit8254} from './pit.ts';
import {createPortB} from './port-b.ts';

class Bench {
  readonly clock: SteppedClock;
  readonly pit: Pit8254;
  readonly #portB;
  level = true;
  /** When IRQ 0 rose, in clock ticks. */
  readonly rises: number[] = [];

  constructor(hertz = PIT_HERTZ) {
    this.clock = new SteppedClock(hertz);
    this.pit = new Pit8254(this.clock, level => this.#irq0(level));
    this.#portB = createPortB(this.clock, this.pit);
  }

  #irq0(level: boolean): void {
    if (level && !this.level) this.rises.push(this.clock.now());
    this.level = level;
  }

  out(port: number, ...values: number[]): this {
    const device = port === 0x61 ? this.#portB : this.pit.device;
    for (const value of values) device.writePort(port, 1, value);
    return this;
  }

  in(port: number): number {
    return (port === 0x61 ? this.#portB : this.pit.device).readPort(port, 1);
  }

  in16(port: number): number {
    return this.in(port) | (this.in(port) << 8);
  }

  at(tick: number): this {
    this.clock.advanceTo(tick);
    return this;
  }
}

const low = (count: number): number => count & 0xff;
const high = (count: number): number => (count >>> 8) & 0xff;

/** Counter 0 in the given mode, both bytes, binary. */
const started = (mode: number, count: number, hertz = PIT_HERTZ): Bench =>
  new Bench(hertz).out(0x43, 0x30 | (mode << 1)).out(0x40, low(count), high(count));

const rises: Array<[mode: number, count: number, ticks: number[]]> = [
  [0, 10, [11]],
  [1, 10, []],
  [2, 10, [11, 21, 31]],
  [3, 10, [11, 21, 31]],
  [3, 11, [12, 23, 34]],
  [4, 10, [12]],
  [5, 10, []],
];
for (const [mode, count, ticks] of rises) {
  test(`mode ${mode} with count ${count} raises IRQ 0 at ticks ${ticks.join(', ') || 'none'}`, t => {
    const bench = started(mode, count);
    bench.rises.length = 0;
    t.deepEqual(bench.at(35).rises, ticks);
  });
}

test('mode 3 holds IRQ 0 low for the second half of each period', t => {
  const bench = started(3, 10);
  t.true(bench.at(5).level);
  t.false(bench.at(6).level);
  t.false(bench.at(10).level);
  t.true(bench.at(11).level);
});

for (const mode of [6, 7]) {
  test(`mode ${mode} is mode ${mode - 4}`, t => {
    t.deepEqual(started(mode, 10).at(35).rises, [11, 21, 31]);
  });
}

test('a count of 0 is 65536', t => {
  t.deepEqual(started(2, 0).at(200_000).rises, [65_537, 131_073, 196_609]);
});

test('a timer without a count never fires', t => {
  const bench = new Bench().out(0x43, 0x34);
  t.is(bench.clock.next(), Infinity);
  t.deepEqual(bench.at(1_000_000).rises, []);
});

test('mode 0: OUT falls with the control word, and one expiry needs one alarm', t => {
  const bench = started(0, 10);
  t.false(bench.level);
  t.is(bench.at(11).clock.next(), Infinity);
});

test('mode 0: the first byte of a new count stops the counter, the second starts it', t => {
  const bench = started(0, 100).at(50).out(0x40, 20);
  t.is(bench.at(60).in16(0x40), 51, 'stopped where it was');
  t.deepEqual(bench.at(500).rises, []);
  t.deepEqual(bench.out(0x40, 0).at(600).rises, [521]);
});

test('mode 2: a new count takes effect at the end of the period', t => {
  t.deepEqual(started(2, 10).at(13).out(0x40, 5, 0).at(35).rises, [11, 21, 26, 31]);
});

test('mode 3: a new count takes effect at the end of the half', t => {
  const inHighHalf = started(3, 20).at(3).out(0x40, 10, 0);
  t.deepEqual(inHighHalf.at(40).rises, [16, 26, 36]);
  const inLowHalf = started(3, 20).at(13).out(0x40, 10, 0);
  t.deepEqual(inLowHalf.at(40).rises, [21, 31]);
});

test('mode 4: a new count starts anew at the next CLK', t => {
  t.deepEqual(started(4, 10).at(5).out(0x40, 20, 0).at(60).rises, [27]);
});

test('a count of 1, illegal in mode 2, is taken as 2', t => {
  t.deepEqual(started(2, 1).at(7).rises, [3, 5, 7]);
});

test('a count reads as it runs, low byte first', t => {
  const bench = started(2, 0x1234);
  t.is(bench.at(0x35).in16(0x40), 0x1200);
});

test('a latched count stays until both bytes are read', t => {
  const bench = started(2, 0x1000).at(0x11).out(0x43, 0x00);
  bench.at(0x100).out(0x43, 0x00);
  t.is(bench.in16(0x40), 0xff0, 'the second latch command is ignored');
  t.is(bench.in16(0x40), 0xf01);
});

test('one-byte access reads and writes that byte and clears the other', t => {
  const lowOnly = new Bench().out(0x43, 0x14).out(0x40, 200);
  t.deepEqual(lowOnly.at(401).rises, [201, 401]);
  t.is(lowOnly.at(411).in(0x40), 190);
  const highOnly = new Bench().out(0x43, 0x24).out(0x40, 2);
  t.deepEqual(highOnly.at(513).rises, [513]);
  t.is(highOnly.at(514).in(0x40), 1);
});

test('BCD counts in decimal digits', t => {
  const bench = new Bench().out(0x43, 0x35).out(0x40, 0x00, 0x10);
  t.is(bench.at(2).in16(0x40), 0x0999);
  t.deepEqual(bench.at(1001).rises, [1001]);
});

test('BCD 0 is 10000', t => {
  t.deepEqual(new Bench().out(0x43, 0x35).out(0x40, 0, 0).at(10_001).rises, [10_001]);
});

test('read-back latches the status: OUT, null count, access, mode, BCD', t => {
  const bench = new Bench().out(0x43, 0x30, 0xe2);
  t.is(bench.in(0x40), 0x70, 'waiting for a count');
  bench.out(0x40, 10, 0).at(1).out(0x43, 0xe2);
  t.is(bench.in(0x40), 0x30, 'loaded');
  bench.at(11).out(0x43, 0xe2);
  t.is(bench.in(0x40), 0xb0, 'expired');
});

test('read-back of status and count: status is read first', t => {
  const bench = started(2, 0x300).at(2).out(0x43, 0xc2);
  t.is(bench.in(0x40), 0xb4);
  t.is(bench.at(50).in16(0x40), 0x2ff);
});

test('read-back latches only the counters it names', t => {
  const bench = started(2, 0x300).out(0x43, 0x74).out(0x41, 0x00, 0x02);
  bench.at(2).out(0x43, 0xd4).at(0x12);
  t.is(bench.in16(0x41), 0x1ff);
  t.is(bench.in16(0x40), 0x2ef);
});

test('the control port reads as ones', t => {
  t.is(new Bench().in(0x43), 0xff);
});

test('port 0x61: counter 2 counts while its gate is high, OUT 2 reads in bit 5', t => {
  const bench = new Bench().out(0x61, 0).out(0x43, 0xb0).out(0x42, 100, 0);
  t.is(bench.at(500).in16(0x42), 100, 'loaded, not counting');
  bench.out(0x61, 1);
  t.is(bench.at(540).in16(0x42), 60);
  bench.out(0x61, 0);
  t.is(bench.at(900).in16(0x42), 60, 'stopped');
  bench.out(0x61, 1);
  t.is(bench.at(959).in(0x61) & 0x21, 0x01);
  t.is(bench.at(960).in(0x61) & 0x21, 0x21);
});

test('counter 2 in mode 1: the gate triggers and retriggers a one-shot', t => {
  const bench = new Bench().out(0x43, 0xb2).out(0x42, 10, 0);
  t.is(bench.at(5).in(0x61) & 0x20, 0x20, 'high until triggered');
  bench.out(0x61, 1);
  t.is(bench.at(6).in(0x61) & 0x20, 0);
  bench.at(10).out(0x61, 0).out(0x61, 1);
  t.is(bench.at(20).in(0x61) & 0x20, 0, 'retriggered');
  t.is(bench.at(21).in(0x61) & 0x20, 0x20);
});

test('counter 2 in mode 3: the gate at low forces OUT high, at high it reloads', t => {
  const bench = new Bench().out(0x61, 1).out(0x43, 0xb6).out(0x42, 10, 0);
  t.is(bench.at(7).in(0x61) & 0x20, 0);
  bench.out(0x61, 0);
  t.is(bench.in(0x61) & 0x20, 0x20);
  bench.at(100).out(0x61, 1);
  t.is(bench.at(105).in(0x61) & 0x20, 0x20);
  t.is(bench.at(106).in(0x61) & 0x20, 0);
});

test('port 0x61: the refresh bit toggles every 18 ticks, and the high bits read as written low', t => {
  const bench = new Bench().out(0x61, 0xff);
  const refresh = (tick: number): number => bench.at(tick).in(0x61) & 0x10;
  t.deepEqual([0, 17, 18, 35, 36, 54].map(refresh), [0, 0, 0x10, 0x10, 0, 0x10]);
  t.is(bench.in(0x61) & 0xcf, 0x0f);
});

test('interrupts come at the exact cycles of a 2.93 GHz clock, without drift', t => {
  const hertz = 2_930_000_000;
  const bench = started(2, 11_932, hertz);
  const hundredth = Math.ceil(((11_932 * 100 + 1) * hertz) / PIT_HERTZ);
  bench.at(hundredth);
  t.is(bench.rises.length, 100);
  t.is(bench.rises[99], hundredth);
});

test('a late alarm loses no edge, and a port read before it is served sees them', t => {
  const bench = started(0, 10);
  bench.clock.leapTo(1000);
  t.deepEqual(bench.rises, [1000]);
  const periodic = started(2, 10);
  periodic.clock.leapTo(35);
  t.is(periodic.rises.length, 3);
  t.is(periodic.clock.next(), 41);
});

test('a port read before the alarm is served drives every edge that is past', t => {
  let now = 0;
  let rises = 0;
  const unserved = {hertz: PIT_HERTZ, now: () => now, schedule: () => ({cancel() {}})};
  const {device} = new Pit8254(unserved, level => (rises += level ? 1 : 0));
  for (const [port, value] of [[0x43, 0x34], [0x40, 10], [0x40, 0]]) device.writePort(port, 1, value);
  rises = 0;
  now = 35;
  device.readPort(0x40, 1);
  t.is(rises, 3);
});

/** OUT 0 by the read-back command. */
const outOf = (bench: Bench): boolean => (bench.out(0x43, 0xe2).in(0x40) & 0x80) !== 0;

for (const mode of [0, 2, 3, 4]) {
  test(`mode ${mode}: IRQ 0 follows OUT at every tick, whenever the count is rewritten`, t => {
    const counts = [2, 3, 4, 7];
    for (const first of counts) for (const second of counts) for (let rewrite = 0; rewrite < 16; rewrite++) {
      const bench = started(mode, first);
      let before = outOf(bench);
      for (let tick = 1; tick < 40; tick++) {
        const rises = bench.rises.length;
        // Reading the status would settle the edges itself, so IRQ 0 is looked at first.
        const [level, rose] = [bench.at(tick).level, bench.rises.length > rises];
        const out = outOf(bench);
        const where = `count ${first}, then ${second} at ${rewrite}, tick ${tick}`;
        if (mode === 0 || mode === 3) t.is(level, out, where);
        else t.is(rose, out && !before, where);
        before = out;
        if (tick === rewrite) bench.out(0x40, second, 0);
        if (tick === rewrite) before = outOf(bench);
      }
    }
  });
}
