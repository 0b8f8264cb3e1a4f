// Each port gets its own frames and no others, whatever is sent.
import fc from 'fast-check';
import test from 'ava';
import {InternetHost} from './host.ts';
import {Echo, Sink} from './peers.ts';
import {SteppedClock} from '../stepped-clock.ts';
import {VirtualSwitch, type SwitchPort} from './virtual-switch.ts';
import {Wire, type MacAddress, type Peer} from './wire.ts';

const EVERYBODY = 0xff, GROUP = 0x101;
/** The address of guest number n, everybody's, or a group's. */
const macOf = (guest: number): number[] => (guest === EVERYBODY ? [255, 255, 255, 255, 255, 255] : guest === GROUP ? [1, 0, 0x5e, 0, 0, 1] : [2, 0, 0, 0, 0, guest]);
const frame = (to: number, from: number, mark = 0): Uint8Array => Uint8Array.from([...macOf(to), ...macOf(from), 0x88, 0xb5, mark]);

interface Guest {
  readonly port: SwitchPort;
  readonly got: number[];
}

const guests = (count: number, bridge = new VirtualSwitch()): readonly Guest[] => Array.from({length: count}, () => {
  const got: number[] = [];
  return {port: bridge.plug(each => { got.push(each[14]); }), got};
});

test('a frame for an address not heard of goes to all others, and to its port alone once it was', t => {
  const [a, b, c] = guests(3);
  a.port.send(frame(1, 0, 7));
  t.deepEqual([a.got, b.got, c.got], [[], [7], [7]]);
  b.port.send(frame(0, 1, 8));
  t.deepEqual([a.got, b.got, c.got], [[8], [7], [7]]);
  a.port.send(frame(1, 0, 9));
  t.deepEqual([a.got, b.got, c.got], [[8], [7, 9], [7]]);
});

for (const to of [EVERYBODY, GROUP]) {
  test(`a frame to ${to === EVERYBODY ? 'everybody' : 'a group'} goes to all but its sender, and nobody can take that address`, t => {
    const [a, b, c] = guests(3);
    b.port.send(frame(0, to, 1));
    a.port.send(frame(to, 0, 2));
    t.deepEqual([a.got, b.got, c.got], [[1], [2], [1, 2]]);
  });
}

test('a frame to an address behind the same port stays there', t => {
  const [a, b] = guests(2);
  a.port.send(frame(9, 0));
  a.port.send(frame(0, 8, 5));
  t.deepEqual([a.got, b.got], [[], [0]]);
});

test('an address that moves is found at its new port', t => {
  const [a, b, c] = guests(3);
  a.port.send(frame(EVERYBODY, 0));
  b.port.send(frame(EVERYBODY, 0));
  c.port.send(frame(0, 2, 4));
  t.deepEqual([a.got.at(-1), b.got.at(-1)], [0, 4]);
});

test('a plug that is pulled neither sends nor gets, and its addresses are forgotten', t => {
  const bridge = new VirtualSwitch();
  const [a, b, c] = guests(3, bridge);
  b.port.send(frame(EVERYBODY, 1));
  b.port.unplug();
  t.is(bridge.known, 0);
  a.port.send(frame(1, 0, 6));
  b.port.send(frame(EVERYBODY, 1, 7));
  t.deepEqual([a.got, b.got, c.got], [[0], [], [0, 6]]);
});

test('what one gets is a copy: changing it changes nobody else\'s', t => {
  const bridge = new VirtualSwitch();
  const sender = bridge.plug(() => {});
  bridge.plug(each => each.fill(0));
  const got: Uint8Array[] = [];
  bridge.plug(each => { got.push(each); });
  const sent = frame(EVERYBODY, 0, 3);
  sender.send(sent);
  t.deepEqual([[...got[0]], [...sent]], [[...frame(EVERYBODY, 0, 3)], [...frame(EVERYBODY, 0, 3)]]);
});

test('the table of addresses is bounded; frames shorter than a header go nowhere', t => {
  const bridge = new VirtualSwitch();
  const [a, b] = guests(2, bridge);
  for (let index = 0; index < 3000; index++) a.port.send(Uint8Array.from([...macOf(9), 2, 0, 0, 1, index >>> 8, index & 0xff, 0, 0, 0]));
  t.is(bridge.known, 1024);
  a.port.send(new Uint8Array(13));
  t.is(b.got.length, 3000);
});

/** A guest's card behind a wire that ends in the switch. */
function wireInto(bridge: VirtualSwitch, clock: SteppedClock, address: MacAddress): Wire {
  let answer: (frame: Uint8Array) => void = () => {};
  const port = bridge.plug(each => answer(each));
  const peer: Peer = {
    receive(sent, _at, {send}) {
      answer = each => send(each, clock.now());
      port.send(sent);
    },
  };
  return new Wire(address, {latencySeconds: 1e-6, bitsPerSecond: 1e9}, {clock, peer});
}

test('two guests on wires reach each other and peers through the switch, and only that', t => {
  const clock = new SteppedClock(1e9), bridge = new VirtualSwitch();
  const [one, two, three] = [1, 2, 3].map(guest => wireInto(bridge, clock, macOf(guest) as unknown as MacAddress));
  const got: Record<string, number[]> = {one: [], two: [], three: []};
  one.onFrame = each => { got['one'].push(each[14]); };
  two.onFrame = each => { got['two'].push(each[14]); };
  three.onFrame = each => { got['three'].push(each[14]); };
  for (const [wire, guest] of [[one, 1], [two, 2], [three, 3]] as const) wire.send(frame(EVERYBODY, guest, guest));
  clock.advanceTo(1e6);
  one.send(frame(2, 1, 11));
  two.send(frame(3, 2, 12));
  clock.advanceTo(2e6);
  t.deepEqual([got['one'].at(-1), got['two'].at(-1), got['three'].at(-1)], [3, 11, 12]);
  t.false(got['three'].includes(11));
});

test('an echoing peer, a sink and a host are ports like others', t => {
  const bridge = new VirtualSwitch(), [guest] = guests(1, bridge);
  for (const peer of [new Echo(), new Sink(), new InternetHost()]) {
    const port = bridge.plug(each => peer.receive(each, 0, {send: back => port.send(back), hertz: 1}));
  }
  guest.port.send(frame(7, 1, 42));
  t.deepEqual(guest.got, [42]);
});

test('whatever is sent, nobody gets a frame for another\'s known address, nor one of its own', t => {
  const steps = fc.array(fc.tuple(fc.nat(3), fc.constantFrom(0, 1, 2, 3, EVERYBODY, GROUP)), {maxLength: 40});
  fc.assert(fc.property(steps, sends => {
    const all = guests(4), known = new Set<number>();
    for (const [from, to] of sends) {
      const before = all.map(({got}) => got.length);
      known.add(from);
      all[from].port.send(frame(to, from));
      const reached = all.flatMap(({got}, at) => (got.length > before[at] ? [at] : []));
      const others = [0, 1, 2, 3].filter(at => at !== from);
      const wanted = known.has(to) ? others.filter(at => at === to) : others;
      if (reached.join() !== wanted.join()) return false;
    }
    return true;
  }), {numRuns: 2000, seed: 1});
  t.pass();
});
