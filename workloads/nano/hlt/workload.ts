// The nano benchmark `hlt`: the way from an idle processor to its work. The timer has to be on.
import {defineWorkload} from 'worldswitch';
import {operations} from '../../parameters.ts';
import {checksumOf, reportLine} from '../../report-line.ts';

export default defineWorkload({
  name: 'hlt',
  suite: 'nano',
  title: 'The kernel halts until the next tick of the timer.',
  operation: 'one HLT and the interrupt that ends it',
  stresses: ['HLT', 'interrupt', 'idle'],
  parameters: {
    operations: operations(200, 1_000_000),
    timer: {kind: 'number', default: 1193, min: 100, max: 65535, meaning: 'timer divisor: ticks come at 1193182 Hz divided by this'},
  },
  image: 'hlt.elf',
  paravirtualImage: 'hlt-paravirtual.elf',
  exitValue: 0x10,
  timeIndependentOutput: true,
  expected: (params) => reportLine('hlt', Number(params.operations), checksumOf(Number(params.operations), (operation) => operation)),
  instructions: (params) => 20_000 + 72 * Number(params.operations),
});
