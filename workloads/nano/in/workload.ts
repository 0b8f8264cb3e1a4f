// The nano benchmark `in`. Adams and Agesen 2006, 6.3 Nanobenchmarks.
import {defineWorkload} from 'worldswitch';
import {operations, timer} from '../../parameters.ts';
import {checksumOf, reportLine} from '../../report-line.ts';

export default defineWorkload({
  name: 'in',
  suite: 'nano',
  title: 'A read of a port where no device answers, in ring 0.',
  operation: 'one IN from port 0x80',
  stresses: ['port I/O'],
  parameters: {operations: operations(1000, 1_000_000), timer: timer(0)},
  image: 'in.elf',
  exitValue: 0x10,
  timeIndependentOutput: true,
  expected: (params) => reportLine('in', Number(params.operations), checksumOf(Number(params.operations), () => 0xff)),
  instructions: (params) => 20_000 + 17 * Number(params.operations),
});
