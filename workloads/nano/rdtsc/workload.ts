// The nano benchmark `rdtsc`.
import {defineWorkload} from 'worldswitch';
import {operations, timer} from '../../parameters.ts';
import {checksumOf, reportLine} from '../../report-line.ts';

export default defineWorkload({
  name: 'rdtsc',
  suite: 'nano',
  title: 'A read of the time-stamp counter in ring 0.',
  operation: 'one RDTSC',
  stresses: ['time-stamp counter'],
  parameters: {
    operations: operations(1000, 1_000_000),
    timer: timer(0),
  },
  image: 'rdtsc.elf',
  paravirtualImage: 'rdtsc-paravirtual.elf',
  exitValue: 0x10,
  timeIndependentOutput: true,
  expected: (params) => reportLine('rdtsc', Number(params.operations), checksumOf(Number(params.operations), (operation) => operation)),
  instructions: (params) => 20_000 + 19 * Number(params.operations),
});
