// Memory references of a page walk, counted: Intel SDM vol. 3A, 4.3 and vol. 3C, 28.2.2. With g guest levels and h nested
// ones a cold walk makes (g + 1)(h + 1) - 1 references.
import test from 'ava';
import {CR0_PG, CR4_PSE} from '../x86/control.ts';
import {EPT_ALL, EPT_LARGE, eptIndex} from '../x86/nested-paging.ts';
import {PDE_PS, PTE_A, PTE_D, PTE_P, PTE_U, PTE_W} from '../x86/paging.ts';
import {NestedWalker} from './nested-walk.ts';
import type {Translation} from './translation.ts';
import {TwoLevelWalker, type TablePort} from './two-level.ts';
import {ACCESS_USER, ACCESS_WRITE, WALK_DONE, WALK_FAULT, WALK_VIOLATION, type Walker} from './walk.ts';
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
  const walker = new NestedWalker(nested(false), null, null);
  walker.root = 0x8000;
  const {outcome, references, into} = walked(walker);
  t.is(outcome, WALK_DONE);
  t.is(references, 14);
  t.is(into.page, 0x10_5000);
  t.is(walked(walker).references, 14);
});

test('nested paging with 2 MiB pages behind: 11 references', t => {
  const walker = new NestedWalker(nested(true), null, null);
  walker.root = 0x8000;
  t.is(walked(walker).references, 11);
});

test('nested paging with warm walk caches: the guest entry of the table and the four nested references of the page', t => {
  const walker = new NestedWalker(nested(false), new WalkCache(32), new WalkCache(16));
  walker.root = 0x8000;
  t.is(walked(walker).references, 14);
  t.is(walked(walker).references, 5);
});

test('a guest table without nested translation is a violation during the guest walk', t => {
  const port = nested(false);
  port.words[0xb000 + eptIndex(0x2000, 1) * 8] = 0;
  const walker = new NestedWalker(port, null, null);
  walker.root = 0x8000;
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
