// The nano benchmark `divzero`. Adams and Agesen 2006, 6.3 Nanobenchmarks.
import {defineWorkload} from 'worldswitch';
import {operations, timer} from '../../parameters.ts';
import {checksumOf, reportLine} from '../../report-line.ts';

/** Divisions that failed before the measured region, as in user.c. */
const WARM_UP = 8;

export default defineWorkload({
  name: 'divzero',
  suite: 'nano',
  title: 'A division by zero in ring 3, whose handler skips the instruction.',
  operation: 'one divide error, its handler and IRET',
  stresses: ['exception', 'IRET', 'ring crossing'],
  parameters: {operations: operations(1000, 1_000_000), timer: timer(0)},
  image: 'divzero.elf',
  paravirtualImage: 'divzero-paravirtual.elf',
  exitValue: 0x10,
  timeIndependentOutput: true,
  expected: (params) =>
    reportLine('divzero', Number(params.operations), checksumOf(Number(params.operations), (operation) => WARM_UP + operation + 1)),
  instructions: (params) => 20_000 + 65 * Number(params.operations),
});
