// The nano benchmark `call/ret`. Adams and Agesen 2006, 6.3 Nanobenchmarks.
import {defineWorkload} from 'worldswitch';
import {operations, timer} from '../../parameters.ts';
import {checksumOf, reportLine} from '../../report-line.ts';

export default defineWorkload({
  name: 'callret',
  suite: 'nano',
  title: 'A near call and its return in ring 0.',
  operation: 'one pair of CALL and RET',
  stresses: ['call and return', 'indirect control transfer'],
  parameters: {operations: operations(1000, 1_000_000), timer: timer(0)},
  image: 'callret.elf',
  paravirtualImage: 'callret-paravirtual.elf',
  exitValue: 0x10,
  timeIndependentOutput: true,
  expected: (params) =>
    reportLine('callret', Number(params.operations), checksumOf(Number(params.operations), (operation) => operation + 1)),
  instructions: (params) => 20_000 + 14 * Number(params.operations),
});
