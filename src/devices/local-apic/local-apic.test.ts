// The local APIC, register by register, as the processor sees it. Intel SDM vol. 3A, chapter 10.
import test from 'ava';
import {SteppedClock} from '../stepped-clock.ts';
import {LocalApic} from './local-apic.ts';
import {EXTINT, FIXED, INIT, NMI} from '../../x86/apic/registers.ts';

const ENABLED = 0x1ff;

class Bench {
  intr = false;
  nmis = 0;
  inits = 0;
  /** Vector an external controller would give. */
  given = 0x30;
  readonly ends: number[] = [];
  readonly clock = new SteppedClock(1_000_000_000);
  readonly apic = new LocalApic({
    clock: this.clock, output: level => { this.intr = level; }, external: () => this.given, nmi: () => this.nmis++, init: () => this.inits++,
    ended: vector => this.ends.push(vector),
  });

  constructor(spurious = ENABLED) {
    this.write(0x0f0, spurious);
  }

  read(offset: number): number {
    return this.apic.readMemory(offset, 4);
  }

  write(...writes: number[]): this {
    for (let index = 0; index < writes.length; index += 2) this.apic.writeMemory(writes[index], 4, writes[index + 1]);
    return this;
  }

  /** Messages of an I/O APIC to processor 0. */
  message(...vectors: number[]): this {
    for (const vector of vectors) this.apic.accept({vector, mode: FIXED, level: false, destination: 0, logical: false});
    return this;
  }

  level(vector: number): boolean {
    return this.apic.accept({vector, mode: FIXED, level: true, destination: 0, logical: false});
  }

  /** Takes and ends what comes. */
  drain(): number[] {
    const vectors: number[] = [];
    while (this.intr && vectors.length < 300) {
      vectors.push(this.apic.acknowledge());
      this.write(0x0b0, 0);
    }
    return vectors;
  }
}

const AFTER_RESET: ReadonlyArray<readonly [offset: number, value: number]> = [
  [0x020, 0], [0x030, 0x0005_0014], [0x080, 0], [0x0a0, 0], [0x0d0, 0], [0x0e0, 0xffff_ffff], [0x0f0, 0xff], [0x100, 0], [0x200, 0], [0x280, 0],
  [0x300, 0], [0x310, 0], [0x320, 0x1_0000], [0x330, 0x1_0000], [0x340, 0x1_0000], [0x350, 0x1_0000], [0x360, 0x1_0000], [0x370, 0x1_0000], [0x380, 0], [0x390, 0], [0x3e0, 0],
];
test('10.4.7.1: the state after reset', t => {
  const bench = new Bench(0xff);
  t.deepEqual(AFTER_RESET.map(([offset]) => [offset, bench.read(offset)]), AFTER_RESET.map(row => [...row]));
});

const WRITTEN: ReadonlyArray<readonly [offset: number, value: number, expected: number]> = [
  [0x020, 0xffff_ffff, 0xff00_0000], [0x030, 0, 0x0005_0014], [0x080, 0x1ff, 0xff], [0x0d0, 0xffff_ffff, 0xff00_0000], [0x0e0, 0, 0x0fff_ffff],
  [0x0f0, 0xffff_ffff, 0x3ff], [0x320, 0xffff_ffff, 0x3_00ff], [0x340, 0xffff_ffff, 0x1_07ff], [0x350, 0xffff_ffff, 0x1_a7ff], [0x360, 0xffff_ffff, 0x1_a7ff],
  [0x370, 0xffff_ffff, 0x1_00ff], [0x3e0, 0xffff_ffff, 0xb], [0x310, 0xffff_ffff, 0xff00_0000], [0x200, 0xffff_ffff, 0], [0x100, 0xffff_ffff, 0], [0x0a0, 0xff, 0],
];
for (const [offset, value, expected] of WRITTEN) {
  test(`register 0x${offset.toString(16)} keeps 0x${expected.toString(16)} of 0x${value.toString(16)}`, t => t.is(new Bench().write(offset, value).read(offset), expected));
}

