// Domains run kernels that nobody else wrote; what they ask is counted, and what they may not have is refused.
import test from 'ava';
import {runCell} from '../../../src/lab/cell.ts';
import {planCells} from '../../../src/lab/plan.ts';
import {checkImage} from '../../../src/lab/image-check.ts';
import {catalogue, cellSpec} from '../../../src/lab/testing/real-cells.ts';
import {entries, guestFile, runDomain} from './testing-domain.ts';

test('a domain starts as public/xen.h says, with its command line', t => {
  const {ending, exitCode, console} = runDomain({guest: 'hello', append: 'one=1 two'});
  t.is(ending.outcome, 'completed');
  t.is(exitCode, 0x21);
  t.is(console, 'xen-3.0-x86_32\npages 4096\ntables 2\nversion 3\none=1 two\n');
});

const perOperation = (append: string, reason = ''): number => {
  const [few, many] = [10, 60].map(n => entries(runDomain({guest: 'traps', append: `${append} n=${n}`}), reason));
  return (many - few) / 50;
};

const rows: ReadonlyArray<readonly [title: string, append: string, entries: number]> = [
  ['a system call by the direct gate enters Xen 0 times', 'what=syscall', 0],
  ['a system call whose handler wants events masked is bounced: 1 entry', 'what=syscall gate=bounced', 1],
  ['another software interrupt is bounced: 1 entry', 'what=bounced', 1],
  ['a page fault and the entry that mends it: 2 entries', 'what=fault', 2],
  ['a protection fault without a change of tables: 1 entry', 'what=protect', 1],
];
for (const [title, append, expected] of rows) test(title, t => t.is(perOperation(append), expected));

test('of the two entries of a page fault one is the bounce, one the hypercall', t => {
  t.is(perOperation('what=fault', 'EXCEPTION_NMI'), 1);
  t.is(perOperation('what=fault', 'update_va_mapping'), 1);
});

test('events come by channel, mask and poll, and time by shared memory', t => {
  const run = runDomain({guest: 'events'});
  t.is(run.console, 'by the ring\nticks 7\n');
  t.is(run.exitCode, 0x21);
});

test('a kernel of the older kind asks the store by its ring and tells the console by its own', t => {
  const run = runDomain({guest: 'legacy'});
  t.is(run.console, 'guest\n');
  t.is(run.exitCode, 0x21);
});

test('a return that cannot be carried out goes to the failsafe handler, with where it was to go', t => {
  const run = runDomain({guest: 'failsafe'});
  t.is(run.console, 'caught\n');
  t.is(run.exitCode, 0x21);
});

test('a kernel for Xen is refused by every other technique, and an unmodified guest by this one', t => {
  const plan = (workload: string, technique: string): string | null => planCells({
    workloads: [workload, 'sieve'], techniques: [technique, 'native'], hosts: ['pentium4-2005'], clock: 'cycles', samples: 0, maxInstructions: null, params: {}, memoryMiB: 64,
    append: '', base: '/', checkImage,
  }, catalogue).find(({spec}) => spec.workload === workload && spec.technique.name.startsWith(technique))?.refusal ?? null;
  t.regex(plan(guestFile('hello'), 'native') ?? '', /runs an unmodified guest, and image .*hello\.elf is a kernel built for Xen/);
  t.is(plan(guestFile('hello'), 'paravirtual+direct-paging'), null);
});

test('the verdict on a kernel that runs nowhere else is that there is none', t => {
  const cell = runCell(cellSpec({workload: guestFile('hello'), technique: 'paravirtual+direct-paging', host: 'pentium4-2005'}), catalogue);
  t.is(cell.outcome, 'completed');
  t.is(cell.equivalence.verdict, 'not-checked');
});
