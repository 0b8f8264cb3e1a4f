// Page-table isolation under shadow and nested paging (Huang et al. 2023, table 4): a system call loads CR3 twice, which leaves the guest
// under shadow paging and stays in it under nested paging.
import test from 'ava';
import {runCell} from '../cell.ts';
import {catalogue, cellSpec} from '../testing/real-cells.ts';
import {exits, LONG, SHORT, steadyCrossings} from './figures.ts';

const ROWS: ReadonlyArray<readonly [technique: string, isolation: string, each: number]> = [
  ['kvm-shadow', 'on', 2], ['kvm-shadow', 'off', 0], ['kvm-nested', 'on', 0], ['kvm-nested', 'off', 0],
  ['hardware-assisted+shadow', 'on', 2], ['hardware-assisted+shadow[policy=virtual-tlb]', 'off', 0], ['hardware-assisted+nested', 'on', 0],
  ['hardware-assisted+agile', 'off', 0],
];

for (const [technique, isolation, each] of ROWS) {
  test(`null-call with isolation=${isolation} under ${technique}: ${each} exits for each call`, t => {
    const [few, many] = [SHORT, LONG].map(operations => runCell(
      cellSpec({workload: 'null-call', technique, host: 'skylake-2016', clock: 'instructions', params: {operations, isolation, timer: 0}}), catalogue,
    ));
    t.is(many.equivalence.verdict, 'equivalent', many.equivalence.detail);
    t.is(steadyCrossings({few, many}, exits), each);
  });
}

for (const workload of ['fork', 'exec', 'mmap', 'page-fault', 'protection-fault', 'context-switch', 'process-mix', 'demand', 'protect']) {
  test(`${workload} with isolation behaves as on bare metal, whoever manages its memory`, t => {
    for (const technique of ['kvm-shadow', 'hardware-assisted+shadow[policy=virtual-tlb]', 'kvm-nested', 'hardware-assisted+agile[sample=16]', 'binary-translation+shadow', 'qemu-tcg']) {
      const cell = runCell(cellSpec({workload, technique, host: 'nehalem-2009', clock: 'instructions', params: {operations: 20, isolation: 'on', timer: 1193}}), catalogue);
      t.is(cell.outcome, 'completed', `${technique}: ${cell.reason}`);
      t.is(cell.equivalence.verdict, 'equivalent', `${technique}: ${cell.equivalence.detail}`);
    }
  });
}
