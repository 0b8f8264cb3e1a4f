// Output on a serial line: a port access or two for each byte, or an interrupt for sixteen.
import {defineWorkload} from 'worldswitch';
import {operations, timer} from '../../parameters.ts';
import {foldChecksum, reportLine} from '../../report-line.ts';

/** Codes of the letters of a line. */
const lineOf = (number: number, bytes: number): number[] => Array.from({length: bytes - 1}, (_, at) => 97 + ((number * 7 + at) % 26));

export default defineWorkload({
  name: 'console-output',
  suite: 'io',
  title: 'Lines on the serial port, byte by byte or by interrupts.',
  operation: 'one line',
  stresses: ['port I/O', 'device emulation', 'interrupts'],
  parameters: {
    operations: operations(20, 100_000), timer: timer(0),
    mode: {kind: 'choice', default: 'polled', values: ['polled', 'interrupt'], meaning: 'a look at the status before each byte, or an interrupt when the queue is empty'},
    size: {kind: 'number', default: 64, min: 2, max: 1024, meaning: 'bytes of a line'},
  },
  image: 'console-output.elf',
  exitValue: 0x10,
  timeIndependentOutput: true,
  expected({operations: count, size}) {
    const lines = Array.from({length: Number(count)}, (_, number) => lineOf(number, Number(size)));
    const checksum = lines.reduce((sum, line) => line.reduce(foldChecksum, sum), 0);
    return `${lines.map(line => `${String.fromCharCode(...line)}\n`).join('')}${reportLine('console-output', Number(count), checksum)}`;
  },
  instructions: ({operations: count, size}) => 100_000 + 60 * Number(count) * (20 + Number(size)),
});
