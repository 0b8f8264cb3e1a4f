// The network back end as a front end meets it: frames out and in, batches, and what a hostile front end gets. Xen, public/io/netif.h.
import fc from 'fast-check';
import test from 'ava';
import {Echo} from '../network/peers.ts';
import {Wire} from '../network/wire.ts';
import {NetworkDevice} from './network-device.ts';
import {TestDomain} from './testing/front-end.ts';
import {XenBus} from './xenbus.ts';

const PAGE = 4096;
const FRONT = '/local/domain/1/device/vif/0', BACK = '/local/domain/0/backend/vif/1/0';
const TRANSMIT = PAGE, RECEIVE = 2 * PAGE, PORT = 4;
const OKAY = 0, ERROR = -1, NULL = 1;
const ADDRESS = [0x52, 0x54, 0, 0x77, 0x73, 1] as const;

interface Slot {
  readonly reference: number;
  readonly size: number;
  readonly offset?: number;
  readonly flags?: number;
}

class Bench extends TestDomain {
  readonly wire: Wire;
  readonly device: NetworkDevice;
  readonly bus: XenBus;
  #sent = 0;
  #offered = 0;

  constructor(copies = false) {
    super();
    this.wire = new Wire(ADDRESS, {latencySeconds: 0.0001, bitsPerSecond: 1e8}, {clock: this.clock, peer: new Echo()});
    this.device = new NetworkDevice(this, this.wire, copies);
    this.bus = new XenBus(this.store, this.device, 1);
    this.device.backEnd.onBroken = why => this.bus.fail(why);
    // Reference n + 16 grants frame n + 8.
    for (let index = 0; index < 40; index++) this.entry(16 + index, {flags: 1, frame: 8 + index});
  }

  connect(): this {
    this.entry(8, {flags: 1, frame: 1});
    this.entry(9, {flags: 1, frame: 2});
    for (const ring of [TRANSMIT, RECEIVE]) {
      this.memory.view.setUint32(ring + 4, 1, true);
      this.memory.view.setUint32(ring + 12, 1, true);
    }
    this.offered.add(PORT);
    this.store.writeAll(FRONT, {'tx-ring-ref': '8', 'rx-ring-ref': '9', 'event-channel': String(PORT), 'request-rx-copy': '1', state: '4'});
    return this;
  }

  get state(): string | null {
    return this.store.read(`${BACK}/state`);
  }

