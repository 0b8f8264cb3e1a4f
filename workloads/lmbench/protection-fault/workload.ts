// A protection fault caught by the program, as lmbench's lat_sig prot measures it. Barham et al. 2003, table 5.
import {defineWorkload} from 'worldswitch';
import {isolation, operations, timer} from '../../parameters.ts';
import {checksumOf, reportLine} from '../../report-line.ts';

/** Faults before the region begins, as in user.c. */
const WARM_UP = 8;

export default defineWorkload({
  name: 'protection-fault',
  suite: 'lmbench',
  title: 'A program writes to a read-only page and handles the fault itself.',
  operation: 'one protection fault, the program\'s handler and the return from it',
  stresses: ['protection fault', 'signal', 'system call', 'IRET'],
  parameters: {operations: operations(1000, 1_000_000), isolation, timer: timer(1193)},
  image: 'protection-fault.elf',
  paravirtualImage: 'protection-fault-paravirtual.elf',
  exitValue: 0x10,
  timeIndependentOutput: true,
  expected: (params) => {
    const count = Number(params.operations);
    return reportLine('protection-fault', count, checksumOf(count, (operation) => operation + 1 + WARM_UP));
  },
  instructions: (params) => 20_000 + 430 * Number(params.operations),
});
