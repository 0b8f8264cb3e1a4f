// The null system call as lmbench's lat_syscall measures it. McVoy and Staelin 1996, 6.3 Operating system entry.
import {defineWorkload} from 'worldswitch';
import {isolation, operations, timer} from '../../parameters.ts';
import {checksumOf, reportLine} from '../../report-line.ts';

/** The parent of the process that asks, as in user.c. */
const FIRST_PROCESS = 1;

export default defineWorkload({
  name: 'null-call',
  suite: 'lmbench',
  title: 'A process asks for its parent\'s id, a system call that does next to nothing.',
  operation: 'one getppid from ring 3 and back',
  stresses: ['system call', 'IRET', 'ring crossing'],
  parameters: {operations: operations(1000, 1_000_000), isolation, timer: timer(1193)},
  image: 'null-call.elf',
  paravirtualImage: 'null-call-paravirtual.elf',
  exitValue: 0x10,
  timeIndependentOutput: true,
  expected: (params) => reportLine('null-call', Number(params.operations), checksumOf(Number(params.operations), () => FIRST_PROCESS)),
  instructions: (params) => 20_000 + 70 * Number(params.operations),
});
