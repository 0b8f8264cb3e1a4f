// grant_table_op as a guest calls it, and the statuses it gets. Xen, public/grant_table.h.
import test from 'ava';
import {GrantTable} from '../../devices/xen/grant-table.ts';
import {BAD_POINTER} from '../paravirtual/guest-copy.ts';
import {GrantCalls} from './grant-calls.ts';
import {FIRST_TABLE_FRAME, TestingGuest} from './testing-guest.ts';

const MAP = 0, UNMAP = 1, SETUP_TABLE = 2, COPY = 5, QUERY_SIZE = 6, SET_VERSION = 8, GET_VERSION = 10;
const ARGUMENT = 0x2000, LIST = 0x3000, SELF = 0x7ff0, OWN = 1;
const HOST_MAP = 2, SOURCE = 1, TARGET = 2;

class Bench {
  readonly guest = new TestingGuest();
  readonly table = new GrantTable(this.guest);
  readonly mapped: Array<readonly [address: number, frame: number, write: boolean]> = [];
  readonly calls = new GrantCalls({
    copy: this.guest.copy, table: this.table,
    memory: {grants: this.guest, store: this.guest.page(0), mapOwn: (...place) => (this.mapped.push(place), 0)},
  });

  call(command: number, words: readonly number[]): Int32Array {
    this.guest.copy.writeWords(ARGUMENT, words);
    this.calls.operate(command, ARGUMENT, 1);
    return this.guest.copy.readWords(ARGUMENT, words.length);
  }
  setUp(): this {
    this.call(SETUP_TABLE, [SELF, 1, 0, LIST]);
    for (const [reference, flags, domain, frame] of [[8, 1, OWN, 5], [9, 5, OWN, 6], [10, 1, 0, 7], [11, 1, OWN, 900]]) {
      this.guest.writeTable(FIRST_TABLE_FRAME, reference * 8, flags | (domain << 16));
      this.guest.writeTable(FIRST_TABLE_FRAME, reference * 8 + 4, frame);
    }
    return this;
  }
}
const low = (word: number): number => (word << 16) >> 16;
const high = (word: number): number => word >> 16;

for (const [what, words, status, frames] of [
  ['a table of two frames', [SELF, 2, 0, LIST], 0, 2], ['a table that is too large', [SELF, 33, 0, LIST], -1, 0], ['another domain\'s table', [5, 1, 0, LIST], -2, 0],
  ['a huge count', [SELF, -1, 0, LIST], -1, 0],
] as const) {
  test(`${what} is set up with status ${status}`, t => {
    const bench = new Bench();
    t.is(low(bench.call(SETUP_TABLE, words)[2]), status);
    t.deepEqual([...bench.guest.copy.readWords(LIST, frames)], Array.from({length: frames}, (_, at) => FIRST_TABLE_FRAME + at));
    const size = bench.call(QUERY_SIZE, [SELF, 0, 0, -1]);
    t.deepEqual([size[1], size[2], low(size[3])], [frames, 32, 0]);
  });
}

for (const [what, flags, reference, domain, status] of [
  ['its own grant', HOST_MAP, 8, OWN, 0], ['its own for reading', HOST_MAP | 4, 9, OWN, 0], ['a grant for reading, to write', HOST_MAP, 9, OWN, -1],
  ['a grant to another', HOST_MAP, 10, OWN, -1], ['a frame that is not there', HOST_MAP, 11, OWN, -1], ['a reference beyond the table', HOST_MAP, 5000, OWN, -3],
  ['a grant of the driver domain, which gives none', HOST_MAP, 8, 0, -3], ['a grant of a domain that is not there', HOST_MAP, 8, 9, -2],
  ['nothing into its address space', 0, 8, OWN, -1],
] as const) {
  test(`a guest maps ${what}: ${status}`, t => {
    const bench = new Bench().setUp();
    const after = bench.call(MAP, [0x9000, 0, flags, reference, domain, 0, 0, 0]);
    t.is(high(after[4]), status);
    t.is(bench.mapped.length, status === 0 ? 1 : 0);
    if (status !== 0) return;
    t.is(low(bench.call(UNMAP, [0x9000, 0, 0, 0, after[5] + 40, 0])[5]), -4);
    t.is(low(bench.call(UNMAP, [0xa000, 0, 0, 0, after[5], 0])[5]), -5);
    t.is(low(bench.call(UNMAP, [0x9000, 0, 0, 0, after[5], 0])[5]), 0);
    t.is(bench.table.mapped, 0);
  });
}

for (const [what, source, target, length, flags, status] of [
  ['between its own frames', [20, SELF, 0], [21, SELF, 8], 16, 0, 0], ['from its own grant', [8, OWN, 0], [21, SELF, 8], 16, SOURCE, 0],
  ['into a grant for reading', [20, SELF, 0], [9, OWN, 0], 16, TARGET, -1], ['across the end of a page', [20, SELF, 4090], [21, SELF, 0], 16, 0, -10],
  ['from a grant of the driver domain', [8, 0, 0], [21, SELF, 0], 16, SOURCE, -3], ['from the driver domain\'s frames', [8, 0, 0], [21, SELF, 0], 16, 0, -1],
  ['from a frame that is not there', [900, SELF, 0], [21, SELF, 0], 16, 0, -9], ['from another domain', [8, 5, 0], [21, SELF, 0], 16, SOURCE, -2],
] as const) {
  test(`a guest copies ${what}: ${status}`, t => {
    const bench = new Bench().setUp();
    bench.guest.write(5, 0, new Uint8Array(32).fill(0x55));
    bench.guest.write(20, 0, new Uint8Array(32).fill(0x55));
    const side = ([frame, domain, offset]: readonly [number, number, number]): number[] => [frame, domain | (offset << 16)];
    const after = bench.call(COPY, [...side(source), ...side(target), length | (flags << 16), 0]);
    t.is(low(after[5]), status);
    const copied = new Uint8Array(16);
    bench.guest.read(21, 8, copied);
    t.is(copied.every(byte => byte === 0x55), status === 0);
  });
}

test('there is one version of the entries; what else is asked is not there, and a pointer that leads nowhere is told', t => {
  const bench = new Bench();
  t.is(bench.call(SET_VERSION, [2])[0], 1);
  t.is(bench.call(GET_VERSION, [SELF, 0])[1], 1);
  t.is(bench.calls.operate(4, ARGUMENT, 1), -38);
  t.is(bench.calls.operate(SETUP_TABLE, ARGUMENT, 2), -22);
  const thrown: unknown = t.throws(() => bench.calls.operate(MAP, 0xffff_0000, 1), {any: true});
  t.is(thrown, BAD_POINTER);
});
