// The store as a guest reaches it: messages in a ring of bytes, answers, watches and transactions. Xen, public/io/xs_wire.h.
import fc from 'fast-check';
import test from 'ava';
import {StoreMessages} from './store-messages.ts';
import {StoreRing} from './store-ring.ts';
import {Store} from './store.ts';

const RING = 1024, REQUEST_PRODUCER = 2052, RESPONSE_CONSUMER = 2056, RESPONSE_PRODUCER = 2060;
const DIRECTORY = 1, READ = 2, PERMISSIONS = 3, WATCH = 4, UNWATCH = 5, START = 6, END = 7, WRITE = 11, MAKE = 12, REMOVE = 13, EVENT = 15, ERROR = 16;

class Bench {
  readonly bytes = new Uint8Array(4096);
  readonly view = new DataView(this.bytes.buffer);
  readonly store = new Store();
  notified = 0;
  readonly ring = new StoreRing(
    {read: (at, into) => into.set(this.bytes.subarray(at, at + into.length)), write: (at, from) => this.bytes.set(from, at)},
    new StoreMessages(this.store, 1), () => { this.notified++; },
  );

  /** Puts bytes into the request ring as far as they go, and notifies. */
  put(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length;) {
      const producer = this.view.getUint32(REQUEST_PRODUCER, true);
      const piece = bytes.subarray(done, done + RING);
      piece.forEach((byte, at) => { this.bytes[(producer + at) % RING] = byte; });
      this.view.setUint32(REQUEST_PRODUCER, producer + piece.length, true);
      this.ring.serve();
      done += piece.length;
    }
  }

  send(type: number, payload: string, transaction = 0): void {
    const bytes = new Uint8Array(16 + payload.length);
    [type, 7, transaction, payload.length].forEach((word, at) => new DataView(bytes.buffer).setUint32(at * 4, word, true));
    bytes.set(Uint8Array.from(payload, letter => letter.charCodeAt(0)), 16);
    this.put(bytes);
  }

  /** Messages that have come, as type and payload. */
  take(): Array<readonly [type: number, payload: string]> {
    const bytes: number[] = [];
    for (let count = -1; count !== 0;) {
      const consumer = this.view.getUint32(RESPONSE_CONSUMER, true);
      count = this.view.getUint32(RESPONSE_PRODUCER, true) - consumer;
      for (let at = 0; at < count; at++) bytes.push(this.bytes[RING + (consumer + at) % RING]);
      this.view.setUint32(RESPONSE_CONSUMER, consumer + count, true);
      if (count > 0) this.ring.serve();
    }
    const messages: Array<readonly [number, string]> = [];
    for (let at = 0; at < bytes.length;) {
      const header = new DataView(Uint8Array.from(bytes.slice(at, at + 16)).buffer);
      const length = header.getUint32(12, true);
      messages.push([header.getUint32(0, true), String.fromCharCode(...bytes.slice(at + 16, at + 16 + length))]);
      at += 16 + length;
    }
    return messages;
  }

  ask(type: number, payload: string, transaction = 0): Array<readonly [number, string]> {
    this.send(type, payload, transaction);
    return this.take();
  }
}

test('what was written is read, by a path of the domain\'s own or a whole one', t => {
  const bench = new Bench();
  t.deepEqual(bench.ask(WRITE, 'data/key\0value'), [[WRITE, 'OK\0']]);
  t.deepEqual(bench.ask(READ, '/local/domain/1/data/key\0'), [[READ, 'value']]);
  t.deepEqual(bench.ask(READ, 'data\0'), [[READ, '']]);
  t.deepEqual(bench.ask(DIRECTORY, 'data\0'), [[DIRECTORY, 'key\0']]);
  t.deepEqual(bench.ask(PERMISSIONS, 'data/key\0'), [[PERMISSIONS, 'n1\0r0\0']]);
});

