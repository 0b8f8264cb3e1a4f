// Batched page-table updates. Barham et al. 2003, 3.3.3: Xen takes many updates in one hypercall.
import {defineWorkload} from 'worldswitch';
import {operations, timer} from '../../parameters.ts';
import {checksumOf, reportLine} from '../../report-line.ts';

export default defineWorkload({
  name: 'pte-batch',
  suite: 'memory',
  title: 'Writes of live page-table entries in a row; after every `batch` of them they are put in force and the TLB is flushed.',
  operation: 'one change of a present page-table entry',
  stresses: ['page-table update', 'batched updates', 'TLB flush', 'trace fault'],
  parameters: {
    operations: operations(4096, 1_000_000),
    batch: {kind: 'number', default: 64, min: 1, max: 1_000_000, meaning: 'updates between two flushes; a domain issues at most 2048 in one call'},
    timer: timer(0),
  },
  image: 'pte-batch.elf',
  paravirtualImage: 'pte-batch-paravirtual.elf',
  exitValue: 0x10,
  timeIndependentOutput: true,
  expected: (params) => reportLine('pte-batch', Number(params.operations), checksumOf(Number(params.operations), (operation) => operation)),
  instructions: (params) => 250_000 + 80 * Number(params.operations),
});
