// The block back end as a front end meets it: data, notifications, and what a hostile one gets. Xen, public/io/blkif.h.
import fc from 'fast-check';
import test from 'ava';
import {TABLE_FRAME, TestBlockFrontEnd, type TestSegment} from './testing/front-end.ts';

const WAYS = [['mapped', {copies: false, persistent: false}], ['kept mapped', {copies: false, persistent: true}], ['copied', {copies: true, persistent: false}]] as const;

for (const [way, options] of WAYS) {
  test(`pages ${way}: what was written is read back, in pieces of pages`, t => {
    const bench = new TestBlockFrontEnd(options).connect({'feature-persistent': '1'});
    t.is(bench.state, '4');
    bench.page(8).fill(0xa5);
    bench.page(9).fill(0x5a);
    bench.request(1, 10, [{reference: 16, first: 2, last: 5}, {reference: 17, first: 0, last: 0}]);
    bench.kick().run();
    bench.request(0, 10, [{reference: 18, first: 0, last: 4}]);
    bench.request(0, 200, [{reference: 19, first: 7, last: 7}]);
    bench.kick().run();
    t.deepEqual(bench.responses(), [[0, 0], [1, 0], [2, 0]]);
    t.true(bench.page(10).subarray(0, 2048).every(byte => byte === 0xa5));
    t.true(bench.page(10).subarray(2048, 2560).every(byte => byte === 0x5a));
    t.true(bench.page(10).subarray(2560).every(byte => byte === 0));
    t.true(bench.page(11).subarray(3584).every(byte => byte === 200));
  });
}

test('one call maps the pages of a request and one lets them go; kept ones are mapped once; copied ones never', t => {
  const calls = (options: {copies: boolean; persistent: boolean}): Record<string, number> => {
    const bench = new TestBlockFrontEnd(options).connect({'feature-persistent': '1'});
    const counts: Record<string, number> = {};
    bench.grants.onCall = (call, operations) => {
      counts[call] = (counts[call] ?? 0) + 1;
      counts[`${call} pages`] = (counts[`${call} pages`] ?? 0) + operations;
    };
    for (let round = 0; round < 5; round++) {
      bench.request(0, 8 * round, [16, 17, 18].map(reference => ({reference})));
      bench.kick().run();
    }
    return counts;
  };
  t.deepEqual(calls({copies: false, persistent: false}), {'map-grant-ref': 5, 'map-grant-ref pages': 15, 'unmap-grant-ref': 5, 'unmap-grant-ref pages': 15});
  t.deepEqual(calls({copies: false, persistent: true}), {'map-grant-ref': 1, 'map-grant-ref pages': 3});
  t.deepEqual(calls({copies: true, persistent: false}), {copy: 5, 'copy pages': 15});
});

test('N requests queued before one notification are all taken, and the back end asks for the next one behind them', t => {
  const bench = new TestBlockFrontEnd().connect();
  for (let request = 0; request < 32; request++) bench.request(0, request, [{reference: 16 + request, first: 0, last: 0}]);
  t.true(bench.index(0) - bench.index(4) < 32, 'the front end would notify');
  bench.kick();
  t.is(bench.device.backEnd.requests, 32);
  t.is(bench.index(4), 33);
});

/** Claim: event threshold k gives ceil(N / k) events (Barham et al., SOSP 2003, 3.2). */
for (const [requests, threshold] of [[32, 1], [32, 8], [30, 8], [7, 3], [1, 5], [32, 32], [31, 2]] as const) {
  test(`${requests} requests with an event after every ${threshold} responses: ${Math.ceil(requests / threshold)} events, 1 notification`, t => {
    const bench = new TestBlockFrontEnd().connect();
    let seen = 0;
    const want = (): void => {
      bench.index(12, seen + Math.min(threshold, requests - seen || 1));
    };
    bench.onEvent = () => {
      seen = bench.index(8);
      want();
    };
    want();
    for (let request = 0; request < requests; request++) bench.request(0, request, [{reference: 16 + request, first: 0, last: 0}]);
    const notifications = bench.index(0) - bench.index(4) < requests ? 1 : 0;
    bench.kick().run();
    t.is(notifications, 1);
    t.is(bench.index(8), requests);
    t.is(bench.events, Math.ceil(requests / threshold));
  });
}

