// What each operation of memory management costs in exits, under KVM-like shadow paging and under nested paging: the counts
// measured on KVM (Linux 6.1, AMD SVM, npt=0 and npt=1) with a guest like guests/page-tables.c, and further ones that follow
// from KVM's code. Counts of the whole region; first touches and the one fault by which a table goes out of step are apart.
import {join} from 'node:path';
import test from 'ava';
import {packageFolder} from '../../../src/lab/own-files.ts';
import {steadyState} from '../../../src/lab/testing/steady-state.ts';
import {switchesOf} from '../../../src/lab/testing/switches.ts';

const IMAGE = join(packageFolder, 'src/lab/guests/page-tables.elf');
const SHADOW = 'hardware-assisted+shadow[policy=unsync]', NESTED = 'hardware-assisted+nested';

type Counts = Readonly<Record<string, number>>;
type Row = readonly [operation: string, what: string, shadow: Counts, nested: Counts];

const MEASURED: readonly Row[] = [
  ['cr3', 'mov cr3, same root', {'write-cr3': 1}, {}],
  ['cr3sw', 'mov cr3, two roots alternating: cached, no refaults', {'write-cr3': 1}, {}],
  ['invlpg', 'invlpg', {invlpg: 1}, {}],
  ['demand', 'demand page from ring 3: reflected and filled', {'pf-true': 1, 'pf-hidden': 1}, {'first-touch': 1}],
  ['ptew', 'leaf PTE write + invlpg', {invlpg: 1}, {}],
  ['ctxsw', 'context switch between two address spaces, round trip', {'write-cr3': 2}, {}],
  ['mmio', 'MMIO access', {'pf-mmio': 1}, {mmio: 1}],
  ['mprotect', 'two changes of protection and a write', {invlpg: 2}, {}],
  ['readcr3', 'mov from cr3', {'read-cr3': 1}, {}],
];
const DERIVED: readonly Row[] = [
  ['demandwrite', 'demand page by a write', {'pf-true': 1, 'pf-hidden': 1}, {'first-touch': 1}],
  ['demandclean', 'demand page by a write, entry neither accessed nor dirty', {'pf-true': 1, 'pf-hidden': 1}, {'first-touch': 1}],
  ['live', 'remapping a live PTE without invlpg', {}, {}],
  ['remap', 'remapping a live PTE, invlpg, touch: read again, no refault', {invlpg: 1}, {}],
  ['ctxshare', 'round trip between address spaces that share a table', {'write-cr3': 2}, {}],
  ['dirtyswitch', 'PTE write, CR3 load, touch: out of step, dropped, refilled', {'pf-unsync': 1, 'write-cr3': 1, 'pf-hidden': 1}, {}],
  ['pdw', 'directory write: always trapped', {'pf-trace': 1}, {}],
  ['pdtouch', 'directory write and touch: zapped and linked again', {'pf-trace': 1, 'pf-hidden': 1}, {}],
  ['pdother', "write of another address space's directory: let go after three", {}, {}],
  ['otherleaf', "write of another address space's table: out of step", {}, {}],
  ['discard', 'rep stos over a table of another address space', {}, {}],
  ['newroot', 'new directory loaded, left and cleared: three traps, then write access', {'write-cr3': 2, 'pf-trace': 3, 'pf-hidden': 2}, {}],
  ['protfault', 'protection fault mended without invlpg', {invlpg: 1, 'pf-true': 1, 'pf-hidden': 1}, {}],
  ['age', 'accessed bit cleared, invlpg, touch', {invlpg: 1, 'pf-hidden': 1}, {}],
  ['clean', 'dirty bit cleared, invlpg, write', {invlpg: 1, 'pf-hidden': 1}, {}],
  ['unmap', 'unmap, invlpg, demand fault', {invlpg: 1, 'pf-true': 1, 'pf-hidden': 1}, {}],
  ['sweep', 'writes all over mapped memory', {}, {}],
];

for (const [operation, what, shadow, nested] of [...MEASURED, ...DERIVED]) {
  for (const [technique, expected] of [[SHADOW, shadow], [NESTED, nested]] as const) {
    test(`${what}: exits per operation under ${technique}`, t => {
      const counts = steadyState(n => switchesOf({workload: IMAGE, technique, host: 'zen-2017', append: `op=${operation} n=${n}`}),
        ({to, detail}) => (to === 'vmm' ? detail : null));
      t.deepEqual(counts, expected);
    });
  }
}
