// The nano benchmark `cpuid`, the exit that every virtual machine of VT-x takes (Intel SDM vol. 3C, 26.1.2).
import {defineWorkload} from 'worldswitch';
import {operations, timer} from '../../parameters.ts';
import {checksumOf, reportLine} from '../../report-line.ts';

export default defineWorkload({
  name: 'cpuid',
  suite: 'nano',
  title: 'CPUID in ring 0, leaf 0.',
  operation: 'one CPUID',
  stresses: ['identification'],
  parameters: {
    operations: operations(1000, 1_000_000),
    timer: timer(0),
  },
  image: 'cpuid.elf',
  paravirtualImage: 'cpuid-paravirtual.elf',
  exitValue: 0x10,
  timeIndependentOutput: true,
  expected: (params) => reportLine('cpuid', Number(params.operations), checksumOf(Number(params.operations), (operation) => operation)),
  instructions: (params) => 20_000 + 26 * Number(params.operations),
});
