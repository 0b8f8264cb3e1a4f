import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import type {Catalogue} from './catalogue.ts';
import {planCells} from './plan.ts';
import type {PlanRequest} from './plan.ts';
import {registry} from './testing/strategies.ts';
import {WORKLOADS} from './testing/workloads.ts';

const catalogue: Catalogue = {plugins: registry, workloads: new Map(WORKLOADS.map(entry => [entry.definition.name, entry]))};
const base = mkdtempSync(join(tmpdir(), 'plan-'));
test.after.always(() => rmSync(base, {recursive: true, force: true}));
for (const name of ['kernel.elf', 'bare', 'bad.elf']) writeFileSync(join(base, name), name);

const request: PlanRequest = {
  workloads: ['quick'], techniques: ['native', 'hardware-assisted+nested'], hosts: ['pentium4-2005', 'nehalem-2009'], clock: 'cycles',
  samples: 3, maxInstructions: null, params: {}, memoryMiB: 64, append: '', base,
  checkImage({file, bytes}) { if (Buffer.from(bytes).toString() === 'bad.elf') throw new Error(`${file}: not an ELF file`); return ['unmodified']; },
};
const plan = (changes: Partial<PlanRequest>) => planCells({...request, ...changes}, catalogue);

test('order is workload, host, technique; senseless cells stay, with their reason', t => {
  const cells = plan({workloads: ['quick', 'other']});
  t.deepEqual(cells.map(({spec, refusal}) => `${spec.key}${refusal ? ' -' : ''}`), [
    'quick | native | pentium4-2005', 'quick | hardware-assisted+nested+emulated@hypervisor | pentium4-2005 -',
    'quick | native | nehalem-2009', 'quick | hardware-assisted+nested+emulated@hypervisor | nehalem-2009',
    'other | native | pentium4-2005', 'other | hardware-assisted+nested+emulated@hypervisor | pentium4-2005 -',
    'other | native | nehalem-2009', 'other | hardware-assisted+nested+emulated@hypervisor | nehalem-2009',
  ]);
  t.regex(cells[1].refusal ?? '', /nested-paging/);
});

test('two spellings of a cell are one cell', t => {
  const cells = plan({workloads: ['quick', 'quick'], techniques: ['esxi', 'hardware-assisted+nested', 'hardware-assisted+nested[huge=off]'], hosts: ['nehalem-2009', 'nehalem-2009[virtualizable=off]']});
  t.is(cells.length, 1);
});

test('several values of a parameter are swept: every combination of what a workload declares, each once', t => {
  const cells = plan({workloads: ['quick', 'other', 'throws'], techniques: ['native'], hosts: ['nehalem-2009'], params: {iterations: ['50', 60, '60'], mode: ['fast', 'slow']}});
  t.deepEqual(cells.map(({spec}) => spec.key.split(' | ')[0]), [
    'quick[iterations=50]', 'quick[iterations=50,mode=slow]', 'quick[iterations=60]', 'quick[iterations=60,mode=slow]', 'other[iterations=50]', 'other[iterations=60]', 'throws',
  ]);
});

test('a parameter reaches each workload that declares it; the key tells it when it is not the default', t => {
  const cells = plan({workloads: ['quick', 'other', 'throws'], techniques: ['native'], hosts: ['nehalem-2009'], params: {iterations: '50', mode: 'fast'}});
  t.deepEqual(cells.map(({spec}) => [spec.key, spec.params, spec.maxInstructions]), [
    ['quick[iterations=50] | native | nehalem-2009', {iterations: 50, mode: 'fast'}, 2000],
    ['other[iterations=50] | native | nehalem-2009', {iterations: 50}, 2000],
    ['throws | native | nehalem-2009', {}, 4000],
  ]);
});

test('an image is known by its path, or by being there', t => {
  const cells = plan({workloads: ['./kernel.elf', 'bare'], techniques: ['native'], hosts: ['nehalem-2009']});
  t.deepEqual(cells.map(({spec}) => [spec.workload, spec.image, spec.maxInstructions]), [
    ['./kernel.elf', join(base, 'kernel.elf'), 1e9], ['bare', join(base, 'bare'), 1e9],
  ]);
});

test('without an image the disk is booted, whatever workloads there are', t => {
  const [cell, ...others] = plan({techniques: ['native'], hosts: ['nehalem-2009'], bootsDisk: 'disk.raw', disk: {file: '/disk.raw', keep: false}, keys: 'go'});
  t.deepEqual(others, []);
  t.like(cell.spec, {workload: 'disk.raw', image: null, bootsDisk: true, keys: 'go', disk: {file: '/disk.raw', keep: false}});
});

test('a cell can be sent to a worker', t => {
  const [{spec}] = plan({});
  t.deepEqual(structuredClone(spec), spec);
});

const WRONG: ReadonlyArray<readonly [changes: Partial<PlanRequest>, sentence: RegExp]> = [
  [{workloads: ['qick']}, /^unknown workload 'qick'; known: quick, other/],
  [{workloads: ['./gone.elf']}, /^image \.\/gone\.elf does not exist$/],
  [{workloads: ['quick', 'bad.elf']}, /^image bad\.elf: not an ELF file$/],
  [{workloads: ['.']}, /is a folder/],
  [{workloads: []}, /^no workloads are named/],
  [{files: {modules: [], initrd: '/initrd'}}, /^--initrd and --module go with a kernel/],
  [{bootsDisk: 'disk.raw', files: {modules: [], initrd: '/initrd'}}, /^--initrd and --module go with a kernel/],
  [{techniques: []}, /^no techniques are named/],
  [{techniques: ['native', 'x+y']}, /no cpu strategy 'x'/],
  [{hosts: ['vax']}, /^unknown host 'vax'; known: /],
  [{params: {depth: '1'}}, /^no chosen workload has a parameter 'depth'; known: iterations, mode$/],
  [{workloads: ['./kernel.elf'], params: {iterations: '1'}}, /no chosen workload has a parameter 'iterations'; known: none/],
  [{params: {iterations: '0'}}, /^parameter 'iterations' of workload 'quick' is '0'; it must be a whole number from 1 to 100000$/],
  [{params: {iterations: '1.5'}}, /is '1\.5'; it must be a whole number/],
  [{params: {mode: 'idle'}}, /^parameter 'mode' .* one of fast, slow$/],
  [{techniques: ['hardware-assisted+nested'], hosts: ['pentium4-2005']}, /^nothing left to run, every cell is refused: nested needs/],
];

for (const [changes, sentence] of WRONG) {
  test(`${JSON.stringify(changes)}: ${sentence.source}`, t => {
    t.throws(() => plan(changes), {name: 'UsageError', message: sentence});
  });
}
