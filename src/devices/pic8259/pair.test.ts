// Intel 8259A datasheet (231468), feature by feature, as a PC's CPU sees the pair.
import test from 'ava';
import {Pic8259Pair} from './pair.ts';

type Write = [port: number, value: number];

const ICW_MASTER: Write[] = [[0x20, 0x11], [0x21, 0x20], [0x21, 0x04], [0x21, 0x01]];
const ICW_SLAVE: Write[] = [[0xa0, 0x11], [0xa1, 0x28], [0xa1, 0x02], [0xa1, 0x01]];

class Bench {
  intr = false;
  edges = 0;
  readonly pair = new Pic8259Pair(level => {
    if (level && !this.intr) this.edges++;
    this.intr = level;
  });

  constructor(writes: Write[] = [...ICW_MASTER, ...ICW_SLAVE]) {
    this.out(...writes);
  }

  out(...writes: Write[]): this {
    for (const [port, value] of writes) this.pair.device.writePort(port, 1, value);
    return this;
  }

  in(port: number): number {
    return this.pair.device.readPort(port, 1);
  }

  raise(...irqs: number[]): this {
    for (const irq of irqs) this.pair.setLine(irq, true);
    return this;
  }

  lower(...irqs: number[]): this {
    for (const irq of irqs) this.pair.setLine(irq, false);
    return this;
  }

  /** Acknowledges and ends, until INTR falls or has had every chance to. */
  drain(): number[] {
    const vectors: number[] = [];
    while (this.intr && vectors.length < 32) {
      const vector = this.pair.acknowledge();
      vectors.push(vector);
      if (vector >= 0x28) this.out([0xa0, 0x20]);
      this.out([0x20, 0x20]);
    }
    return vectors;
  }
}

/** Replaces ICW1 and ICW4 of both chips. */
const initialized = (icw1: number, icw4Master: number, icw4Slave = icw4Master): Bench =>
  new Bench([
    [0x20, icw1], [0x21, 0x20], [0x21, 0x04], [0x21, icw4Master],
    [0xa0, icw1], [0xa1, 0x28], [0xa1, 0x02], [0xa1, icw4Slave],
  ]);

for (let irq = 0; irq < 16; irq++) {
  if (irq === 2) continue;
  test(`IRQ ${irq} arrives as vector 0x${(0x20 + irq).toString(16)}`, t => {
    const bench = new Bench().raise(irq);
    t.true(bench.intr);
    t.is(bench.pair.acknowledge(), 0x20 + irq);
    t.false(bench.intr);
  });
}

test('before its initialization words the chip asks for nothing', t => {
  t.false(new Bench([]).raise(0).intr);
  t.false(new Bench(ICW_MASTER.slice(0, 3)).raise(0).intr);
});

test('ICW1 without IC4 and with SNGL ends the sequence after ICW2', t => {
  const bench = new Bench([[0x20, 0x12], [0x21, 0x40], [0x21, 0xfe]]);
  t.is(bench.in(0x21), 0xfe, 'the third write is OCW1');
  t.is(bench.raise(0).pair.acknowledge(), 0x40);
});

test('ICW1 clears mask, service and edges, and selects the request register', t => {
  const bench = new Bench().raise(1);
  bench.pair.acknowledge();
  bench.raise(3).out([0x21, 0xaa], [0x20, 0x0b], ...ICW_MASTER);
  t.is(bench.in(0x21), 0);
  t.is(bench.in(0x20), 0);
  bench.out([0x20, 0x0b]);
  t.is(bench.in(0x20), 0);
  t.false(bench.intr, 'IRQ 3 is high but must rise anew');
  t.true(bench.lower(3).raise(3).intr);
});

test('the vector takes only bits 7 to 3 from ICW2', t => {
  t.is(new Bench([[0x20, 0x13], [0x21, 0x37], [0x21, 0x01]]).raise(1).pair.acknowledge(), 0x31);
});

test('fully nested: higher levels first, the slave in the place of IRQ 2', t => {
  t.deepEqual(new Bench().raise(7, 3, 15, 8, 1, 0).drain(), [0x20, 0x21, 0x28, 0x2f, 0x23, 0x27]);
});

