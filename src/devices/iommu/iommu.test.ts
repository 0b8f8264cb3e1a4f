// The remapping unit against its specification: which entry allows what, each reason to refuse, what is kept and how it is forgotten.
import test from 'ava';
import {FAULTS, READ, WRITE} from './format.ts';
import {INTERRUPT_ENTRY_BYTES, messageAddressOf, VERIFY_REQUESTER} from './interrupt-remapping.ts';
import {RemappedBus} from './remapped-bus.ts';
import {IommuUnit} from './unit.ts';

const SIZE = 0x2_0000;
const ROOT = 0x1000, CONTEXTS = 0x2000, TOP = 0x3000, MIDDLE = 0x4000, LEAVES = 0x5000, FRAME = 0x7000, OTHER = 0x9000;
const REQUESTER = 0x18, PRESENT = 1, WIDTH_39 = 1;

class Bench {
  readonly bytes = new Uint8Array(SIZE);
  readonly view = new DataView(this.bytes.buffer);
  readonly unit = new IommuUnit({size: SIZE, read32: at => this.view.getInt32(at, true)});
  readonly bus = new RemappedBus(this.unit, {
    size: SIZE, copyOut: (at, into) => into.set(this.bytes.subarray(at, at + into.length)), copyIn: (at, from) => this.bytes.set(from, at),
  });

  /** One function in domain 7, whose page 1 is FRAME. */
  constructor() {
    this.unit.rootTable = ROOT;
    this.set(ROOT, CONTEXTS | PRESENT).set(CONTEXTS + REQUESTER * 16, TOP | PRESENT).set(CONTEXTS + REQUESTER * 16 + 8, (7 << 8) | WIDTH_39);
    this.set(TOP, MIDDLE | READ | WRITE).set(MIDDLE, LEAVES | READ | WRITE).map(1, FRAME | READ | WRITE);
  }

  set(at: number, value: number): this {
    this.view.setUint32(at, value >>> 0, true);
    return this;
  }

  map(page: number, entry: number): this {
    return this.set(LEAVES + page * 8, entry);
  }

  /** Where an access ends: an address, or the reason of its fault. */
  ends(address: number, write = false, requester = REQUESTER): string {
    this.unit.faults.clear();
    const at = this.unit.translate(requester, address, write);
    return at >= 0 ? `0x${at.toString(16)}` : `fault ${this.unit.faults.kept[0].reason}`;
  }
}

test('an address of the domain leads to its frame, for reads and writes', t => {
  const bench = new Bench();
  t.is(bench.ends(0x1234), '0x7234');
  t.is(bench.ends(0x1fff, true), '0x7fff');
});

const REFUSALS: ReadonlyArray<readonly [what: string, prepare: (bench: Bench) => void, reason: number, access?: {address?: number; write?: boolean; requester?: number}]> = [
  ['a bus without a root entry', () => {}, FAULTS.ROOT_NOT_PRESENT, {requester: 0x118}],
  ['a function of no domain', () => {}, FAULTS.CONTEXT_NOT_PRESENT, {requester: 0x19}],
  ['a context entry of an unknown width', bench => bench.set(CONTEXTS + REQUESTER * 16 + 8, 5), FAULTS.CONTEXT_INVALID],
  ['a context entry of another translation type', bench => bench.set(CONTEXTS + REQUESTER * 16, TOP | 8 | PRESENT), FAULTS.CONTEXT_INVALID],
  ['an address beyond 39 bits', () => {}, FAULTS.BEYOND_WIDTH, {address: 2 ** 39}],
  ['a negative address', () => {}, FAULTS.BEYOND_WIDTH, {address: -8}],
  ['a page that is not mapped', () => {}, FAULTS.NO_READ, {address: 0x2000}],
  ['a write to a page mapped for reading', bench => bench.map(1, FRAME | READ), FAULTS.NO_WRITE, {write: true}],
  ['a read of a page mapped for writing', bench => bench.map(1, FRAME | WRITE), FAULTS.NO_READ],
  ['a write below an upper level without the right', bench => bench.set(MIDDLE, LEAVES | READ), FAULTS.NO_WRITE, {write: true}],
  ['a table where no memory is', bench => bench.set(TOP, 0x7fff_f000 | READ | WRITE), FAULTS.PAGING_ENTRY_UNREADABLE],
  ['a table beyond 4 GiB', bench => bench.set(TOP + 4, 1), FAULTS.PAGING_ENTRY_UNREADABLE],
  ['a context table where no memory is', bench => bench.set(ROOT, 0xffff_f000 | PRESENT), FAULTS.CONTEXT_UNREADABLE],
  ['a root table where no memory is', bench => { bench.unit.rootTable = 0xffff_f000; }, FAULTS.ROOT_UNREADABLE],
];
for (const [what, prepare, reason, {address = 0x1000, write = false, requester = REQUESTER} = {}] of REFUSALS) {
  test(`${what} is refused with reason ${reason}`, t => {
    const bench = new Bench();
    prepare(bench);
    t.is(bench.ends(address, write, requester), `fault ${reason}`);
  });
}

