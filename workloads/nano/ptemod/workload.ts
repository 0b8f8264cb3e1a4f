// The nano benchmark `ptemod`. Adams and Agesen 2006, 6.3 Nanobenchmarks.
import {defineWorkload} from 'worldswitch';
import {operations, timer} from '../../parameters.ts';
import {checksumOf, reportLine} from '../../report-line.ts';

/** The bit that an operation leaves in the entry: set and clear in turns. */
const bitAfter = (operation: number): number => (operation % 2 === 0 ? 0x200 : 0);

export default defineWorkload({
  name: 'ptemod',
  suite: 'nano',
  title: 'A write of a live leaf page-table entry without INVLPG.',
  operation: 'one change of a present page-table entry',
  stresses: ['page-table update', 'trace fault'],
  parameters: {operations: operations(1000, 1_000_000), timer: timer(0)},
  image: 'ptemod.elf',
  paravirtualImage: 'ptemod-paravirtual.elf',
  exitValue: 0x10,
  timeIndependentOutput: true,
  expected: (params) => reportLine('ptemod', Number(params.operations), checksumOf(Number(params.operations), bitAfter)),
  instructions: (params) => 20_000 + 20 * Number(params.operations),
});
