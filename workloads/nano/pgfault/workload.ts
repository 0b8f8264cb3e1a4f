// The nano benchmark `pgfault`. Adams and Agesen 2006, 6.3 Nanobenchmarks.
import {defineWorkload} from 'worldswitch';
import {operations, timer} from '../../parameters.ts';
import {checksumOf, reportLine} from '../../report-line.ts';

/** As in kernel.c. */
const ROUND_PAGES = 50;

export default defineWorkload({
  name: 'pgfault',
  suite: 'nano',
  title: 'A page fault on a fresh page, and the page-table write that mends it.',
  operation: 'one page fault, its handler and IRET',
  stresses: ['page fault', 'page-table update', 'true fault', 'hidden fault'],
  parameters: {
    operations: operations(1000, 1_000_000),
    access: {kind: 'choice', default: 'write', values: ['read', 'write'], meaning: 'how the fresh page is touched'},
    accessed: {kind: 'number', default: 1, min: 0, max: 1, meaning: 'whether the handler sets the accessed and dirty bits itself'},
    timer: timer(0),
  },
  image: 'pgfault.elf',
  paravirtualImage: 'pgfault-paravirtual.elf',
  exitValue: 0x10,
  timeIndependentOutput: true,
  expected: (params) =>
    reportLine('pgfault', Number(params.operations), checksumOf(Number(params.operations), (operation) => (operation % ROUND_PAGES) + 1)),
  instructions: (params) => 30_000 + 85 * Number(params.operations),
});
