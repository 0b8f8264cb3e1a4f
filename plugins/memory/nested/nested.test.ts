// Nested paging under random histories of a guest's paging, on hosts with and without the features that change its walk, and
// the dirty log: what it finds, how it finds it, and that it changes nothing the guest can see.
import {join} from 'node:path';
import test from 'ava';
import {runCell} from '../../../src/lab/cell.ts';
import {divergence} from '../../../src/lab/equivalence.ts';
import {runGuest} from '../../../src/lab/guest-run.ts';
import {packageFolder} from '../../../src/lab/own-files.ts';
import {catalogue, cellSpec} from '../../../src/lab/testing/real-cells.ts';

const IMAGE = join(packageFolder, 'src/lab/guests/paging.elf');
const nested = (options: string): string => `hardware-assisted+nested${options}`;

const VARIANTS: ReadonlyArray<readonly [host: string, options: string]> = [
  ['skylake-2016', ''], ['skylake-2016', '[backing=2m]'], ['skylake-2016[nested-accessed-dirty=off]', ''], ['nehalem-2009[tagged-tlb=off]', ''],
  ['nehalem-2009[walk-caches=off]', ''], ['zen-2017', '[dirty-log=on,dirty-round=10]'], ['nehalem-2009', '[dirty-log=on,dirty-round=10]'],
  ['skylake-2016', '[dirty-log=flags,dirty-round=10]'],
];
for (const [host, options] of VARIANTS) {
  test(`nested${options} on ${host}: random histories of paging behave as on bare metal`, t => {
    for (let seed = 21; seed <= 26; seed++) {
      const request = {workload: IMAGE, host, append: `seed=${seed} steps=400`, maxInstructions: 2_000_000} as const;
      const reference = runGuest(cellSpec({...request, technique: 'native'}), catalogue, {clock: 'instructions'});
      const run = runGuest(cellSpec({...request, technique: nested(options)}), catalogue, {clock: 'instructions'});
      t.is(divergence(run, reference), null, `seed ${seed}`);
    }
  });
}

/** Under the instruction clock rounds fall on the same instructions. */
const logged = (workload: string, log: string): Readonly<Record<string, number>> =>
  runGuest(cellSpec({workload, technique: nested(`[dirty-log=${log},dirty-round=40]`), host: 'skylake-2016', params: {operations: 40}}), catalogue, {clock: 'instructions'}).statistics;

for (const workload of ['forkwait', 'mmap', 'context-switch']) {
  test(`${workload}: write protection and the processor's dirty flags find the same pages`, t => {
    const [protection, flags] = [logged(workload, 'on'), logged(workload, 'flags')];
    t.true(protection['dirty-log pages found'] > 20);
    for (const name of ['dirty-log rounds', 'dirty-log pages found', 'invept']) t.is(protection[name], flags[name], name);
    t.true(protection['dirty-log violations'] > 0);
    t.is(flags['dirty-log violations'], 0);
  });
}

test('each page written costs one violation in each round, however often it is written', t => {
  const pages = 32;
  const [few, many] = [100_000, 200_000].map(operations => {
    const {switches, equivalence} = runCell(cellSpec({
      workload: 'tlb-reach', technique: nested('[dirty-log=on,dirty-round=50]'), params: {pages, access: 'write', operations, timer: 0},
    }), catalogue);
    t.is(equivalence.verdict, 'equivalent');
    const count = (name: string): number => switches.find(({detail}) => detail === name)?.count ?? 0;
    return {violations: count('dirty-log'), rounds: count('timer')};
  });
  t.true(many.rounds - few.rounds >= 5);
  t.is(many.violations - few.violations, pages * (many.rounds - few.rounds));
});

test('reading costs no violation of the dirty log', t => {
  const params = {pages: 32, access: 'read', operations: 100_000, timer: 0} as const;
  const {switches} = runCell(cellSpec({workload: 'tlb-reach', technique: nested('[dirty-log=on,dirty-round=50]'), params}), catalogue);
  t.deepEqual(switches.filter(({detail}) => detail === 'dirty-log'), []);
});

test('with 2 MiB backing a guest that uses few pages takes few violations', t => {
  const first = (options: string): number => runGuest(cellSpec({workload: 'tlb-reach', technique: nested(options)}), catalogue, {clock: 'instructions'})
    .statistics['nested entries filled'];
  t.true(first('') > 1000);
  t.true(first('[backing=2m]') === 0);
});

test('dirty flags that the host does not keep are a sentence', t => {
  t.throws(() => runGuest(cellSpec({workload: 'sieve', technique: nested('[dirty-log=flags]')}), catalogue, {clock: 'cycles'}), {
    message: /dirty-log=flags needs the host feature 'nested-accessed-dirty', which nehalem-2009 does not have; use dirty-log=on/,
  });
});
