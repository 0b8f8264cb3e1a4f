import test from 'ava';
import type {CellResult} from '../lab/result.ts';
import {gapReason} from './gap.ts';
import {summarize} from './summary.ts';
import {refusedCell, testingCell, testingRun} from './testing-run.ts';

const HOST = 'nehalem-2009';
const NESTED = 'hardware-assisted+nested+emulated@hypervisor';
const SHADOW = 'hardware-assisted+shadow[policy=unsync]+emulated@hypervisor';
const TRAP = 'trap-and-emulate+shadow+emulated@hypervisor';

const cells = (workloads: readonly string[], techniques: readonly string[], host = HOST): CellResult[] =>
  workloads.flatMap((workload) => techniques.map((technique) => testingCell(workload, technique, host)));

test('says who is fastest on how many workloads of each host, and what makes the largest gap', (t) => {
  const run = testingRun([
    ...cells(['cr3wr', 'pgfault', 'syscall'], ['native', NESTED, SHADOW]),
    ...cells(['in'], ['native', 'paravirtual+direct-paging+xen-ring@hybrid', SHADOW], 'pentium4-2005'),
  ]);
  t.deepEqual(summarize(run), [
    'hardware-assisted+nested is fastest on 2 of 3 workloads on nehalem-2009; on pentium4-2005, paravirtual+direct-paging+xen-ring@hybrid on 1 of 1.',
    'The largest gap: workload in on pentium4-2005, 3,510 against 70 cycles an operation (50.14x, hardware-assisted+shadow[policy=unsync] '
    + 'against paravirtual+direct-paging+xen-ring@hybrid), because each operation makes 1 IO_INSTRUCTION in-0x80 exit where the other makes 0; '
    + '93.0% of the difference is world-switch.',
  ]);
});

test('techniques that tie share the place', (t) => {
  t.regex(summarize(testingRun(cells(['cpuid'], ['native', TRAP, 'paravirtual+direct-paging+xen-ring@hybrid', NESTED])))[0],
    /^trap-and-emulate\+shadow and paravirtual\+direct-paging\+xen-ring@hybrid are each fastest on 1 of 1 workload on nehalem-2009\.$/);
});

test('a workload on which all techniques take the same is nobody\'s win', (t) => {
  const twins = [TRAP, 'paravirtual+direct-paging+xen-ring@hybrid'];
  t.deepEqual(summarize(testingRun(cells(['cpuid'], twins))), ['All techniques take the same on 1 of 1 workload on nehalem-2009.']);
  t.regex(summarize(testingRun([...cells(['in'], [NESTED, SHADOW]), ...cells(['cpuid'], twins)]))[0],
    / is fastest on 1 of 2 workloads on nehalem-2009 \(1 makes no difference\)\.$/);
});

test('what computed something else, failed or was refused is not ranked and is counted', (t) => {
  const run = testingRun([
    ...cells(['syscall'], ['native', TRAP, NESTED]),
    testingCell('syscall', SHADOW, HOST, {outcome: 'deadlock'}),
    refusedCell('syscall', 'paravirtual+direct-paging+xen-ring@hybrid', {host: HOST, reason: 'r'}),
  ]);
  t.deepEqual(summarize(run), [
    'hardware-assisted+nested takes 2.00x the cycles of native.',
    '1 cell failed, 1 cell different from bare metal as expected of the technique, 1 cell refused.',
  ]);
});

test('one technique is set against bare metal; nothing to compare is said too', (t) => {
  t.deepEqual(summarize(testingRun(cells(['cr3wr', 'in'], ['native', NESTED]))), ['hardware-assisted+nested takes 2.71x to 43.34x the cycles of native.']);
  t.deepEqual(summarize(testingRun(cells(['in'], [NESTED]))), ['No two techniques can be compared.']);
  t.deepEqual(summarize(testingRun([])), ['No two techniques can be compared.']);
});

test('an interrupted run says so first', (t) => {
  t.is(summarize(testingRun(cells(['in'], ['native']), {complete: false}))[0], 'The run was interrupted: 1 cell had ended.');
});

test('a gap without more exits is laid to the category it lies in', (t) => {
  const [slow, fast] = [testingCell('syscall', NESTED, HOST), testingCell('syscall', SHADOW, HOST)];
  t.is(gapReason(slow, fast), 'without more exits of any kind: 100% of the difference is page-walk');
});

test('a gap without operations counts over the region', (t) => {
  const whole = (technique: string): CellResult => testingCell('cr3wr', technique, HOST, {perOperation: null});
  t.regex(gapReason(whole(SHADOW), whole(NESTED)), /^because the region makes 900 CR_ACCESS write-cr3 exits where the other makes 0; /);
});
