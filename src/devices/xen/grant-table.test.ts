// Grants as a driver domain asks for them: what is granted, to whom, for what, and what is not.
import test from 'ava';
import {BAD_COPY, BAD_HANDLE, BAD_PAGE, BAD_REFERENCE, GENERAL_ERROR, GRANT_OKAY} from './grant-table.ts';
import {FRAMES, TABLE_FRAME, TestDomain} from './testing/front-end.ts';

const PERMIT = 1, READ_ONLY = 4, READING = 8, WRITING = 16;

const domain = (): TestDomain => {
  const created = new TestDomain();
  created.entry(8, {flags: PERMIT, frame: 5});
  created.entry(9, {flags: PERMIT | READ_ONLY, frame: 6});
  created.entry(10, {flags: PERMIT, domain: 7, frame: 5});
  created.entry(11, {flags: 0, frame: 5});
  created.entry(12, {flags: PERMIT, frame: FRAMES + 100});
  created.entry(13, {flags: PERMIT, frame: TABLE_FRAME});
  created.entry(14, {flags: 2, frame: 5});
  return created;
};

const ROWS: ReadonlyArray<readonly [what: string, reference: number, write: boolean, map: number, copy: number]> = [
  ['a page granted for both is written', 8, true, 0, GRANT_OKAY],
  ['a page granted for reading is read', 9, false, 0, GRANT_OKAY],
  ['a page granted for reading is not written', 9, true, GENERAL_ERROR, GENERAL_ERROR],
  ['what is granted to another domain is not this one\'s', 10, false, GENERAL_ERROR, GENERAL_ERROR],
  ['an entry that grants nothing', 11, false, GENERAL_ERROR, GENERAL_ERROR],
  ['a frame that is not the guest\'s', 12, false, GENERAL_ERROR, BAD_PAGE],
  ['a frame whose use forbids writing', 13, true, GENERAL_ERROR, BAD_PAGE],
  ['the same for reading', 13, false, 0, GRANT_OKAY],
  ['a grant of another type', 14, false, GENERAL_ERROR, GENERAL_ERROR],
  ['a reference beyond the table', 1024, false, BAD_REFERENCE, BAD_REFERENCE],
  ['a reference far beyond it', 0xffff_ffff, true, BAD_REFERENCE, BAD_REFERENCE],
];
for (const [what, reference, write, map, copy] of ROWS) {
  test(`${what}: map ${map}, copy ${copy}`, t => {
    const {table} = domain();
    const access = {domain: 0, write};
    t.is(table.map(reference, access), map);
    t.is(table.copy(reference, {access, offset: 0, bytes: new Uint8Array(16)}), copy);
  });
}

test('flags tell how a grant is in use, until the last use ends', t => {
  const {table, memory} = domain();
  const flags = (): number => memory.view.getUint16(FRAMES * 4096 + 8 * 8, true);
  const reader = table.map(8, {domain: 0, write: false});
  t.is(flags(), PERMIT | READING);
  const writer = table.map(8, {domain: 0, write: true});
  t.is(flags(), PERMIT | READING | WRITING);
  t.is(table.unmap(writer), GRANT_OKAY);
  t.is(flags(), PERMIT | READING);
  t.is(table.unmap(reader), GRANT_OKAY);
  t.is(flags(), PERMIT);
  t.is(table.unmap(reader), BAD_HANDLE);
  t.is(memory.held.get(5), 0);
});

test('a mapping stays on its page, whatever the entry says by now', t => {
  const created = domain();
  const handle = created.table.map(8, {domain: 0, write: true});
  created.entry(8, {flags: PERMIT, frame: 20});
  created.table.write(handle, 0, Uint8Array.of(1, 2, 3));
  t.deepEqual([...created.memory.bytes.subarray(5 * 4096, 5 * 4096 + 3)], [1, 2, 3]);
  t.is(created.memory.bytes[20 * 4096], 0);
});

test('a copy may not cross the page', t => {
  t.is(domain().table.copy(8, {access: {domain: 0, write: true}, offset: 4090, bytes: new Uint8Array(7)}), BAD_COPY);
});