const ERROR = -1, UNSUPPORTED = -2;
const FAILING: ReadonlyArray<readonly [what: string, operation: number, sector: number, segments: readonly TestSegment[], status: number, count?: number]> = [
  ['sectors beyond the disk', 0, 250, [{reference: 16}], ERROR],
  ['a sector number beyond all', 1, 2 ** 52, [{reference: 16}], ERROR],
  ['a huge count of segments', 0, 0, [{reference: 16}], ERROR, 255],
  ['one more segment than there may be', 0, 0, [{reference: 16}], ERROR, 12],
  ['no segments', 0, 0, [], ERROR],
  ['a reference beyond the table', 0, 0, [{reference: 77_777}], ERROR],
  ['an entry that grants nothing', 0, 0, [{reference: 60}], ERROR],
  ['one bad reference among good ones', 1, 0, [{reference: 16}, {reference: 60}, {reference: 17}], ERROR],
  ['a segment that ends before it begins', 0, 0, [{reference: 16, first: 5, last: 4}], ERROR],
  ['a segment beyond its page', 0, 0, [{reference: 16, first: 0, last: 8}], ERROR],
  ['a page that must not be written', 0, 0, [{reference: 61}], ERROR],
  ['an unknown operation', 99, 0, [{reference: 16}], UNSUPPORTED],
  ['an indirect request, which was not offered', 6, 0, [{reference: 16}], UNSUPPORTED],
];
for (const [way, options] of WAYS) {
  for (const [what, operation, sector, segments, status, count] of FAILING) {
    test(`pages ${way}: ${what}: the request fails with ${status}, the next one succeeds, and no page is held`, t => {
      const bench = new TestBlockFrontEnd(options).connect();
      bench.entry(61, {flags: 1, frame: TABLE_FRAME});
      bench.request(operation, sector, segments, count ?? segments.length);
      bench.request(0, 3, [{reference: 20, first: 0, last: 0}]);
      bench.kick().run();
      t.deepEqual(Object.fromEntries(bench.responses()), {0: status, 1: 0});
      t.is(bench.state, '4');
      t.is(bench.table.mapped, 1, 'the ring alone');
      t.is(bench.page(12)[0], 3);
    });
  }
}

const BREAKING: ReadonlyArray<readonly [what: string, break_: (bench: TestBlockFrontEnd) => void]> = [
  ['an index that jumps', bench => { bench.index(0, 5000); }],
  ['an index that goes back', bench => { bench.request(0, 0, [{reference: 16}]); bench.kick(); bench.index(0, 0); }],
];
for (const [what, break_] of BREAKING) {
  test(`${what} breaks the device and nothing else; the front end may begin anew`, t => {
    const bench = new TestBlockFrontEnd().connect();
    break_(bench);
    bench.kick().run();
    t.is(bench.state, '5');
    t.is(bench.table.mapped, 0);
    t.regex(bench.store.read('/local/domain/0/backend/vbd/1/51712/error') ?? '', /index/);
    bench.memory.bytes.fill(0, 4096, 8192);
    bench.tell({state: '1'});
    t.is(bench.state, '2');
    bench.connect();
    t.is(bench.state, '4');
  });
}

