// What interpretation costs, what its memory management misses, and where it is refused.
import test from 'ava';
import {runCell} from '../../../src/lab/cell.ts';
import {runGuest} from '../../../src/lab/guest-run.ts';
import {catalogue, cellSpec} from '../../../src/lab/testing/real-cells.ts';

const TECHNIQUE = 'interpretation+software-mmu@hosted';

test('computing costs tens of cycles an instruction', t => {
  for (const workload of ['sieve', 'sha256']) {
    const {cycles, instructions} = runCell(cellSpec({workload, technique: TECHNIQUE, host: 'pentium4-2005'}), catalogue);
    const each = (cycles.region - cycles.byCategory.idle) / instructions.region;
    t.true(each > 20 && each < 60, `${workload}: ${each}`);
  }
});

test('a software TLB of fewer entries misses more; a number that is no power of two is refused', t => {
  const misses = (entries: number): number =>
    runGuest(cellSpec({workload: 'forkwait', technique: `interpretation+software-mmu[entries=${entries}]@hosted`}), catalogue, {clock: 'cycles'}).statistics['software TLB misses'];
  t.true(misses(16) > misses(64));
  t.true(misses(64) >= misses(1024));
  t.throws(() => misses(100), {message: /option 'entries' is '100'; allowed: a power of two from 16 to 65536/});
});

test('it is refused where the VMM owns the hardware', t => {
  t.throws(() => cellSpec({workload: 'in', technique: 'interpretation+software-mmu'}), {message: /interpretation works with the architecture strategies hosted/});
});