test('registers take doublewords only; narrower reads get their part, and what lies between reads as zeros', t => {
  const bench = new Bench();
  bench.apic.writeMemory(0x080, 1, 0x20);
  bench.apic.writeMemory(0x084, 4, 0x20);
  t.is(bench.read(0x080), 0);
  t.is(bench.apic.readMemory(0x032, 1), 0x05);
  t.is(bench.apic.readMemory(0x034, 4), 0);
});

test('10.8.3: the highest vector first, each class held back by what is in service', t => {
  const bench = new Bench().message(0x31, 0x52, 0x3f, 0x51);
  t.is(bench.apic.acknowledge(), 0x52);
  t.false(bench.intr, '0x51 is of the class in service');
  t.is(bench.read(0x0a0), 0x50);
  t.is(bench.read(0x120), 0x0004_0000);
  t.true(bench.message(0x61).intr);
  t.is(bench.apic.acknowledge(), 0x61);
  bench.write(0x0b0, 0, 0x0b0, 0);
  t.deepEqual(bench.drain(), [0x51, 0x3f, 0x31]);
});

test('10.8.3.1: the task priority holds back its class and those below', t => {
  const bench = new Bench().write(0x080, 0x5f).message(0x5f);
  t.false(bench.intr);
  t.is(bench.read(0x0a0), 0x5f);
  t.true(bench.message(0x60).intr);
  t.is(bench.apic.acknowledge(), 0x60);
  t.is(bench.read(0x0a0), 0x60);
  bench.write(0x0b0, 0);
  t.true(bench.write(0x080, 0x4f).intr);
});

test('a vector is pending once in the request register and once in service', t => {
  const bench = new Bench().message(0x40, 0x40);
  bench.apic.acknowledge();
  bench.message(0x40, 0x40);
  t.false(bench.intr);
  bench.write(0x0b0, 0);
  t.deepEqual(bench.drain(), [0x40]);
});

test('10.8.5: the end of a level-triggered service is told, that of an edge is not', t => {
  const bench = new Bench();
  t.true(bench.level(0x41));
  bench.message(0x51);
  t.is(bench.read(0x1a0), 2);
  bench.drain();
  t.deepEqual(bench.ends, [0x41]);
  bench.message(0x41);
  t.is(bench.read(0x1a0), 0, 'the trigger mode register follows the last request');
});

test('10.9: an acknowledge with nothing pending gives the spurious vector and puts nothing in service', t => {
  const bench = new Bench(0x1ef);
  t.is(bench.apic.acknowledge(), 0xef);
  t.is(bench.read(0x170), 0);
});

test('10.4.7.2: disabled by software it takes no vectors, keeps what is pending, and masks its local vectors', t => {
  const bench = new Bench().write(0x350, 0x700).message(0x40).write(0x0f0, 0xff);
  t.false(bench.intr);
  t.is(bench.read(0x350), 0x1_0700);
  bench.write(0x350, 0x700);
  t.is(bench.read(0x350), 0x1_0700, 'the masks stay set');
  bench.message(0x50).write(0x0f0, ENABLED);
  t.deepEqual(bench.drain(), [0x40]);
});

test('LINT0 as ExtINT passes an external controller through, past priority, and puts nothing in service', t => {
  const bench = new Bench().write(0x350, 0x8700, 0x080, 0xff);
  bench.apic.setPin(0, true);
  t.true(bench.intr);
  t.is(bench.apic.acknowledge(), 0x30);
  t.is(bench.read(0x110), 0);
  bench.apic.setPin(0, false);
  t.false(bench.intr);
});

test('off by IA32_APIC_BASE the external controller is the processor\'s', t => {
  const bench = new Bench().message(0x40);
  bench.apic.switch(false);
  t.false(bench.intr);
  bench.apic.setPin(0, true);
  t.true(bench.intr);
  t.false(bench.message(0x50).apic.pending === 0x50);
  t.is(bench.apic.acknowledge(), 0x30);
});

