// Memory references of a page walk, counted: Intel SDM vol. 3A, 4.3 and vol. 3C, 28.2.2. With g guest levels and h nested
// ones a cold walk makes (g + 1)(h + 1) - 1 references.
import test from 'ava';
import {CR0_PG, CR4_PSE} from '../x86/control.ts';
import {EPT_ACCESSED, EPT_ALL, EPT_DIRTY, EPT_EXECUTE, EPT_LARGE, EPT_READ, EPT_WRITE, eptIndex} from '../x86/nested-paging.ts';
import {PDE_PS, PTE_A, PTE_D, PTE_P, PTE_U, PTE_W} from '../x86/paging.ts';
import {NestedWalker, type NestedWalkParts} from './nested-walk.ts';
import {fetchRightsOf, MAPS_DIRTY, rightsOf, SUPERVISOR_READ, SUPERVISOR_WRITE, type Translation} from './translation.ts';
import {TwoLevelWalker, type TablePort} from './two-level.ts';
import {ACCESS_FETCH, ACCESS_USER, ACCESS_WRITE, WALK_DONE, WALK_FAULT, WALK_VIOLATION, type Walker} from './walk.ts';
import {WalkCache} from './walk-cache.ts';

const ALL = PTE_P | PTE_W | PTE_U;
const REGISTERS = {cr0: CR0_PG, cr3: 0x1000, cr4: CR4_PSE};
const LINEAR = 0x0040_3123;

/** Sparse physical memory of doublewords. */
function memory(words: Record<number, number>): TablePort & {words: Record<number, number>} {
  return {words, read32: address => words[address] ?? 0, write32: (address, value) => { words[address] = value; }};
}

/** Guest tables: directory at 0x1000, table at 0x2000, page at 0x5000. */
const guestTables = (pte = ALL): Record<number, number> => ({0x1004: 0x2000 | ALL, 0x200c: 0x5000 | pte});

/** The same tables in host memory behind nested tables that map guest page n to host page n + 0x100. */
function nested(large: boolean): TablePort & {words: Record<number, number>} {
  const shift = 0x10_0000;
  const port = memory({});
  const [top, three, two, one] = [0x8000, 0x9000, 0xa000, 0xb000];
  port.words[top] = three | EPT_ALL;
  port.words[three] = two | EPT_ALL;
  port.words[two] = large ? EPT_ALL | EPT_LARGE : one | EPT_ALL;
  for (let page = 0; page < 16; page++) port.words[one + eptIndex(page * 4096, 1) * 8] = (page * 4096 + shift) | EPT_ALL;
  for (const [address, word] of Object.entries(guestTables())) port.words[Number(address) + (large ? 0 : shift)] = word;
  return port;
}

function nestedWalker(host: TablePort, parts: Partial<NestedWalkParts> = {}): NestedWalker {
  const walker = new NestedWalker({host, directories: null, tableFrames: null, accessedDirty: false, ...parts});
  walker.root = 0x8000;
  return walker;
}

const found = (): Translation => ({page: 0, pageShift: 12, maps: 0});

function walked(walker: Walker, access = 0, linear = LINEAR): {outcome: number; references: number; into: Translation} {
  const into = found();
  const outcome = walker.walk(REGISTERS, linear, access, into);
  return {outcome, references: walker.record.references, into};
}

test('two-level paging: 2 references for a 4 KiB page', t => {
  const {outcome, references, into} = walked(new TwoLevelWalker(memory(guestTables())));
  t.is(outcome, WALK_DONE);
  t.is(references, 2);
  t.is(into.page, 0x5000);
});

test('two-level paging: 1 reference for a 4 MiB page', t => {
  const {references, into} = walked(new TwoLevelWalker(memory({0x1004: 0x0080_0000 | PDE_PS | ALL})));
  t.is(references, 1);
  t.deepEqual([into.page, into.pageShift], [0x0080_0000, 22]);
});

