// Changes of rights, as a garbage collector or a debugger asks for them: what a page-table update with a flush costs, and what comes after it.
import {defineWorkload} from 'worldswitch';
import {isolation, operations, timer} from '../../parameters.ts';
import {checksumOf, reportLine} from '../../report-line.ts';

/** Operations before the region begins, as in user.c. */
const WARM_UP = 2;

export default defineWorkload({
  name: 'protect',
  suite: 'memory',
  title: 'A program takes the right to write from its pages and gives it back; `touched` of them are read and written in between.',
  operation: 'two changes of the rights of all pages, one read and one write of each page touched',
  stresses: ['page-table update', 'TLB flush', 'TLB miss', 'system call'],
  parameters: {
    operations: operations(200, 100_000),
    pages: {kind: 'number', default: 64, min: 1, max: 2048, meaning: 'pages whose rights change'},
    touched: {kind: 'number', default: 64, min: 0, max: 2048, meaning: 'pages touched after each change; at most all'},
    isolation,
    timer: timer(1193),
  },
  image: 'protect.elf',
  paravirtualImage: 'protect-paravirtual.elf',
  exitValue: 0x10,
  timeIndependentOutput: true,
  expected: (params) => {
    const [count, touched] = [Number(params.operations), Math.min(Number(params.touched), Number(params.pages))];
    const sum = (operation: number): number => (touched * (touched - 1)) / 2 + touched * (operation + WARM_UP);
    return reportLine('protect', count, checksumOf(count, sum));
  },
  instructions: (params) => 60_000 + 3_000 * Number(params.pages) + Number(params.operations) * (600 + 100 * Number(params.pages)),
});
