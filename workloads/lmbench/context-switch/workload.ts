// Context switching as lmbench's lat_ctx measures it. McVoy and Staelin 1996, 6.6 Context switching.
import {defineWorkload} from 'worldswitch';
import {isolation, operations, timer} from '../../parameters.ts';
import {checksumOf, reportLine} from '../../report-line.ts';

/** As in user.c. */
const WORDS_PER_KIB = 256;

/** The sum that process `number` finds in its working set of `kib` KiB. */
const workingSetSum = (number: number, kib: number): number => {
  const words = kib * WORDS_PER_KIB;
  return words * number + (words * (words - 1)) / 2;
};

export default defineWorkload({
  name: 'context-switch',
  suite: 'lmbench',
  title: 'A token goes round a ring of processes connected by pipes.',
  operation: 'one hop of the token: read, sum up the working set, write',
  stresses: ['context switch', 'CR3 load', 'TLB refill', 'system call', 'pipe'],
  parameters: {
    operations: operations(1000, 1_000_000),
    processes: {kind: 'number', default: 2, min: 1, max: 16, meaning: 'processes in the ring; 1 passes the token to itself, without a switch'},
    size: {kind: 'number', default: 0, min: 0, max: 64, meaning: 'working set of each process in KiB'},
    isolation,
    timer: timer(1193),
  },
  image: 'context-switch.elf',
  paravirtualImage: 'context-switch-paravirtual.elf',
  exitValue: 0x10,
  timeIndependentOutput: true,
  expected: (params) => {
    const [count, processes, kib] = [Number(params.operations), Number(params.processes), Number(params.size)];
    const hop = (index: number): number => {
      const number = (index + 1) % processes;
      return number + workingSetSum(number, kib);
    };
    return reportLine('context-switch', count, checksumOf(2 * processes + count, hop));
  },
  instructions: (params) => {
    const [count, processes, kib] = [Number(params.operations), Number(params.processes), Number(params.size)];
    return 20_000 + processes * (9000 + 1300 * kib) + (count + 2 * processes) * (1000 + 320 * kib);
  },
});
