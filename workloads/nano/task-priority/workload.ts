// A critical section by the local APIC's task priority.
import {defineWorkload} from 'worldswitch';
import {operations, timer} from '../../parameters.ts';
import {checksumOf, reportLine} from '../../report-line.ts';

const RAISED = 0x40;

export default defineWorkload({
  name: 'task-priority',
  suite: 'nano',
  title: "The local APIC's task priority raised, read and lowered again, with no interrupt waiting.",
  operation: 'one critical section: three accesses',
  stresses: ['device emulation', 'interrupt delivery'],
  parameters: {operations: operations(1000, 1_000_000), timer: timer(0)},
  image: 'task-priority.elf',
  exitValue: 0x10,
  timeIndependentOutput: true,
  expected: params => reportLine('task-priority', Number(params.operations), checksumOf(Number(params.operations), () => RAISED)),
  instructions: params => 30_000 + 25 * Number(params.operations),
});
