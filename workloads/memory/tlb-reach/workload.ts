// A working set swept page by page: shows the size of every level of the TLB, and what a walk costs beyond it.
import {defineWorkload} from 'worldswitch';
import {operations, timer} from '../../parameters.ts';
import {reportLine} from '../../report-line.ts';

/** The sum of the words read: page n holds n + 1, and one more for each earlier sweep that wrote. */
const sumOf = (count: number, pages: number, write: boolean): number => {
  let sum = 0;
  for (let operation = 0; operation < count; operation++) {
    const sweep = Math.floor(operation / pages);
    sum = (sum + (operation % pages) + 1 + (write ? sweep : 0)) >>> 0;
  }
  return sum;
};

export default defineWorkload({
  name: 'tlb-reach',
  suite: 'memory',
  title: 'A program touches one word of each page of its working set in turn; raise `pages` to see where the TLBs end.',
  operation: 'one access to the next page',
  stresses: ['TLB miss', 'page walk', 'two-dimensional walk'],
  parameters: {
    operations: operations(10_000, 10_000_000),
    pages: {kind: 'number', default: 1024, min: 1, max: 4096, meaning: 'pages of the working set'},
    access: {kind: 'choice', default: 'read', values: ['read', 'write'], meaning: 'whether the word is only read, or written back'},
    timer: timer(11932),
  },
  image: 'tlb-reach.elf',
  paravirtualImage: 'tlb-reach-paravirtual.elf',
  exitValue: 0x10,
  timeIndependentOutput: true,
  expected: (params) => reportLine('tlb-reach', Number(params.operations), sumOf(Number(params.operations), Number(params.pages), params.access === 'write')),
  instructions: (params) => 60_000 + 3_000 * Number(params.pages) + 20 * Number(params.operations),
});
