// Page faults of a program on a mapping, as lmbench's lat_pagefault measures them. Barham et al. 2003, table 5.
import {defineWorkload} from 'worldswitch';
import {isolation, operations, timer} from '../../parameters.ts';
import {checksumOf, reportLine} from '../../report-line.ts';

export default defineWorkload({
  name: 'page-fault',
  suite: 'lmbench',
  title: 'A program touches the pages of an anonymous mapping for the first time.',
  operation: 'one page touched: page fault, a zeroed page, page-table write, IRET',
  stresses: ['page fault', 'page-table update', 'true fault', 'hidden fault'],
  parameters: {
    operations: operations(1000, 1_000_000),
    access: {kind: 'choice', default: 'write', values: ['read', 'write'], meaning: 'how a page is touched'},
    pages: {kind: 'number', default: 100, min: 1, max: 1000, meaning: 'pages of a mapping, after which a new one is made'},
    isolation,
    timer: timer(1193),
  },
  image: 'page-fault.elf',
  paravirtualImage: 'page-fault-paravirtual.elf',
  exitValue: 0x10,
  timeIndependentOutput: true,
  expected: (params) => {
    const [count, pages] = [Number(params.operations), Number(params.pages)];
    return reportLine('page-fault', count, checksumOf(count, (operation) => (operation % pages) + 1));
  },
  instructions: (params) => {
    const [count, pages] = [Number(params.operations), Number(params.pages)];
    return 20_000 + 300 * (count + pages) + 2400 * (Math.ceil(count / pages) + 1);
  },
});
