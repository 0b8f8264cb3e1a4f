// Starting a program as lmbench's lat_proc measures it. McVoy and Staelin 1996, 6.5 Process creation costs.
import {defineWorkload} from 'worldswitch';
import {isolation, operations, timer} from '../../parameters.ts';
import {checksumOf, reportLine} from '../../report-line.ts';

/** Exit code of the program `child`, as in child.c. */
const CHILD_CODE = 91;

/** Operations before the region begins, as in user.c. */
const WARM_UP = 2;

export default defineWorkload({
  name: 'exec',
  suite: 'lmbench',
  title: 'A process with pages of data forks a child, which turns into another program and exits, and waits for it.',
  operation: 'one fork, exec, exit and wait',
  stresses: ['process creation', 'program loading', 'page-table update', 'page fault', 'copy-on-write fault', 'context switch'],
  parameters: {
    operations: operations(100, 100_000),
    pages: {kind: 'number', default: 50, min: 1, max: 1024, meaning: 'pages of data that the forking process has touched'},
    isolation,
    timer: timer(1193),
  },
  image: 'exec.elf',
  paravirtualImage: 'exec-paravirtual.elf',
  exitValue: 0x10,
  timeIndependentOutput: true,
  expected: (params) => reportLine('exec', Number(params.operations), checksumOf(Number(params.operations), () => CHILD_CODE)),
  instructions: (params) => {
    const [count, pages] = [Number(params.operations), Number(params.pages)];
    return 30_000 + 300 * pages + (count + WARM_UP) * (7700 + 140 * pages);
  },
});