test('a pin with a vector: an edge asks once, a level again after its service while the pin stays', t => {
  const bench = new Bench().write(0x360, 0x61);
  bench.apic.setPin(1, true);
  t.deepEqual(bench.drain(), [0x61]);
  bench.apic.setPin(1, false);
  bench.write(0x360, 0x8062);
  bench.apic.setPin(1, true);
  t.is(bench.read(0x360), 0xc062, 'remote IRR');
  t.is(bench.apic.acknowledge(), 0x62);
  bench.write(0x0b0, 0);
  t.true(bench.intr);
  bench.apic.setPin(1, false);
  t.deepEqual(bench.drain(), [0x62]);
  t.is(bench.read(0x360), 0x8062);
});

test('LINT1 as NMI interrupts without asking', t => {
  const bench = new Bench().write(0x360, 0x400);
  bench.apic.setPin(1, true);
  t.is(bench.nmis, 1);
  t.false(bench.intr);
});

const DESTINATIONS: ReadonlyArray<readonly [what: string, id: number, logical: number, format: number, destination: number, mode: 'physical' | 'logical', taken: boolean]> = [
  ['its own identity', 3, 0, 0xf, 3, 'physical', true], ['another\'s', 3, 0, 0xf, 4, 'physical', false], ['everyone', 3, 0, 0xf, 0xff, 'physical', true],
  ['one of its flat bits', 0, 0x05, 0xf, 0x04, 'logical', true], ['none of them', 0, 0x05, 0xf, 0x0a, 'logical', false],
  ['its cluster and bit', 0, 0x23, 0, 0x22, 'logical', true], ['another cluster', 0, 0x23, 0, 0x32, 'logical', false], ['another bit', 0, 0x23, 0, 0x24, 'logical', false],
];
for (const [what, id, logical, format, destination, mode, taken] of DESTINATIONS) {
  test(`10.6.2: a ${mode} message to ${what} is ${taken ? 'taken' : 'not taken'}`, t => {
    const bench = new Bench().write(0x020, id << 24, 0x0d0, logical << 24, 0x0e0, format << 28);
    t.is(bench.apic.accept({vector: 0x40, mode: FIXED, level: false, destination, logical: mode === 'logical'}), taken);
    t.is(bench.intr, taken);
  });
}

const COMMANDS: ReadonlyArray<readonly [what: string, low: number, high: number, drained: readonly number[]]> = [
  ['self', 0x4_4055, 0, [0x55]], ['all including self', 0x8_4055, 0, [0x55]], ['all but self', 0xc_4055, 0, []], ['its own identity', 0x4055, 0, [0x55]],
  ['an absent processor', 0x4055, 0x0100_0000, []], ['everyone', 0x4055, 0xff00_0000, [0x55]], ['everyone, logically', 0x4855, 0xff00_0000, [0x55]],
  ['lowest priority', 0x4155, 0, [0x55]], ['start-up to an absent one', 0x4608, 0x0100_0000, []], ['start-up to itself', 0x4608, 0, []],
];
for (const [what, low, high, drained] of COMMANDS) {
  test(`10.6.1: a command to ${what}`, t => {
    const bench = new Bench().write(0x310, high, 0x300, low);
    t.deepEqual(bench.drain(), [...drained]);
    t.is(bench.read(0x300), low);
  });
}

test('INIT to the only processor starts it anew, to others does nothing, and its de-assertion neither', t => {
  const bench = new Bench().write(0x300, 0xc_4500, 0x300, 0x8_8500, 0x310, 0x0100_0000, 0x300, 0x4500, 0x310, 0, 0x300, 0x8500);
  t.is(bench.inits, 0);
  t.is(bench.write(0x300, 0x4500).inits, 1);
  bench.apic.accept({vector: 0, mode: INIT, level: false, destination: 0, logical: false});
  t.is(bench.inits, 2);
});

