// The nano benchmark `cli-sti`.
import {defineWorkload} from 'worldswitch';
import {operations, timer} from '../../parameters.ts';
import {checksumOf, reportLine} from '../../report-line.ts';

export default defineWorkload({
  name: 'cli-sti',
  suite: 'nano',
  title: 'Interrupts held off and let in again, in ring 0.',
  operation: 'one CLI and one STI',
  stresses: ['interrupt flag'],
  parameters: {
    operations: operations(1000, 1_000_000),
    timer: timer(0),
  },
  image: 'cli-sti.elf',
  paravirtualImage: 'cli-sti-paravirtual.elf',
  exitValue: 0x10,
  timeIndependentOutput: true,
  expected: (params) => reportLine('cli-sti', Number(params.operations), checksumOf(Number(params.operations), (operation) => operation)),
  instructions: (params) => 20_000 + 12 * Number(params.operations),
});
