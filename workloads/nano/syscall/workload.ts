// The nano benchmark `syscall`. Adams and Agesen 2006, 6.3 Nanobenchmarks.
import {defineWorkload} from 'worldswitch';
import {isolation, operations, timer} from '../../parameters.ts';
import {checksumOf, reportLine} from '../../report-line.ts';

export default defineWorkload({
  name: 'syscall',
  suite: 'nano',
  title: 'A system call by INT 0x80 that does nothing, and its return.',
  operation: 'one system call from ring 3 and back',
  stresses: ['system call', 'IRET', 'ring crossing'],
  parameters: {operations: operations(1000, 1_000_000), isolation, timer: timer(0)},
  image: 'syscall.elf',
  paravirtualImage: 'syscall-paravirtual.elf',
  exitValue: 0x10,
  timeIndependentOutput: true,
  expected: (params) => reportLine('syscall', Number(params.operations), checksumOf(Number(params.operations), () => 1)),
  instructions: (params) => 20_000 + 65 * Number(params.operations),
});