  send({reference, size, offset = 0, flags = 0}: Slot): void {
    const at = TRANSMIT + 64 + (this.#sent % 256) * 12;
    const {view} = this.memory;
    view.setUint32(at, reference, true);
    view.setUint16(at + 4, offset, true);
    view.setUint16(at + 6, flags, true);
    view.setUint16(at + 8, this.#sent, true);
    view.setUint16(at + 10, size, true);
    view.setUint32(TRANSMIT, ++this.#sent, true);
  }

  offer(reference: number): void {
    const at = RECEIVE + 64 + (this.#offered % 256) * 8;
    this.memory.view.setUint16(at, this.#offered, true);
    this.memory.view.setUint32(at + 4, reference, true);
    this.memory.view.setUint32(RECEIVE, ++this.#offered, true);
  }

  /** Statuses of what was sent. */
  statuses(): number[] {
    const {view} = this.memory;
    return Array.from({length: Math.min(256, view.getUint32(TRANSMIT + 8, true))}, (_, at) => view.getInt16(TRANSMIT + 64 + at * 12 + 2, true));
  }
  /** Lengths of what came in. */
  arrived(): number[] {
    const {view} = this.memory;
    return Array.from({length: Math.min(256, view.getUint32(RECEIVE + 8, true))}, (_, at) => view.getInt16(RECEIVE + 64 + at * 8 + 6, true));
  }
  frame(index: number, payload: number, bytes = 64): void {
    const at = (8 + index) * PAGE;
    this.memory.bytes.fill(payload, at, at + bytes);
    this.memory.bytes.set([255, 255, 255, 255, 255, 255, ...ADDRESS, 0x88, 0xb5], at);
  }
}

for (const copies of [false, true]) {
  test(`frames ${copies ? 'copied' : 'mapped'} go out and come back in order, into pages of the guest's`, t => {
    const bench = new Bench(copies).connect();
    t.is(bench.state, '4');
    t.is(bench.store.read(`${FRONT}/mac`), '52:54:00:77:73:01');
    for (let index = 0; index < 3; index++) {
      bench.frame(index, 0x10 + index);
      bench.offer(16 + 20 + index);
      bench.send({reference: 16 + index, size: 64});
    }
    bench.notify(PORT);
    bench.run();
    t.deepEqual(bench.statuses(), [OKAY, OKAY, OKAY]);
    t.deepEqual(bench.arrived(), [64, 64, 64]);
    for (let index = 0; index < 3; index++) t.is(bench.memory.bytes[(28 + index) * PAGE + 20], 0x10 + index);
    t.is(bench.table.mapped, 2, 'the rings alone');
  });
}

test('frames that wait together are mapped with one call, and let go with one', t => {
  const bench = new Bench().connect();
  const calls: string[] = [];
  bench.grants.onCall = (call, operations) => { calls.push(`${call} ${operations}`); };
  for (let index = 0; index < 5; index++) {
    bench.frame(index, index);
    bench.send({reference: 16 + index, size: 64});
  }
  bench.notify(PORT);
  t.deepEqual(calls, ['map-grant-ref 5', 'unmap-grant-ref 5']);
});

test('a frame in several pages goes out whole', t => {
  const bench = new Bench().connect();
  bench.frame(0, 1, 100);
  bench.memory.bytes.fill(2, 9 * PAGE + 50, 9 * PAGE + 90);
  bench.send({reference: 16, size: 140, flags: 4});
  bench.send({reference: 17, size: 40, offset: 50});
  bench.offer(40);
  bench.notify(PORT);
  bench.run();
  t.deepEqual(bench.statuses(), [OKAY, OKAY]);
  t.deepEqual(bench.arrived(), [140]);
  t.deepEqual([...bench.memory.bytes.subarray(32 * PAGE + 98, 32 * PAGE + 102)], [1, 1, 2, 2]);
});

test('frames wait for pages, and the back end asks to be told of them', t => {
  const bench = new Bench().connect();
  bench.frame(0, 7);
  bench.send({reference: 16, size: 64});
  bench.notify(PORT);
  bench.run();
  t.deepEqual(bench.arrived(), []);
  bench.offer(40);
  t.is(bench.memory.view.getUint32(RECEIVE + 4, true), 1);
  bench.notify(PORT);
  t.deepEqual(bench.arrived(), [64]);
});

test('a full wire holds frames back, and the front end is asked for the next one whatever was taken', t => {
  const bench = new Bench().connect();
  bench.frame(0, 1, 1500);
  for (let round = 0; round < 40; round++) {
    bench.send({reference: 16, size: 1500});
    const {view} = bench.memory;
    if (view.getUint32(TRANSMIT, true) - view.getUint32(TRANSMIT + 4, true) < 1) bench.notify(PORT);
  }
  t.true(bench.wire.sent < 40);
  bench.run();
  t.is(bench.wire.sent, 40);
  t.deepEqual(bench.statuses(), Array.from({length: 40}, () => OKAY));
});

for (const [what, slots, statuses] of [
  ['a bad reference', [{reference: 700_000, size: 64}], [ERROR]], ['an entry that grants nothing', [{reference: 60, size: 64}], [ERROR]],
  ['a frame too short', [{reference: 16, size: 8}], [ERROR]], ['a frame beyond its page', [{reference: 16, size: 64, offset: 4090}], [ERROR]],
  ['pieces longer than the whole', [{reference: 16, size: 64, flags: 4}, {reference: 17, size: 80}], [ERROR, ERROR]],
  ['an offload that was not offered', [{reference: 16, size: 64, flags: 8}, {reference: 0, size: 0}], [ERROR, NULL]],
] as const) {
  test(`${what}: the frame is not sent, the next one is`, t => {
    const bench = new Bench().connect();
    for (const slot of slots) bench.send(slot);
    bench.frame(4, 4);
    bench.send({reference: 20, size: 64});
    bench.notify(PORT);
    t.deepEqual(bench.statuses(), [...statuses, OKAY]);
    t.is(bench.wire.sent, 1);
    t.is(bench.state, '4');
  });
}

for (const [what, damage] of [
  ['an index that jumps', (bench: Bench) => bench.memory.view.setUint32(TRANSMIT, 9000, true)],
  ['an index of the other ring that jumps', (bench: Bench) => bench.memory.view.setUint32(RECEIVE, 9000, true)],
  ['a packet that is not whole', (bench: Bench) => bench.send({reference: 16, size: 64, flags: 4})],
  ['a packet without end', (bench: Bench) => { for (let slot = 0; slot < 30; slot++) bench.send({reference: 16, size: 64, flags: 4}); }],
] as const) {
  test(`${what} breaks the device and nothing else`, t => {
    const bench = new Bench().connect();
    damage(bench);
    bench.notify(PORT);
    bench.wire.onFrame(new Uint8Array(64));
    t.is(bench.state, '5');
    t.is(bench.table.mapped, 0);
  });
}

const word = fc.oneof(fc.nat(300), fc.integer({min: 0, max: 0xffff_ffff}));
const step = fc.oneof(
  fc.record({do: fc.constant('send' as const), reference: fc.oneof(fc.integer({min: 14, max: 60}), word), size: fc.nat(0xffff), offset: fc.nat(0xffff), flags: fc.nat(15)}),
  fc.record({do: fc.constant('offer' as const), reference: fc.oneof(fc.integer({min: 14, max: 60}), word)}),
  fc.record({do: fc.constant('index' as const), at: fc.constantFrom(TRANSMIT, TRANSMIT + 8, RECEIVE, RECEIVE + 4, RECEIVE + 12), value: word}),
  fc.record({do: fc.constant('state' as const), state: fc.constantFrom('1', '3', '4', '5', '6')}),
  fc.constant({do: 'notify' as const}), fc.constant({do: 'run' as const}),
);
type Step = (typeof step) extends fc.Arbitrary<infer T> ? T : never;

function play(bench: Bench, move: Step): void {
  if (move.do === 'send') bench.send(move);
  else if (move.do === 'offer') bench.offer(move.reference);
  else if (move.do === 'index') bench.memory.view.setUint32(move.at, move.value, true);
  else if (move.do === 'state') bench.store.write(`${FRONT}/state`, move.state);
  else if (move.do === 'notify') bench.notify(PORT);
  else bench.run();
}

test('three thousand random front ends: the back end throws nothing and lets every page go in the end', t => {
  fc.assert(fc.property(fc.boolean(), fc.array(step, {minLength: 1, maxLength: 24}), (copies, moves) => {
    const bench = new Bench(copies).connect();
    for (const move of moves) play(bench, move);
    bench.run().store.write(`${FRONT}/state`, '5');
    return bench.table.mapped === 0 && [...bench.memory.held.values()].every(count => count === 0);
  }), {numRuns: 3000, seed: 32});
  t.pass();
});
