// Switching among address spaces: a CR3 load, and what its flush makes the next accesses cost.
import {defineWorkload} from 'worldswitch';
import {operations, timer} from '../../parameters.ts';
import {checksumOf, reportLine} from '../../report-line.ts';

/** What a page holds: its number, and that of its space times this, as in kernel.c. */
const SPACE = 256;

export default defineWorkload({
  name: 'address-spaces',
  suite: 'memory',
  title: 'The kernel goes round among address spaces and reads a word of each page of the one it has come to.',
  operation: 'one load of another directory and one access to each of its pages',
  stresses: ['CR3 load', 'TLB flush', 'TLB miss', 'shadow root cache'],
  parameters: {
    operations: operations(1000, 1_000_000),
    spaces: {kind: 'number', default: 8, min: 1, max: 24, meaning: 'address spaces'},
    pages: {kind: 'number', default: 16, min: 1, max: 256, meaning: 'pages read after each switch'},
    timer: timer(0),
  },
  image: 'address-spaces.elf',
  paravirtualImage: 'address-spaces-paravirtual.elf',
  exitValue: 0x10,
  timeIndependentOutput: true,
  expected: (params) => {
    const [count, spaces, pages] = [params.operations, params.spaces, params.pages].map(Number);
    const sum = (operation: number): number => pages * (operation % spaces) * SPACE + (pages * (pages - 1)) / 2;
    return reportLine('address-spaces', count, checksumOf(count, sum));
  },
  instructions: (params) => {
    const [count, spaces, pages] = [params.operations, params.spaces, params.pages].map(Number);
    return 40_000 + spaces * (6_000 + 2_500 * pages) + count * (40 + 8 * pages);
  },
});