test('two-level paging with a warm directory cache: 1 reference', t => {
  const walker = new TwoLevelWalker(memory(guestTables()), new WalkCache(32));
  t.is(walked(walker).references, 2);
  t.is(walked(walker).references, 1);
  walker.forget(null);
  t.is(walked(walker).references, 2);
});

test('nested paging, four levels, walk caches off: 14 references for a 4 KiB page', t => {
  const walker = nestedWalker(nested(false));
  const {outcome, references, into} = walked(walker);
  t.is(outcome, WALK_DONE);
  t.is(references, 14);
  t.is(into.page, 0x10_5000);
  t.is(walked(walker).references, 14);
});

test('nested paging with 2 MiB pages behind: 11 references', t => {
  const walker = nestedWalker(nested(true));
  t.is(walked(walker).references, 11);
});

test('nested paging with warm walk caches: the guest entry of the table and the four nested references of the page', t => {
  const walker = nestedWalker(nested(false), {directories: new WalkCache(32), tableFrames: new WalkCache(16)});
  t.is(walked(walker).references, 14);
  t.is(walked(walker).references, 5);
});

test('a guest table without nested translation is a violation during the guest walk', t => {
  const port = nested(false);
  port.words[0xb000 + eptIndex(0x2000, 1) * 8] = 0;
  const walker = nestedWalker(port);
  t.is(walked(walker).outcome, WALK_VIOLATION);
  t.true(walker.record.duringGuestWalk);
  t.is(walker.record.guestPhysical, 0x200c);
});

test('accessed is set by a read, dirty only by a write', t => {
  const port = memory(guestTables());
  walked(new TwoLevelWalker(port));
  t.is(port.words[0x200c] & (PTE_A | PTE_D), PTE_A);
  t.is(port.words[0x1004] & PTE_A, PTE_A);
  walked(new TwoLevelWalker(port), ACCESS_WRITE);
  t.is(port.words[0x200c] & (PTE_A | PTE_D), PTE_A | PTE_D);
});

test('a user access to a supervisor page faults with the protection bit and leaves the leaf alone', t => {
  const port = memory(guestTables(PTE_P | PTE_W));
  const walker = new TwoLevelWalker(port);
  t.is(walked(walker, ACCESS_USER).outcome, WALK_FAULT);
  t.is(walker.record.errorCode, 5);
  t.is(port.words[0x200c] & PTE_A, 0);
});

test('a directory cache forgets the entry of one address, or all', t => {
  const port = memory({...guestTables(), 0x1008: 0x2000 | ALL});
  const walker = new TwoLevelWalker(port, new WalkCache(32));
  const other = LINEAR + 2 ** 22;
  const references = (): number[] => [walked(walker).references, walked(walker, 0, other).references];
  t.deepEqual(references(), [2, 2]);
  walker.forget(LINEAR);
  t.deepEqual(references(), [2, 1]);
  walker.forget(null);
  t.deepEqual(references(), [2, 2]);
});

test('a CR3 load leaves what is kept of nested translations, INVEPT does not', t => {
  const walker = nestedWalker(nested(false), {directories: new WalkCache(32), tableFrames: new WalkCache(16)});
  walked(walker);
  walker.forget(null);
  t.is(walked(walker).references, 1 + 1 + 4);
  walker.forget(null);
  walker.forgetNested();
  t.is(walked(walker).references, 14);
});

