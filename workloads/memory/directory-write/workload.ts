// Writes to a live page directory: where a shadow stands for each table, the upper level too.
import {defineWorkload} from 'worldswitch';
import {operations, timer} from '../../parameters.ts';
import {checksumOf, reportLine} from '../../report-line.ts';

/** What the window's first page holds behind each of the two tables, as in kernel.c. */
const VALUE = 0x5eed_0000;
/** The bit that an operation leaves in the entry: set and clear in turns. */
const bitAfter = (operation: number): number => (operation % 2 === 0 ? 0x200 : 0);

export default defineWorkload({
  name: 'directory-write',
  suite: 'memory',
  title: 'A write of an entry of the directory in force: of a bit that the processor ignores, or of another table, with a flush and a read behind it.',
  operation: 'one change of a page-directory entry',
  stresses: ['page-directory update', 'trace fault', 'TLB flush'],
  parameters: {
    operations: operations(1000, 1_000_000),
    change: {kind: 'choice', default: 'bit', values: ['bit', 'table'], meaning: 'what is written: a bit left to software, or another table'},
    timer: timer(0),
  },
  image: 'directory-write.elf',
  paravirtualImage: 'directory-write-paravirtual.elf',
  exitValue: 0x10,
  timeIndependentOutput: true,
  expected: (params) => {
    const result = params.change === 'bit' ? bitAfter : (operation: number): number => VALUE + (operation % 2);
    return reportLine('directory-write', Number(params.operations), checksumOf(Number(params.operations), result));
  },
  instructions: (params) => 30_000 + (params.change === 'bit' ? 60 : 300) * Number(params.operations),
});
