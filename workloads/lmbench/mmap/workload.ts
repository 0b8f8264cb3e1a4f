// Mapping and unmapping memory as lmbench's lat_mmap measures it. Barham et al. 2003, table 5.
import {defineWorkload} from 'worldswitch';
import {isolation, operations, timer} from '../../parameters.ts';
import {checksumOf, reportLine} from '../../report-line.ts';

/** Operations before the region begins, as in user.c. */
const WARM_UP = 2;

export default defineWorkload({
  name: 'mmap',
  suite: 'lmbench',
  title: 'A program maps anonymous memory, writes to its first pages and unmaps it.',
  operation: 'one mmap, the first touch of `touched` pages, and munmap',
  stresses: ['page fault', 'page-table update', 'page-table creation', 'CR3 load', 'system call'],
  parameters: {
    operations: operations(500, 1_000_000),
    pages: {kind: 'number', default: 64, min: 1, max: 4096, meaning: 'pages of the mapping'},
    touched: {kind: 'number', default: 1, min: 1, max: 4096, meaning: 'pages written to; no more than there are'},
    isolation,
    timer: timer(1193),
  },
  image: 'mmap.elf',
  paravirtualImage: 'mmap-paravirtual.elf',
  exitValue: 0x10,
  timeIndependentOutput: true,
  expected: (params) => {
    const [count, touched] = [Number(params.operations), Math.min(Number(params.touched), Number(params.pages))];
    return reportLine('mmap', count, checksumOf(count, (operation) => touched * (operation + 1)));
  },
  instructions: (params) => {
    const [pages, touched] = [Number(params.pages), Math.min(Number(params.touched), Number(params.pages))];
    return 20_000 + (Number(params.operations) + WARM_UP) * (500 + 35 * pages + 240 * touched);
  },
});