/** Rights of the nested entry of the page itself (0x5000), and of the guest's table (0x2000). */
const ENTRY = {page: 0xb000 + eptIndex(0x5000, 1) * 8, table: 0xb000 + eptIndex(0x2000, 1) * 8};
const RIGHTS: ReadonlyArray<readonly [rights: number, read: number, write: number, fetch: number]> = [
  [EPT_READ, WALK_DONE, WALK_VIOLATION, WALK_VIOLATION],
  [EPT_READ | EPT_WRITE, WALK_DONE, WALK_DONE, WALK_VIOLATION],
  [EPT_READ | EPT_EXECUTE, WALK_DONE, WALK_VIOLATION, WALK_DONE],
  [EPT_EXECUTE, WALK_VIOLATION, WALK_VIOLATION, WALK_DONE],
  [EPT_ALL, WALK_DONE, WALK_DONE, WALK_DONE],
];
for (const [rights, read, write, fetch] of RIGHTS) {
  const granted = [read, write, fetch].map(outcome => outcome === WALK_DONE);
  test(`a nested entry with rights ${rights.toString(2).padStart(3, '0')} lets pass what it grants: read, write, fetch ${granted.join(', ')}`, t => {
    const port = nested(false);
    port.words[ENTRY.page] = 0x10_5000 | rights;
    port.words[0x10_200c] |= PTE_A | PTE_D;
    port.words[0x10_1004] |= PTE_A;
    const walker = nestedWalker(port, {tableFrames: new WalkCache(16)});
    t.deepEqual([0, ACCESS_WRITE, ACCESS_FETCH].map(access => walked(walker, access).outcome), [read, write, fetch]);
    const {outcome, into: {maps}} = walked(walker, granted[0] ? 0 : ACCESS_FETCH);
    t.is(outcome, WALK_DONE);
    t.deepEqual([rightsOf(maps, true) & SUPERVISOR_READ, rightsOf(maps, true) & SUPERVISOR_WRITE, fetchRightsOf(maps) & SUPERVISOR_READ].map(Boolean), granted);
  });
}

test('rights shrink on the way down: a level that forbids writing forbids it for all below', t => {
  const port = nested(false);
  port.words[0xa000] &= ~EPT_WRITE;
  t.is(walked(nestedWalker(port), ACCESS_WRITE).outcome, WALK_VIOLATION);
});

for (const cached of [false, true]) {
  test(`a guest table that must not be written can be read, but its accessed bits cannot be set${cached ? ', walk caches on' : ''}`, t => {
    const port = nested(false);
    port.words[ENTRY.table] &= ~EPT_WRITE;
    const walker = nestedWalker(port, {tableFrames: cached ? new WalkCache(16) : null});
    t.is(walked(walker).outcome, WALK_VIOLATION);
    t.deepEqual([walker.record.guestPhysical, walker.record.duringGuestWalk], [0x200c, true]);
    t.is(port.words[0x10_200c] & PTE_A, 0);
    port.words[0x10_200c] |= PTE_A;
    t.is(walked(walker).outcome, WALK_DONE);
    port.words[ENTRY.table] |= EPT_WRITE;
    walker.forgetNested();
    t.is(walked(walker, ACCESS_WRITE).outcome, WALK_DONE);
    t.is(port.words[0x10_200c] & PTE_D, PTE_D);
  });
}

test('accessed and dirty flags of nested entries: set on the way, dirty by a store, and on every page of guest tables', t => {
  const port = nested(false);
  const walker = nestedWalker(port, {accessedDirty: true});
  const flags = (at: number): number => port.words[at] & (EPT_ACCESSED | EPT_DIRTY);
  const first = walked(walker);
  t.deepEqual([flags(0x8000), flags(ENTRY.table), flags(ENTRY.page)], [EPT_ACCESSED, EPT_ACCESSED | EPT_DIRTY, EPT_ACCESSED]);
  t.is(first.into.maps & MAPS_DIRTY, 0);
  const second = walked(walker, ACCESS_WRITE);
  t.is(flags(ENTRY.page), EPT_ACCESSED | EPT_DIRTY);
  t.is(second.into.maps & MAPS_DIRTY, MAPS_DIRTY);
  t.is(walked(walker).into.maps & MAPS_DIRTY, MAPS_DIRTY);
});

test('with accessed and dirty flags a reference to a guest table needs the right to write it', t => {
  const port = nested(false);
  port.words[ENTRY.table] &= ~EPT_WRITE;
  port.words[0x10_200c] |= PTE_A;
  t.is(walked(nestedWalker(port)).outcome, WALK_DONE);
  t.is(walked(nestedWalker(port, {accessedDirty: true})).outcome, WALK_VIOLATION);
});
