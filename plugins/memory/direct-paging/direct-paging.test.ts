// Page tables as the guest's own and Xen's to check: batches, writable tables, what is refused, and books that stay in order.
import {fc, testProp} from '@fast-check/ava';
import test from 'ava';
import {entries, runDomain} from '../../cpu/paravirtual/testing-domain.ts';

for (const size of [1, 7, 64, 2048]) {
  test(`2,048 updates in batches of ${size} are ${Math.ceil(2048 / size)} entries`, t => {
    const run = runDomain({guest: 'paging', append: `n=${size}`});
    t.is(run.console, 'paged\n');
    t.is(run.audit, null);
    t.is(entries(run, 'mmu_update'), Math.ceil(2048 / size));
    t.is(entries(run), Math.ceil(2048 / size));
    t.is(run.statistics['largest batch'], size);
  });
}

for (const n of [1, 100, 1024]) {
  test(`writable page tables: ${n} stores into one table and its first use are 2 entries, the first store's and the use's`, t => {
    const run = runDomain({guest: 'writable', append: `n=${n}`});
    t.is(run.console, 'stored\n');
    t.is(entries(run), 2);
    t.is(run.audit, null);
    t.is(run.statistics['stores to tables emulated'], 2);
  });
}

test('a writable page table that is given what it may not have ends the domain', t => {
  const {ending, audit} = runDomain({guest: 'writable', append: 'n=8 what=illegal'});
  t.is(ending.outcome, 'triple-fault');
  t.regex(ending.reason, /the domain crashed: entry 7 of a writable page table was given 0x/);
  t.is(audit, null);
});

test('without the option the assist is refused and a store to a table is the guest\'s fault', t => {
  t.is(runDomain({guest: 'writable', append: 'what=refused', options: {writable: 'off'}}).console, 'refused\n');
});

test('a hostile kernel is refused with the errors of Xen', t => {
  const run = runDomain({guest: 'hostile'});
  t.is(run.console, 'all refused\n');
  t.is(run.exitCode, 0x21);
  t.is(run.audit, null);
});

testProp('random hypercalls leave the books of frames in order', [fc.integer({min: 1, max: 1e9})], (t, seed) => {
  const {ending, audit} = runDomain({guest: 'fuzz', append: `seed=${seed} n=400`, maxInstructions: 1e6});
  t.is(audit, null);
  t.not(ending.outcome, 'error', ending.reason);
}, {numRuns: 60, seed: 20_051});