for (const [what, type, payload, error] of [
  ['what is not there', READ, 'none\0', 'ENOENT'], ['a list of what is not there', DIRECTORY, 'none\0', 'ENOENT'],
  ['a write outside the domain\'s own', WRITE, '/local/domain/0/backend\0x', 'EACCES'], ['a write to another guest', WRITE, '/local/domain/12/x\0x', 'EACCES'],
  ['no path', READ, '\0', 'EINVAL'], ['a path with an empty name', READ, 'a//b\0', 'EINVAL'], ['a path with strange letters', READ, 'a b\0', 'EINVAL'],
  ['a value that is too long', WRITE, `long\0${'x'.repeat(3000)}`, 'ENOSPC'], ['a watch that is not set', UNWATCH, 'a\0t\0', 'ENOENT'],
  ['a transaction that was not begun', END, 'T\0', 'EINVAL'], ['an unknown request', 99, 'a\0', 'ENOSYS'], ['removing below nothing', REMOVE, 'a/b\0', 'ENOENT'],
] as const) {
  test(`${what}: ${error}`, t => t.deepEqual(new Bench().ask(type, payload), [[ERROR, `${error}\0`]]));
}

test('a watch tells at once, of each change below, in the words it was set with, and no more once it is unset', t => {
  const bench = new Bench();
  t.deepEqual(bench.ask(WATCH, 'data\0token\0'), [[WATCH, 'OK\0'], [EVENT, 'data\0token\0']]);
  t.deepEqual(bench.ask(WRITE, 'data/key\0v'), [[WRITE, 'OK\0'], [EVENT, 'data/key\0token\0']]);
  bench.store.write('/local/domain/1/data/other', 'by the tools');
  t.deepEqual(bench.take(), [[EVENT, 'data/other\0token\0']]);
  t.deepEqual(bench.ask(REMOVE, 'data\0'), [[REMOVE, 'OK\0'], [EVENT, 'data\0token\0']]);
  t.deepEqual(bench.ask(WATCH, 'data\0token\0'), [[ERROR, 'EEXIST\0']]);
  t.deepEqual(bench.ask(UNWATCH, 'data\0token\0'), [[UNWATCH, 'OK\0']]);
  t.deepEqual(bench.ask(MAKE, 'data\0'), [[MAKE, 'OK\0']]);
});

test('what a transaction writes is seen by itself, then by all or by nobody', t => {
  const bench = new Bench();
  for (const [how, seen] of [['F', null], ['T', 'v']] as const) {
    const id = Number.parseInt(bench.ask(START, '\0')[0][1], 10);
    bench.ask(WRITE, 'key\0v', id);
    t.deepEqual(bench.ask(READ, 'key\0', id), [[READ, 'v']]);
    t.is(bench.store.read('/local/domain/1/key'), null);
    t.deepEqual(bench.ask(END, `${how}\0`, id), [[END, 'OK\0']]);
    t.is(bench.store.read('/local/domain/1/key'), seen);
  }
});

test('a message longer than the ring comes in pieces, and so does an answer', t => {
  const bench = new Bench();
  const value = 'v'.repeat(2000);
  t.deepEqual(bench.ask(WRITE, `long\0${value}`), [[WRITE, 'OK\0']]);
  t.deepEqual(bench.ask(READ, 'long\0'), [[READ, value]]);
});

test('an index that jumps, or a length beyond all, ends the conversation and nothing else', t => {
  for (const damage of [(bench: Bench) => bench.view.setUint32(REQUEST_PRODUCER, 5000, true), (bench: Bench) => bench.send(READ, 'x'.repeat(5000))]) {
    const bench = new Bench();
    damage(bench);
    bench.ring.serve();
    t.deepEqual(bench.take(), []);
    bench.store.write('/tools', 'go on');
    t.is(bench.store.read('/tools'), 'go on');
  }
});

test('two thousand random streams of bytes throw nothing', t => {
  fc.assert(fc.property(fc.array(fc.record({type: fc.nat(25), transaction: fc.nat(3), payload: fc.string({maxLength: 60})}), {maxLength: 12}), fc.uint8Array({maxLength: 64}),
    (messages, noise) => {
      const bench = new Bench();
      for (const {type, transaction, payload} of messages) bench.send(type, payload, transaction);
      bench.put(noise);
    }), {numRuns: 2000, seed: 5});
  t.pass();
});
