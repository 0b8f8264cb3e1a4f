// Demand paging: pages that come into being when they are first touched. Claims 10 and 11 are about one such fault; here the frames are fresh too.
import {defineWorkload} from 'worldswitch';
import {isolation, operations, timer} from '../../parameters.ts';
import {checksumOf, reportLine} from '../../report-line.ts';

export default defineWorkload({
  name: 'demand',
  suite: 'memory',
  title: 'A program touches fresh pages of a mapping, one after another; none is given back.',
  operation: 'the first touch of one page',
  stresses: ['page fault', 'page-table update', 'page-table creation', 'first touch of memory'],
  parameters: {
    operations: operations(2000, 8192),
    access: {kind: 'choice', default: 'write', values: ['read', 'write'], meaning: 'how a page is touched'},
    isolation,
    timer: timer(11932),
  },
  image: 'demand.elf',
  paravirtualImage: 'demand-paravirtual.elf',
  exitValue: 0x10,
  timeIndependentOutput: true,
  expected: (params) => reportLine('demand', Number(params.operations), checksumOf(Number(params.operations), (operation) => operation)),
  instructions: (params) => 60_000 + 2_500 * Number(params.operations),
});