test('messages with other delivery modes: NMI, and an external controller\'s', t => {
  const bench = new Bench();
  bench.apic.accept({vector: 0, mode: NMI, level: false, destination: 0, logical: false});
  t.is(bench.nmis, 1);
  bench.apic.accept({vector: 0, mode: EXTINT, level: false, destination: 0, logical: false});
  t.true(bench.intr);
  t.is(bench.apic.acknowledge(), 0x30);
  t.false(bench.intr);
});

test('10.5.3: errors gather, show when the status register is written, and interrupt once', t => {
  const bench = new Bench().write(0x370, 0x71, 0x300, 0x4_4005).message(0x0f);
  t.is(bench.read(0x280), 0);
  t.is(bench.write(0x280, 0).read(0x280), 0x60);
  t.deepEqual(bench.drain(), [0x71]);
  bench.read(0x3f0);
  t.is(bench.write(0x280, 0).read(0x280), 0x80);
  t.is(bench.write(0x280, 0).read(0x280), 0);
});

test('10.5.4: the timer counts once from its initial count at the bus clock over the divisor', t => {
  const bench = new Bench().write(0x3e0, 0x3, 0x320, 0x40, 0x380, 100);
  bench.clock.advanceTo(160);
  t.is(bench.read(0x390), 90);
  bench.clock.advanceTo(1599);
  t.false(bench.intr);
  bench.clock.advanceTo(1600);
  t.deepEqual(bench.drain(), [0x40]);
  t.is(bench.read(0x390), 0);
  bench.clock.advanceTo(10_000);
  t.false(bench.intr);
  t.is(bench.clock.next(), Infinity);
});

const DIVISORS: ReadonlyArray<readonly [register: number, divisor: number]> = [[0, 2], [1, 4], [2, 8], [3, 16], [8, 32], [9, 64], [10, 128], [11, 1]];
test('each divide configuration', t => {
  for (const [register, divisor] of DIVISORS) {
    const bench = new Bench().write(0x3e0, register, 0x320, 0x40, 0x380, 10);
    t.is(bench.apic.timer.due, 10 * divisor);
  }
});

test('periodic: again and again without drift, however late it is served; not while its vector is pending', t => {
  const bench = new Bench().write(0x3e0, 0xb, 0x320, 0x2_0040, 0x380, 100);
  bench.clock.leapTo(130);
  t.is(bench.read(0x390), 70);
  t.is(bench.clock.next(), Infinity, 'an expiry would not be seen');
  t.deepEqual(bench.drain(), [0x40]);
  t.is(bench.clock.next(), 200);
  bench.clock.leapTo(570);
  t.deepEqual(bench.drain(), [0x40]);
  t.is(bench.clock.next(), 600);
});

test('a masked timer counts and does not interrupt; unmasked, it goes on', t => {
  const bench = new Bench().write(0x3e0, 0xb, 0x320, 0x3_0040, 0x380, 100);
  bench.clock.advanceTo(250);
  t.is(bench.clock.next(), Infinity);
  t.is(bench.read(0x390), 50);
  bench.write(0x320, 0x2_0040);
  t.is(bench.clock.next(), 300);
  bench.write(0x320, 0x1_0040);
  bench.clock.advanceTo(1000);
  t.is(bench.write(0x320, 0x40).clock.next(), Infinity, 'a single count that ran out while masked is over');
});

test('a count of 0 stops the timer; another divisor goes on from where it is', t => {
  const bench = new Bench().write(0x3e0, 0xb, 0x320, 0x40, 0x380, 1000);
  bench.clock.advanceTo(400);
  t.is(bench.write(0x3e0, 0x0).clock.next(), 1600);
  t.is(bench.read(0x390), 600);
  t.is(bench.write(0x380, 0).clock.next(), Infinity);
});