test('a translation is kept until it is invalidated: of its page, its domain, or all', t => {
  const bench = new Bench();
  for (const [domain, page] of [[7, 1], [7], []] as const) {
    bench.map(1, FRAME | READ).unit.invalidateIotlb();
    t.is(bench.ends(0x1000), '0x7000');
    bench.map(1, OTHER | READ);
    t.is(bench.ends(0x1000), '0x7000');
    bench.unit.invalidateIotlb(8);
    bench.unit.invalidateIotlb(7, 2);
    t.is(bench.ends(0x1000), '0x7000', 'what concerns others leaves it');
    bench.unit.invalidateIotlb(domain, page);
    t.is(bench.ends(0x1000), '0x9000');
  }
});

test('a context is kept until contexts are invalidated; what is not present is never kept', t => {
  const bench = new Bench();
  t.is(bench.ends(0x2000), `fault ${FAULTS.NO_READ}`);
  bench.map(2, OTHER | READ);
  t.is(bench.ends(0x2000), '0x9000');
  bench.set(CONTEXTS + REQUESTER * 16, 0);
  t.is(bench.ends(0x2000), '0x9000');
  bench.unit.invalidateContexts();
  t.is(bench.ends(0x2000), `fault ${FAULTS.CONTEXT_NOT_PRESENT}`);
});

test('a walk makes three references, a hit none; the 65th page takes the place of the first', t => {
  const bench = new Bench();
  for (let page = 0; page < 65; page++) bench.map(page, FRAME | READ);
  for (let page = 0; page < 64; page++) bench.unit.translate(REQUESTER, page * 4096, false);
  const {counts} = bench.unit;
  t.like(counts, {hits: 0, misses: 64, walkReferences: 192});
  for (const page of [0, 64, 0]) bench.unit.translate(REQUESTER, page * 4096, false);
  t.like(counts, {hits: 1, misses: 66, walkReferences: 198});
});

test('a transfer moves as a whole or not at all, over pages that lie apart', t => {
  const bench = new Bench();
  bench.map(2, OTHER | READ | WRITE);
  const bytes = Uint8Array.from({length: 64}, (_, at) => at + 1);
  t.true(bench.bus.write(0x1fe0, bytes, REQUESTER));
  t.deepEqual([...bench.bytes.subarray(FRAME + 0xfe0, FRAME + 0x1000), ...bench.bytes.subarray(OTHER, OTHER + 32)], [...bytes]);
  const back = new Uint8Array(64);
  t.true(bench.bus.read(0x1fe0, back, REQUESTER));
  t.deepEqual(back, bytes);
  t.false(bench.bus.write(0x2fe0, bytes, REQUESTER));
  t.true(bench.bytes.subarray(OTHER + 0xfe0, OTHER + 0x1000).every(byte => byte === 0));
  t.is(bench.bus.bytes, 128);
});

test('faults are on record until cleared; those that find no register set the overflow bit, and software is told once', t => {
  const bench = new Bench();
  const told: number[] = [];
  bench.unit.faults.onFault = ({address}) => told.push(address);
  for (let page = 2; page < 12; page++) bench.unit.translate(REQUESTER, page * 4096 + 5, true);
  const {faults} = bench.unit;
  t.is(faults.kept.length, 8);
  t.deepEqual(faults.kept[0], {requester: REQUESTER, address: 0x2000, write: true, reason: FAULTS.NO_WRITE});
  t.true(faults.overflow);
  t.is(faults.total, 10);
  t.deepEqual(told, [0x2000]);
});

const ENTRY = 0x6000;
const MESSAGES: ReadonlyArray<readonly [what: string, address: number, expected: string]> = [
  ['its own entry', messageAddressOf(0), 'vector 65'], ['a message of the old form', 0xfee0_0000, `fault ${FAULTS.OLD_MESSAGE}`],
  ["another device's entry", messageAddressOf(1), `fault ${FAULTS.OTHERS_INTERRUPT}`], ['an entry that is not there', messageAddressOf(2), `fault ${FAULTS.NO_INTERRUPT_ENTRY}`],
  ['an entry beyond the table', messageAddressOf(4), `fault ${FAULTS.BEYOND_INTERRUPT_TABLE}`],
  ['the highest entry there can be', messageAddressOf(0xffff), `fault ${FAULTS.BEYOND_INTERRUPT_TABLE}`],
];
for (const [what, address, expected] of MESSAGES) {
  test(`a message that names ${what}: ${expected}`, t => {
    const bench = new Bench();
    const {interrupts, faults} = bench.unit;
    Object.assign(interrupts, {table: ENTRY, entries: 4});
    bench.set(ENTRY, (0x41 << 16) | PRESENT).set(ENTRY + 8, REQUESTER | VERIFY_REQUESTER);
    bench.set(ENTRY + INTERRUPT_ENTRY_BYTES, (0x42 << 16) | PRESENT).set(ENTRY + INTERRUPT_ENTRY_BYTES + 8, 0x20 | VERIFY_REQUESTER);
    const interrupt = interrupts.remap(REQUESTER, address);
    t.is(interrupt ? `vector ${interrupt.vector}` : `fault ${faults.kept[0].reason}`, expected);
  });
}
