// A register of a device, in memory or behind ports.
import {defineWorkload} from 'worldswitch';
import {operations, timer} from '../../parameters.ts';
import {checksumOf, reportLine} from '../../report-line.ts';

const PATTERN = 0x0034_5000;

export default defineWorkload({
  name: 'device-register',
  suite: 'nano',
  title: 'A read of a register of the network card, in memory or by ports.',
  operation: 'one read of the register',
  stresses: ['device emulation', 'port I/O'],
  parameters: {
    operations: operations(1000, 1_000_000), timer: timer(0),
    via: {kind: 'choice', default: 'memory', values: ['memory', 'port'], meaning: 'how the register is reached'},
  },
  image: 'device-register.elf',
  network: 'sink',
  exitValue: 0x10,
  timeIndependentOutput: true,
  expected: params => reportLine('device-register', Number(params.operations), checksumOf(Number(params.operations), () => PATTERN)),
  instructions: params => 50_000 + 20 * Number(params.operations),
});
