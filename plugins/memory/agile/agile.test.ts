// Agile paging: the references of a walk in each mode, equivalence whatever moves between modes, and the best of both.
import {join} from 'node:path';
import test from 'ava';
import {CR0_PG, CR0_WP, EPT_ALL, eptIndex, newWalkRecord, PTE_A, PTE_D, PTE_P, PTE_U, PTE_W, WALK_DONE, WALK_FAULT, WALK_VIOLATION} from 'worldswitch';
import type {TablePort, Translation} from 'worldswitch';
import {runCell} from '../../../src/lab/cell.ts';
import {divergence} from '../../../src/lab/equivalence.ts';
import {runGuest} from '../../../src/lab/guest-run.ts';
import {packageFolder} from '../../../src/lab/own-files.ts';
import {catalogue, cellSpec} from '../../../src/lab/testing/real-cells.ts';
import {SWITCHING} from './entry.ts';
import {AgileWalker} from './walker.ts';

const HOST = 'nehalem-2009';
const ALL = PTE_P | PTE_W | PTE_U;
const [NESTED_TOP, SHADOW_DIRECTORY, SHADOW_TABLE, FAR] = [0x8000, 0x2_0000, 0x2_1000, 0x10_0000];

/** Guest tables at 0x1000 and 0x2000 map linear 0x403000 to 0x5000; guest page n lies in host page n + 0x100. */
function walker(directoryEntry: number | null): {walker: AgileWalker; words: Record<number, number>} {
  const words: Record<number, number> = {
    [FAR + 0x1004]: 0x2000 | ALL, [FAR + 0x200c]: 0x5000 | ALL,
    [NESTED_TOP]: 0x9000 | EPT_ALL, 0x9000: 0xa000 | EPT_ALL, 0xa000: 0xb000 | EPT_ALL,
    [SHADOW_TABLE + 12]: (FAR + 0x5000) | ALL | PTE_D,
  };
  for (let page = 0; page < 16; page++) words[0xb000 + eptIndex(page * 4096, 1) * 8] = (FAR + page * 4096) | EPT_ALL;
  const host: TablePort = {read32: at => words[at] ?? 0, write32: (at, value) => { words[at] = value; }};
  const made = new AgileWalker({host, nestedRoot: NESTED_TOP, directories: null, tableFrames: null});
  if (directoryEntry !== null) {
    made.roots.set(1, SHADOW_DIRECTORY);
    words[SHADOW_DIRECTORY + 4] = directoryEntry;
  }
  return {walker: made, words};
}

const REGISTERS = {cr0: CR0_PG | CR0_WP, cr3: 0x1000, cr4: 0};
const walk = (walking: AgileWalker): {outcome: number; into: Translation} => {
  const into = {page: 0, pageShift: 12, maps: 0};
  return {outcome: walking.walk(REGISTERS, 0x40_3123, 0, into), into};
};

for (const [mode, directoryEntry, references] of [
  ['in shadow mode', SHADOW_TABLE | ALL, 2], ['switched below the directory', (FAR + 0x2000) | ALL | SWITCHING, 6], ['nested from the root', null, 14],
] as const) {
  test(`${mode}: ${references} references`, t => {
    const {walker: made} = walker(directoryEntry);
    const {outcome, into} = walk(made);
    t.is(outcome, WALK_DONE);
    t.is(into.page, FAR + 0x5000);
    t.is(made.record.references, references);
  });
}

test('a page that the guest does not map is its own fault in nested mode and the VMM\'s business in shadow mode', t => {
  const switched = walker((FAR + 0x2000) | ALL | SWITCHING);
  switched.words[FAR + 0x200c] = 0;
  t.is(walk(switched.walker).outcome, WALK_FAULT);
  const shadow = walker(SHADOW_TABLE | ALL);
  shadow.words[SHADOW_TABLE + 12] = 0;
  t.is(walk(shadow.walker).outcome, WALK_VIOLATION);
  t.is(shadow.walker.cause, 'shadow');
});

test('nested mode sets the guest\'s accessed bits', t => {
  const {walker: made, words} = walker(null);
  walk(made);
  t.is(words[FAR + 0x1004] & PTE_A, PTE_A);
  t.is(words[FAR + 0x200c] & (PTE_A | PTE_D), PTE_A);
  t.deepEqual(Object.keys(made.record), Object.keys(newWalkRecord()));
});

const TECHNIQUES = ['hardware-assisted+agile', 'hardware-assisted+agile[sample=8]', 'hardware-assisted+agile[sample=4,writes=0]', 'hardware-assisted+agile[sample=16,writes=1000]'];
for (const technique of TECHNIQUES) {
  test(`${technique}: random histories of paging behave as on bare metal while tables move between modes`, t => {
    for (let seed = 1; seed <= 12; seed++) {
      const request = {workload: join(packageFolder, 'src/lab/guests/paging.elf'), host: HOST, append: `seed=${seed} steps=400`, maxInstructions: 2_000_000} as const;
      const reference = runGuest(cellSpec({...request, technique: 'native'}), catalogue, {clock: 'instructions'});
      const run = runGuest(cellSpec({...request, technique}), catalogue, {clock: 'instructions'});
      t.is(divergence(run, reference), null, `seed ${seed}`);
    }
  });

  for (const image of ['exceptions', 'interrupts', 'limits', 'page-faults', 'protection', 'transfers']) {
    test(`${technique}: ${image} as on bare metal`, t => {
      const workload = join(packageFolder, `src/oracle/qemu/images/${image}.elf`);
      const reference = runGuest(cellSpec({workload, technique: 'native', host: HOST}), catalogue, {clock: 'instructions'});
      t.is(divergence(runGuest(cellSpec({workload, technique, host: HOST}), catalogue, {clock: 'instructions'}), reference), null);
    });
  }
}

for (const workload of ['forkwait', 'context-switch', 'mmap', 'ptemod']) {
  test(`${workload}: equivalent, with tables moving to shadow mode and back`, t => {
    const spec = cellSpec({workload, technique: 'hardware-assisted+agile[sample=16,writes=1]', host: HOST, params: {operations: 40, timer: 211}});
    const cell = runCell(spec, catalogue);
    t.is(cell.outcome, 'completed');
    t.is(cell.equivalence.verdict, 'equivalent', cell.equivalence.detail);
    t.regex(cell.notes?.join() ?? '', /assumes hardware that no processor has/);
    if (workload === 'forkwait') t.true((cell.statistics?.['tables moved to shadow mode'] ?? 0) > 0 && (cell.statistics?.['tables moved back'] ?? 0) > 0);
  });
}
