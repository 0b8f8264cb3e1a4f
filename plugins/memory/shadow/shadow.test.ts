// The shadow under pressure and under attack: it stays below its limit, and a guest whose tables point where it has no memory
// reads ones there, as on bare metal, and never the VMM's frames.
import {join} from 'node:path';
import test from 'ava';
import {divergence} from '../../../src/lab/equivalence.ts';
import {runGuest, type GuestRun} from '../../../src/lab/guest-run.ts';
import {packageFolder} from '../../../src/lab/own-files.ts';
import {catalogue, cellSpec} from '../../../src/lab/testing/real-cells.ts';

const IMAGE = join(packageFolder, 'src/lab/guests/page-tables.elf');
const SHADOW = 'hardware-assisted+shadow';
const LIMITED = 24;

const run = (technique: string, operation: string, n = 1000): GuestRun =>
  runGuest(cellSpec({workload: IMAGE, technique, append: `op=${operation} n=${n}`}), catalogue, {clock: 'instructions'});

for (const options of ['limit=24', 'limit=24,tables=pae', 'limit=24,policy=unsync', 'limit=24,policy=virtual-tlb', 'bypass,limit=24']) {
  test(`shadow[${options}] stays below its limit on a guest that touches everything`, t => {
    const limited = run(`${SHADOW}[${options}]`, 'everything');
    t.is(divergence(limited, run('native', 'everything')), null);
    t.is(limited.platform.exitCode, 0x21);
    t.true(limited.statistics['shadow pages at most'] <= LIMITED, `${limited.statistics['shadow pages at most']} pages`);
    t.true(limited.statistics['shadow pages evicted'] > 100);
  });
}

test('the KVM-like shadow has one page for fifty of the guest, as KVM does', t => {
  const {statistics} = run(`${SHADOW}[policy=unsync]`, 'everything');
  t.true(statistics['shadow pages at most'] <= 327);
  t.is(statistics['shadow pages evicted'], 0);
});

const HOSTILE = [SHADOW, `${SHADOW}[write=zap]`, `${SHADOW}[policy=unsync]`, `${SHADOW}[policy=virtual-tlb]`, `${SHADOW}[bypass]`, 'hardware-assisted+nested'];
for (const technique of HOSTILE) {
  test(`${technique}: tables beyond memory, in a circle and at its end are read as the machine says`, t => {
    const hostile = run(technique, 'nowhere', 3000);
    t.is(divergence(hostile, run('native', 'nowhere', 3000)), null);
    t.is(hostile.platform.exitCode, 0x21);
  });
}

test('counts of what the shadow did', t => {
  const {statistics} = run(`${SHADOW}[policy=unsync]`, 'dirtyswitch', 100);
  t.true(statistics['CR3 exits'] >= 100);
  t.true(statistics['unsync faults'] >= 100);
  t.true(statistics['entries synced'] >= 100);
  t.true(statistics['unsync pages'] >= 100);
  t.true(run(`${SHADOW}[policy=unsync]`, 'pdother', 100).statistics['floods'] >= 4);
  t.true(run(SHADOW, 'pdother', 100).statistics['floods'] >= 1);
  t.true(run(SHADOW, 'invlpg', 100).statistics['INVLPG exits'] >= 100);
});
