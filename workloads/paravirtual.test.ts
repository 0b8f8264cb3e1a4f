// The kernel's paravirtual build under the paravirtual technique: every workload that has one ends as its native build does on bare
// metal, and an operation leaves the guest as often as its mechanism says.
import test from 'ava';
import {runCell} from '../src/lab/cell.ts';
import type {CellResult} from '../src/lab/result.ts';
import {catalogue, cellSpec} from '../src/lab/testing/real-cells.ts';
import {switchesOf} from '../src/lab/testing/switches.ts';
import {WORKLOADS} from './index.ts';

/** A workload with a disk or a network reaches it by Xen's rings. */
const techniqueOf = (workload: string): string => {
  const definition = WORKLOADS.find((each) => each.definition.name === workload)?.definition;
  return definition?.disk ?? definition?.network ? 'paravirtual+direct-paging+xen-ring@hybrid' : 'paravirtual+direct-paging';
};

type Parameters = Readonly<Record<string, string | number>>;
const run = (workload: string, params: Parameters, host = 'nehalem-2009'): CellResult =>
  runCell(cellSpec({workload, technique: techniqueOf(workload), params, host}), catalogue);

/** Ways through the kernel beside the defaults; ticks come often, so that events meet every instruction of the way back. */
const VARIANTS: Readonly<Record<string, readonly Parameters[]>> = {
  'address-spaces': [{spaces: 1, pages: 1}, {spaces: 24, pages: 256, operations: 100}],
  'context-switch': [{processes: 2, size: 16}, {processes: 8, size: 16, operations: 200}, {processes: 16, size: 64, operations: 64, timer: 211}],
  'disk': [{mode: 'write', depth: 32, pattern: 'random', sectors: 3}, {sectors: 128, depth: 4, operations: 20, timer: 211}, {depth: 32, threshold: 8}],
  'demand': [{access: 'read'}, {operations: 8192, timer: 211}],
  'directory-write': [{change: 'table'}],
  'exec': [{pages: 1, operations: 10, timer: 211}, {pages: 1024, operations: 3}],
  'fork': [{copies: 50, operations: 20}, {pages: 1, operations: 50, timer: 211}, {pages: 1024, operations: 3}],
  'forkwait': [{exec: 'yes', operations: 20, timer: 211}],
  'mmap': [{pages: 4096, touched: 1500, operations: 3, timer: 211}],
  'null-call': [{operations: 2000, timer: 5}, {operations: 2000, timer: 7}, {operations: 2000, timer: 11}, {operations: 2000, timer: 23}],
  'page-fault': [{access: 'read'}, {pages: 1000, operations: 2001, timer: 50}],
  'pgfault': [{access: 'read'}, {accessed: 0}],
  'protect': [{touched: 0}, {pages: 2000, touched: 100, operations: 10, timer: 211}],
  'protection-fault': [{operations: 200, timer: 50}],
  'pte-batch': [{batch: 1, operations: 100}, {batch: 5000, operations: 6000}],
};

for (const {definition} of WORKLOADS.filter((workload) => workload.definition.paravirtualImage)) {
  for (const params of [{}, ...(VARIANTS[definition.name] ?? [])]) {
    test(`${definition.name} ${JSON.stringify(params)}: the paravirtual build ends and prints as the native one on bare metal`, (t) => {
      const cell = run(definition.name, params);
      t.is(cell.outcome, 'completed', cell.reason);
      t.is(cell.exitCode, (definition.exitValue << 1) | 1);
      t.is(cell.equivalence.verdict, 'equivalent', cell.equivalence.detail);
      t.is(cell.statistics!['updates rejected'], 0);
    });
  }
}

for (let seed = 1; seed <= 12; seed++) {
  test(`process-mix from seed ${seed}: forks, programs, mappings and pipes at random come out as on bare metal`, (t) => {
    const cell = run('process-mix', {seed, operations: 80, timer: 60 + 37 * seed}, seed % 2 === 0 ? 'nehalem-2009' : 'pentium4-2005');
    t.is(cell.outcome, 'completed', cell.reason);
    t.is(cell.equivalence.verdict, 'equivalent', cell.equivalence.detail);
    t.is(cell.statistics!['updates rejected'], 0);
  });
}

/** Ways out of the guest, `kind reason detail` by count, in the steady state. */
const leavingPerOperation = (workload: string, params: Parameters): Record<string, number> => {
  const [few, many] = [100, 1000].map((operations) => new Map(
    switchesOf({workload, technique: techniqueOf(workload), params: {...params, operations}}).filter(({from, to}) => from.startsWith('guest') && to === 'vmm')
      .map(({kind, reason, detail, count}) => [`${kind} ${reason} ${detail}`, count]),
  ));
  return Object.fromEntries([...many].map(([way, count]) => [way, (count - (few.get(way) ?? 0)) / 900] as const).filter(([, each]) => each !== 0));
};

