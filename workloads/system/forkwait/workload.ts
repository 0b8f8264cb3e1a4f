// The composite `forkwait`. Adams and Agesen 2006, 6.2 Macrobenchmarks.
import {defineWorkload} from 'worldswitch';
import {isolation, operations, timer} from '../../parameters.ts';
import {checksumOf, reportLine} from '../../report-line.ts';

/** Exit code of the program `child`, as in child.c. */
const CHILD_CODE = 77;

export default defineWorkload({
  name: 'forkwait',
  suite: 'system',
  title: 'A process forks a child, which ends, and waits for it.',
  operation: 'one fork, exit and wait',
  stresses: ['process creation', 'page-table update', 'copy-on-write fault', 'context switch', 'system call'],
  parameters: {
    operations: operations(100, 100_000),
    exec: {kind: 'choice', default: 'no', values: ['no', 'yes'], meaning: 'whether the child turns into another program before it ends'},
    isolation,
    timer: timer(1193),
  },
  image: 'forkwait.elf',
  paravirtualImage: 'forkwait-paravirtual.elf',
  exitValue: 0x10,
  timeIndependentOutput: true,
  expected: (params) => {
    const code = (operation: number): number => (params.exec === 'yes' ? CHILD_CODE : (operation + 1) & 0x7f);
    return reportLine('forkwait', Number(params.operations), checksumOf(Number(params.operations), code));
  },
  instructions: (params) => 40_000 + (params.exec === 'yes' ? 17_000 : 10_000) * Number(params.operations),
});
