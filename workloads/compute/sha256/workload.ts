// SHA-256 (FIPS 180-4) over a buffer.
import {createHash} from 'node:crypto';
import {defineWorkload} from 'worldswitch';
import {operations, timer} from '../../parameters.ts';
import {reportLine} from '../../report-line.ts';

/** First word of the digest of the buffer that user.c fills. */
const firstWord = (bytes: number): number => {
  const message = Uint8Array.from({length: bytes}, (_, index) => (index * 7 + 3) & 0xff);
  return createHash('sha256').update(message).digest().readUInt32BE(0);
};

export default defineWorkload({
  name: 'sha256',
  suite: 'compute',
  title: 'SHA-256 of a buffer in ring 3; the checksum is the first word of the digest.',
  operation: 'one digest of the whole buffer',
  stresses: ['direct execution', 'arithmetic'],
  parameters: {
    operations: operations(6, 100_000),
    size: {kind: 'number', default: 4096, min: 0, max: 65536, meaning: 'bytes in the buffer'},
    timer: timer(11932),
  },
  image: 'sha256.elf',
  paravirtualImage: 'sha256-paravirtual.elf',
  exitValue: 0x10,
  timeIndependentOutput: true,
  expected: (params) => reportLine('sha256', Number(params.operations), firstWord(Number(params.size))),
  instructions: (params) => 40_000 + (Number(params.operations) + 1) * (10_000 + 80 * Number(params.size)),
});