test('a level in service inhibits itself and lower ones, not higher ones', t => {
  const bench = new Bench().raise(4);
  bench.pair.acknowledge();
  t.false(bench.lower(4).raise(4, 5).intr);
  t.true(bench.raise(3).intr);
  t.is(bench.pair.acknowledge(), 0x23);
});

test('OCW1 masks a request without losing it', t => {
  const bench = new Bench().out([0x21, 0x02]).raise(1);
  t.false(bench.intr);
  t.is(bench.in(0x20), 0x02, 'IRR shows it');
  bench.out([0x21, 0x00]);
  t.is(bench.pair.acknowledge(), 0x21);
});

test('OCW3 chooses what the even port reads', t => {
  const bench = new Bench().raise(1);
  bench.pair.acknowledge();
  bench.raise(6);
  t.is(bench.in(0x20), 0x40);
  t.is(bench.out([0x20, 0x0b]).in(0x20), 0x02);
  t.is(bench.in(0x20), 0x02, 'until chosen anew');
  t.is(bench.out([0x20, 0x0a]).in(0x20), 0x40);
});

test('edge-triggered: a line that stays high asks once', t => {
  const bench = new Bench().raise(1);
  t.deepEqual(bench.drain(), [0x21]);
  t.false(bench.intr);
  t.deepEqual(bench.lower(1).raise(1).drain(), [0x21]);
});

test('edge-triggered: a line that falls before the acknowledge is spurious IRQ 7, with nothing in service', t => {
  const bench = new Bench().raise(1).lower(1);
  t.false(bench.intr);
  t.is(bench.pair.acknowledge(), 0x27);
  t.is(bench.out([0x20, 0x0b]).in(0x20), 0);
});

test('a slave request that goes away takes its edge at the master along', t => {
  const bench = new Bench().raise(10).lower(10);
  t.false(bench.intr);
  t.is(bench.pair.acknowledge(), 0x27);
  t.is(bench.out([0xa0, 0x0b]).in(0xa0), 0);
});

test('level-triggered (LTIM): a line that stays high asks again after the EOI', t => {
  const bench = initialized(0x19, 0x01).raise(5);
  t.is(bench.pair.acknowledge(), 0x25);
  t.false(bench.intr);
  t.true(bench.out([0x20, 0x20]).intr);
  bench.pair.acknowledge();
  t.false(bench.lower(5).out([0x20, 0x20]).intr);
});

test('the edge/level control register makes single inputs level-triggered; IRQ 0, 1, 2, 8 and 13 stay edges', t => {
  const bench = new Bench().out([0x4d0, 0xff], [0x4d1, 0xff]);
  t.is(bench.pair.device.readPort(0x4d0, 2), 0xdef8);
  bench.raise(11, 1);
  t.is(bench.pair.acknowledge(), 0x21);
  bench.out([0x20, 0x20]);
  t.is(bench.pair.acknowledge(), 0x2b);
  t.true(bench.out([0xa0, 0x20], [0x20, 0x20]).intr, 'IRQ 11 is still high, IRQ 1 is served');
  t.is(bench.pair.acknowledge(), 0x2b);
});

test('a non-specific EOI ends the highest level in service', t => {
  const bench = new Bench().raise(5);
  bench.pair.acknowledge();
  bench.raise(3);
  bench.pair.acknowledge();
  bench.out([0x20, 0x20], [0x20, 0x0b]);
  t.is(bench.in(0x20), 0x20);
});

test('a specific EOI ends the level it names', t => {
  const bench = new Bench().raise(5);
  bench.pair.acknowledge();
  bench.raise(3);
  bench.pair.acknowledge();
  bench.out([0x20, 0x65], [0x20, 0x0b]);
  t.is(bench.in(0x20), 0x08);
});

test('an EOI with nothing in service does nothing', t => {
  const bench = new Bench().out([0x20, 0x20], [0x20, 0xa0]).raise(0, 7);
  t.is(bench.pair.acknowledge(), 0x20);
});

test('automatic EOI leaves nothing in service', t => {
  const bench = initialized(0x11, 0x03).raise(4);
  t.is(bench.pair.acknowledge(), 0x24);
  t.is(bench.out([0x20, 0x0b]).in(0x20), 0);
  t.true(bench.raise(6).intr, 'a lower level gets through at once');
});

