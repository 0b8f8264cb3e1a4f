// The nano benchmark `invlpg`.
import {defineWorkload} from 'worldswitch';
import {operations, timer} from '../../parameters.ts';
import {checksumOf, reportLine} from '../../report-line.ts';

export default defineWorkload({
  name: 'invlpg',
  suite: 'nano',
  title: 'INVLPG of a page that is mapped and stays so.',
  operation: 'one INVLPG',
  stresses: ['TLB flush'],
  parameters: {
    operations: operations(1000, 1_000_000),
    timer: timer(0),
  },
  image: 'invlpg.elf',
  paravirtualImage: 'invlpg-paravirtual.elf',
  exitValue: 0x10,
  timeIndependentOutput: true,
  expected: (params) => reportLine('invlpg', Number(params.operations), checksumOf(Number(params.operations), (operation) => operation)),
  instructions: (params) => 20_000 + 15 * Number(params.operations),
});
