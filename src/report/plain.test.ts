import {stripVTControlCharacters} from 'node:util';
import test from 'ava';
import {closingText, paint, plainReport} from './plain.ts';
import {testingCells, testingRun} from './testing-run.ts';

const PLAIN = {width: 80, colour: false};

test('the report has tables, reasons and the summary, in 80 columns', (t) => {
  const lines = plainReport(testingRun(testingCells(['syscall', 'in'])), PLAIN).split('\n');
  t.deepEqual(lines.slice(0, 21), [
    'Slowdown against native',
    '',
    '                                               paravirtual  hardware-',
    '                                      binary-     +direct-   assisted',
    '                       trap-and-  translation       paging    +shadow  hardware-',
    '                         emulate      +shadow    +xen-ring   [policy=   assisted',
    'pentium4-2005  native    +shadow      @hosted      @hybrid    unsync]    +nested',
    'syscall        1.00x     15.72x≠      17.94x        1.00x*     1.00x*         –',
    'in             1.00x     23.71x        4.43x        1.00x*    50.14x          –',
    '',
    '                                              paravirtual  hardware-',
    '                                     binary-     +direct-   assisted',
    '                      trap-and-  translation       paging    +shadow  hardware-',
    '                        emulate      +shadow    +xen-ring   [policy=   assisted',
    'nehalem-2009  native    +shadow      @hosted      @hybrid    unsync]    +nested',
    'syscall       1.00x     20.17x≠      23.92x        1.00x*     1.00x*     2.00x',
    'in            1.00x     32.72x        7.21x        1.00x*    41.69x     43.34x',
    '',
    '* fewest cycles of its row   ≠ not equivalent to bare metal, nor claimed',
    '– refused',
    '',
  ]);
  t.true(lines.includes('hardware-assisted+nested+emulated@hypervisor on pentium4-2005: refused: nested needs the host feature nested-paging, which pentium4-2005 lacks'));
  t.true(lines.includes('syscall | trap-and-emulate+shadow+emulated@hypervisor | nehalem-2009: not equivalent: instruction 18,204 at 0xc0100a3e: popfd left IF = 1 where bare metal has IF = 0'));
  for (const title of ['Exits per operation', 'Mode switches per operation', 'Summary', '24 cells in 4.2 s.']) t.true(lines.includes(title), title);
});

test('without colour there is no escape; with it the same words', (t) => {
  const run = testingRun();
  const plain = plainReport(run, PLAIN);
  const coloured = plainReport(run, {...PLAIN, colour: true});
  t.false(plain.includes('\u001B'));
  t.true(coloured.includes('\u001B[1m'));
  t.is(stripVTControlCharacters(coloured), plain);
  t.is(paint('x', 'failed', {colour: false}), 'x');
});

test('a workload without operations gets no table per operation', (t) => {
  const cells = testingCells(['in']).map((cell) => ({...cell, perOperation: null}));
  t.notRegex(plainReport(testingRun(cells), PLAIN), /per operation$/m);
});

test('what stays after the live view is the summary and where the reports are', (t) => {
  const run = testingRun(testingCells(['in']).slice(0, 1));
  t.is(closingText(run, ['reports/latest.json', 'a\u001Bb.md'], PLAIN), 'No two techniques can be compared.\nReports: reports/latest.json, a\\eb.md\n');
  t.is(closingText(run, [], PLAIN), 'No two techniques can be compared.\n');
});