test('automatic EOI at the slave: a second request gives the master a new edge', t => {
  const bench = initialized(0x11, 0x03).raise(9, 10);
  t.is(bench.pair.acknowledge(), 0x29);
  t.true(bench.intr);
  t.is(bench.pair.acknowledge(), 0x2a);
});

test('rotate on a non-specific EOI puts the served level last', t => {
  const bench = new Bench().raise(4);
  bench.pair.acknowledge();
  bench.out([0x20, 0xa0]).lower(4).raise(4, 5, 3);
  t.deepEqual(bench.drain(), [0x25, 0x23, 0x24]);
});

test('rotate on a specific EOI puts the named level last', t => {
  const bench = new Bench().raise(4);
  bench.pair.acknowledge();
  bench.out([0x20, 0xe4]).lower(4).raise(0, 4, 5);
  t.deepEqual(bench.drain(), [0x25, 0x20, 0x24]);
});

test('set priority rotates without an EOI', t => {
  t.deepEqual(new Bench().out([0x20, 0xc5]).raise(0, 5, 6).drain(), [0x26, 0x20, 0x25]);
});

test('rotate in automatic EOI: set, then cleared', t => {
  const bench = initialized(0x11, 0x03).out([0x20, 0x80]).raise(0, 1);
  bench.pair.acknowledge();
  bench.lower(0).raise(0);
  t.is(bench.pair.acknowledge(), 0x21, 'IRQ 0 has become the last');
  bench.out([0x20, 0x00]);
  t.is(bench.pair.acknowledge(), 0x20);
  bench.lower(0, 1).raise(0, 1);
  t.is(bench.pair.acknowledge(), 0x20, 'the ring has stopped turning with IRQ 1 as the last');
});

test('special mask mode: a masked level in service lets lower levels through, and a non-specific EOI skips it', t => {
  const bench = new Bench().raise(3);
  bench.pair.acknowledge();
  bench.raise(5);
  t.false(bench.out([0x21, 0x08]).intr);
  t.true(bench.out([0x20, 0x68]).intr);
  t.is(bench.pair.acknowledge(), 0x25);
  bench.out([0x20, 0x20], [0x20, 0x0b]);
  t.is(bench.in(0x20), 0x08);
  t.false(bench.out([0x20, 0x48]).raise(6).intr, 'off again: IRQ 3 inhibits IRQ 6');
});

test('fully nested: a slave in service inhibits its own higher levels', t => {
  const bench = new Bench().raise(12);
  bench.pair.acknowledge();
  t.false(bench.raise(9).intr);
  t.true(bench.out([0x20, 0x20]).intr, 'the master lets it through after its EOI');
});

test('special fully nested: a higher level of a slave in service gets through', t => {
  const bench = initialized(0x11, 0x11, 0x01).raise(12);
  t.is(bench.pair.acknowledge(), 0x2c);
  t.false(bench.raise(3, 13).intr, 'lower ones wait');
  t.true(bench.raise(9).intr);
  t.is(bench.pair.acknowledge(), 0x29);
});

test('poll: the next read acknowledges and names the level, the one after reads a register again', t => {
  const bench = new Bench().raise(6).out([0x20, 0x0c]);
  t.is(bench.in(0x20), 0x86);
  t.is(bench.in(0x20), 0x00);
  t.false(bench.intr);
  t.is(bench.out([0x20, 0x0b]).in(0x20), 0x40);
});

test('poll with nothing pending reads bit 7 clear', t => {
  t.is(new Bench().out([0x20, 0x0c]).in(0x20) & 0x80, 0);
});

test('a slave whose ICW3 names another level leaves the bus floating', t => {
  const bench = new Bench([...ICW_MASTER, [0xa0, 0x11], [0xa1, 0x28], [0xa1, 0x04], [0xa1, 0x01]]);
  t.is(bench.raise(9).pair.acknowledge(), 0xff);
});

test('each acknowledged request is one rising edge of INTR', t => {
  const bench = new Bench().raise(0, 1, 8);
  t.is(bench.edges, 1);
  bench.drain();
  t.is(bench.edges, 3);
});