const COUNTS: ReadonlyArray<readonly [workload: string, params: Parameters, leaving: Record<string, number>, why: string]> = [
  ['syscall', {}, {}, 'INT 0x80 goes straight to the kernel, which returns by IRET'],
  ['null-call', {timer: 0}, {}, 'likewise'],
  ['cli-sti', {}, {}, 'two writes to the shared page'],
  ['callret', {}, {}, 'nothing privileged'],
  ['cpuid', {}, {}, 'shows the host\'s'],
  ['rdtsc', {}, {}, 'ring 1 may read it'],
  ['cr3wr', {}, {'hypercall mmuext_op new-baseptr': 1}, 'one hypercall'],
  ['invlpg', {}, {'hypercall mmuext_op invlpg-local': 1}, 'one hypercall'],
  ['ptemod', {}, {'hypercall mmu_update mmu-update': 1}, 'one live entry, one hypercall'],
  ['divzero', {}, {'fault EXCEPTION_NMI de': 1}, 'one bounce'],
  ['pgfault', {}, {'fault EXCEPTION_NMI pf': 1, 'hypercall update_va_mapping update-va-mapping': 1}, 'one bounce, one update'],
  ['page-fault', {timer: 0}, {'fault EXCEPTION_NMI pf': 1, 'hypercall update_va_mapping update-va-mapping': 1}, 'one bounce, one update'],
  ['protection-fault', {timer: 0}, {'fault EXCEPTION_NMI pf': 1}, 'one bounce; the signal and its return are the kernel\'s own'],
  ['directory-write', {}, {'hypercall mmu_update mmu-update': 1}, 'the directory is written as any table'],
  ['directory-write', {change: 'table'}, {'hypercall multicall tlb-flush-local': 1}, 'entry and flush in one call'],
  ['address-spaces', {}, {'hypercall mmuext_op new-baseptr': 1}, 'one hypercall'],
  ['protect', {timer: 0}, {'hypercall multicall tlb-flush-local': 2}, 'all entries and the flush in one call, for each change of rights'],
  ['context-switch', {timer: 0}, {'hypercall multicall new-baseptr': 1}, 'stack and page-table base in one call'],
];
for (const [workload, params, leaving, why] of COUNTS) {
  test(`${workload}: an operation leaves the guest ${JSON.stringify(leaving)} times (${why})`, (t) => {
    t.deepEqual(leavingPerOperation(workload, params), leaving);
  });
}

test('fork: the parent\'s entries go in one batch with the child\'s tables and the flush, however many pages there are', (t) => {
  const calls = (pages: number): number => switchesOf({workload: 'fork', technique: techniqueOf('fork'), params: {pages, operations: 20, timer: 0}})
    .filter(({kind}) => kind === 'hypercall').reduce((sum, {count}) => sum + count, 0);
  t.is(calls(50), calls(900));
  t.true(run('fork', {pages: 900, operations: 2, timer: 0}).statistics!['largest batch'] > 900);
});

// A batch that is full already leaves no room for its flush, which is then a call of its own.
for (const [batch, calls] of [[1, 5000], [100, 50], [2000, 3], [2048, 5], [8192, 3]] as const) {
  test(`pte-batch: 5000 updates flushed after every ${batch} take ${calls} hypercalls`, (t) => {
    const made = switchesOf({workload: 'pte-batch', technique: techniqueOf('pte-batch'), params: {operations: 5000, batch}}).filter(({kind}) => kind === 'hypercall').reduce((sum, {count}) => sum + count, 0);
    t.is(made, calls);
  });
}

test('page-table isolation is refused in a domain, in a sentence', (t) => {
  const cell = run('null-call', {isolation: 'on'});
  t.not(cell.exitCode, (0x10 << 1) | 1);
});

test('a cell of the paravirtual build says how much of the kernel was changed', (t) => {
  const [note] = run('syscall', {}).notes!;
  t.regex(note, /^guest modification: \d+ files, \d+ lines, \d+ bytes, in place of \d+ files, \d+ lines, \d+ bytes$/);
});

test('a workload of ports or of the local APIC has no paravirtual build', (t) => {
  t.deepEqual(WORKLOADS.filter(({definition}) => !definition.paravirtualImage).map(({definition}) => definition.name), ['in', 'device-register', 'task-priority', 'console-output']);
});
