// Creating a process as lmbench's lat_proc measures it. McVoy and Staelin 1996, 6.5 Process creation costs.
import {defineWorkload} from 'worldswitch';
import {isolation, operations, timer} from '../../parameters.ts';
import {checksumOf, reportLine} from '../../report-line.ts';

/** What an exit code is cut to, as in user.c. */
const CODE_MASK = 0x7f;

/** Operations before the region begins, as in user.c. */
const WARM_UP = 2;

export default defineWorkload({
  name: 'fork',
  suite: 'lmbench',
  title: 'A process with pages of data forks a child, which exits, and waits for it.',
  operation: 'one fork, exit and wait',
  stresses: ['process creation', 'page-table update', 'copy-on-write fault', 'context switch', 'system call'],
  parameters: {
    operations: operations(100, 100_000),
    pages: {kind: 'number', default: 50, min: 1, max: 1024, meaning: 'pages of data that the process has touched'},
    copies: {kind: 'number', default: 0, min: 0, max: 1024, meaning: 'pages of the data that the child writes to, and so copies; at most all'},
    isolation,
    timer: timer(1193),
  },
  image: 'fork.elf',
  paravirtualImage: 'fork-paravirtual.elf',
  exitValue: 0x10,
  timeIndependentOutput: true,
  expected: (params) => {
    const code = (operation: number): number => ((operation % Number(params.pages)) + operation) & CODE_MASK;
    return reportLine('fork', Number(params.operations), checksumOf(Number(params.operations), code));
  },
  instructions: (params) => {
    const [count, pages] = [Number(params.operations), Number(params.pages)];
    return 30_000 + 300 * pages + (count + WARM_UP) * (5500 + 140 * pages + 1500 * Number(params.copies));
  },
});
