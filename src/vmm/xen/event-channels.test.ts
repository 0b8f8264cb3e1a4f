// Event channels by the calls of a guest and the words of its shared page. Xen, public/event_channel.h.
import test from 'ava';
import {SHARED_INFO} from '../paravirtual/abi.ts';
import {EventChannels} from './event-channels.ts';
import {TestingGuest} from './testing-guest.ts';

const BIND_INTERDOMAIN = 0, BIND_VIRQ = 1, CLOSE = 3, SEND = 4, STATUS = 5, ALLOC_UNBOUND = 6, UNMASK = 9;
const ARGUMENT = 0x2000, SELF = 0x7ff0;
const EINVAL = -22, EEXIST = -17, ESRCH = -3;

class Bench {
  readonly guest = new TestingGuest();
  readonly events = new EventChannels(this.guest);

  /** A call with its structure in memory; the structure after it. */
  call(command: number, words: readonly number[]): {result: number; words: number[]} {
    this.guest.copy.writeWords(ARGUMENT, [...words, 0, 0]);
    const result = this.events.operate(command, ARGUMENT);
    return {result, words: [...this.guest.copy.readWords(ARGUMENT, words.length + 2)]};
  }
  offer(remote = 0): number {
    return this.call(ALLOC_UNBOUND, [(remote << 16) | SELF, 0]).words[1];
  }
  bit(words: number, port: number): boolean {
    return (this.guest.readShared(words + (port >>> 5) * 4) & (1 << (port & 31))) !== 0;
  }
  get upcall(): boolean {
    return this.guest.readSharedByte(SHARED_INFO.upcallPending) !== 0;
  }
}

test('a port left unbound is bound by the back end once; each side notifies the other', t => {
  const bench = new Bench();
  const port = bench.offer();
  let heard = 0;
  t.is(bench.events.bindBackEnd(port + 1, () => {}), null);
  const bound = bench.events.bindBackEnd(port, () => { heard++; });
  t.truthy(bound);
  t.is(bench.events.bindBackEnd(port, () => {}), null);
  t.is(bench.call(SEND, [port]).result, 0);
  t.is(heard, 1);
  bound!.notify();
  t.deepEqual([bench.bit(SHARED_INFO.pending, port), bench.guest.readShared(SHARED_INFO.pendingSelector), bench.upcall], [true, 1, true]);
});

test('a masked port is pending without an upcall, until it is unmasked', t => {
  const bench = new Bench();
  const port = bench.offer();
  const bound = bench.events.bindBackEnd(port, () => {});
  bench.guest.writeShared(SHARED_INFO.mask, -1);
  bound!.notify();
  t.deepEqual([bench.bit(SHARED_INFO.pending, port), bench.upcall], [true, false]);
  t.is(bench.call(UNMASK, [port]).result, 0);
  t.deepEqual([bench.bit(SHARED_INFO.mask, port), bench.upcall], [false, true]);
});

test('a pending port is not told again', t => {
  const bench = new Bench();
  const bound = bench.events.bindBackEnd(bench.offer(), () => {});
  bound!.notify();
  bench.guest.writeSharedByte(SHARED_INFO.upcallPending, 0);
  bound!.notify();
  t.false(bench.upcall);
});

test('what the guest has closed, and then uses for something else, the back end does not reach', t => {
  const bench = new Bench();
  const port = bench.offer();
  const bound = bench.events.bindBackEnd(port, () => {});
  t.is(bench.call(CLOSE, [port]).result, 0);
  t.is(bench.call(BIND_VIRQ, [5, 0, 0]).words[2], port);
  bound!.notify();
  bound!.close();
  t.false(bench.bit(SHARED_INFO.pending, port));
  t.is(bench.call(BIND_VIRQ, [5, 0, 0]).result, EEXIST);
});

test('a port whose back end has gone may be bound again', t => {
  const bench = new Bench();
  const port = bench.offer();
  bench.events.bindBackEnd(port, () => {})!.close();
  t.truthy(bench.events.bindBackEnd(port, () => {}));
});

test('status tells what a port is bound to', t => {
  const bench = new Bench();
  const port = bench.offer();
  const status = (): number => bench.call(STATUS, [SELF, port, 0, 0]).words[2];
  t.is(status(), 1);
  bench.events.bindBackEnd(port, () => {});
  t.is(status(), 2);
  bench.call(CLOSE, [port]);
  t.is(status(), 0);
});

for (const [what, command, words, result] of [
  ['a port that is not there is sent to', SEND, [700], EINVAL], ['a port beyond all', SEND, [99_999], EINVAL], ['port 0', SEND, [0], EINVAL],
  ['a port of the control domain that nobody offers', BIND_INTERDOMAIN, [0, 9, 0], EINVAL], ['a domain that is not there', BIND_INTERDOMAIN, [77, 1, 0], ESRCH],
  ['an unknown virtual interrupt', BIND_VIRQ, [24, 0, 0], EINVAL], ['a port beyond all is unmasked', UNMASK, [4096], EINVAL],
] as const) {
  test(`${what}: ${result}`, t => t.is(new Bench().call(command, words).result, result));
}
