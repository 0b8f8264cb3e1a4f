// The nano benchmark `cr3wr`, in place of `cr8wr`, which needs a 64-bit processor. Adams and Agesen 2006, 6.3 Nanobenchmarks.
import {defineWorkload} from 'worldswitch';
import {operations, timer} from '../../parameters.ts';
import {checksumOf, reportLine} from '../../report-line.ts';

export default defineWorkload({
  name: 'cr3wr',
  suite: 'nano',
  title: 'A load of CR3 with the value that it holds.',
  operation: 'one MOV to CR3',
  stresses: ['CR access', 'TLB flush'],
  parameters: {operations: operations(1000, 1_000_000), timer: timer(0)},
  image: 'cr3wr.elf',
  paravirtualImage: 'cr3wr-paravirtual.elf',
  exitValue: 0x10,
  timeIndependentOutput: true,
  expected: (params) => reportLine('cr3wr', Number(params.operations), checksumOf(Number(params.operations), (operation) => operation)),
  instructions: (params) => 20_000 + 15 * Number(params.operations),
});
