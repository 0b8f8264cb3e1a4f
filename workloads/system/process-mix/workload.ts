// The composite `process-mix`: everything at once that a kernel does to address spaces, in an order drawn from a seed.
import {defineWorkload} from 'worldswitch';
import {isolation, operations, timer} from '../../parameters.ts';
import {reportLine} from '../../report-line.ts';
import {processMixChecksum} from './mirror.ts';

export default defineWorkload({
  name: 'process-mix',
  suite: 'system',
  title: 'Forks, programs started, memory mapped and unmapped, exceptions, pipes, in an order drawn from a seed.',
  operation: 'one fork, exec, family of forks, mapping, exception or transfer through a pipe',
  stresses: ['process creation', 'page-table update', 'copy-on-write fault', 'context switch', 'system call', 'signal', 'pipe'],
  parameters: {
    operations: operations(60, 100_000),
    seed: {kind: 'number', default: 1, min: 1, max: 4_294_967_295, meaning: 'where the random numbers begin'},
    isolation,
    timer: timer(1193),
  },
  image: 'process-mix.elf',
  paravirtualImage: 'process-mix-paravirtual.elf',
  exitValue: 0x10,
  timeIndependentOutput: true,
  expected: (params) =>
    reportLine('process-mix', Number(params.operations), processMixChecksum(Number(params.seed), Number(params.operations), params.isolation === 'on')),
  instructions: (params) => 40_000 + 40_000 * Number(params.operations),
});