const UNREADY: ReadonlyArray<readonly [what: string, nodes: Readonly<Record<string, string>>, error: RegExp]> = [
  ['no ring', {'ring-ref': ''}, /mapping ring-ref/], ['a ring that is not granted', {'ring-ref': '60'}, /mapping ring-ref 60/],
  ['an unknown layout', {protocol: 'vax-abi'}, /unknown fe protocol vax-abi/], ['a port of nobody', {'event-channel': '9'}, /binding event-channel 9/],
];
for (const [what, nodes, error] of UNREADY) {
  test(`a front end with ${what} is not connected, and is told why`, t => {
    const bench = new TestBlockFrontEnd().connect(nodes);
    t.is(bench.state, '5');
    t.regex(bench.store.read('/local/domain/0/backend/vbd/1/51712/error') ?? '', error);
    t.is(bench.table.mapped, 0);
    bench.request(0, 0, [{reference: 16}]);
    bench.kick().run();
    t.is(bench.device.backEnd.requests, 0);
  });
}

test('closing lets every page go, with requests under way', t => {
  for (const [, options] of WAYS) {
    const bench = new TestBlockFrontEnd(options).connect({'feature-persistent': '1'});
    for (let request = 0; request < 8; request++) bench.request(0, request, [{reference: 16 + request}]);
    bench.kick().tell({state: '5'});
    t.is(bench.state, '5');
    t.is(bench.table.mapped, 0);
    bench.run();
    t.deepEqual(bench.responses(), []);
    bench.tell({state: '6'});
    t.is(bench.state, '6');
  }
});

/** A step of a hostile front end. */
const word = fc.oneof(fc.nat(40), fc.integer({min: 0, max: 0xffff_ffff}));
const step = fc.oneof(
  fc.record({do: fc.constant('request' as const), operation: fc.nat(8), sector: word, count: fc.oneof(fc.nat(3), fc.nat(255)),
    segments: fc.array(fc.record({reference: fc.oneof(fc.integer({min: 6, max: 64}), word), first: fc.nat(9), last: fc.nat(9)}), {maxLength: 4})}),
  fc.record({do: fc.constant('index' as const), at: fc.constantFrom(0, 4, 8, 12), value: word}),
  fc.record({do: fc.constant('entry' as const), reference: fc.nat(64), flags: fc.nat(31), domain: fc.nat(2), frame: word}),
  fc.record({do: fc.constant('state' as const), state: fc.constantFrom('0', '1', '2', '3', '4', '5', '6', 'x')}),
  fc.record({do: fc.constant('node' as const), name: fc.constantFrom('ring-ref', 'event-channel', 'protocol', 'feature-persistent'),
    value: fc.oneof(fc.nat(70).map(String), fc.constantFrom('x86_64-abi', 'x86_32-abi', '', '-1', '99999999999'))}),
  fc.constant({do: 'kick' as const}), fc.constant({do: 'run' as const}),
);
type Step = (typeof step) extends fc.Arbitrary<infer T> ? T : never;

function play(bench: TestBlockFrontEnd, move: Step): void {
  if (move.do === 'request') bench.request(move.operation, move.sector, move.segments, move.count);
  else if (move.do === 'index') bench.index(move.at, move.value);
  else if (move.do === 'entry') bench.entry(move.reference, move);
  else if (move.do === 'state') bench.tell({state: move.state});
  else if (move.do === 'node') bench.tell({[move.name]: move.value});
  else if (move.do === 'kick') bench.kick();
  else bench.run();
}

test('six thousand random front ends: the back end throws nothing, leaves other pages alone, and lets all go in the end', t => {
  fc.assert(fc.property(fc.constantFrom(...WAYS), fc.array(step, {minLength: 1, maxLength: 24}), ([, options], moves) => {
    const bench = new TestBlockFrontEnd(options).connect({'feature-persistent': '1'});
    bench.page(TABLE_FRAME).fill(0x77);
    for (const move of moves) play(bench, move);
    bench.run().tell({state: '5'});
    const held = [...bench.memory.held.values()];
    return bench.table.mapped === 0 && held.every(count => count === 0) && bench.page(TABLE_FRAME).every(byte => byte === 0x77);
  }), {numRuns: 6000, seed: 31});
  t.pass();
});
