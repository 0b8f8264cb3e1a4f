// The sieve of Eratosthenes, a classic of small benchmarks (Gilbreath 1981).
import {defineWorkload} from 'worldswitch';
import {operations, timer} from '../../parameters.ts';
import {reportLine} from '../../report-line.ts';

/** How many primes there are up to `size`. */
const countPrimes = (size: number): number => {
  const composite = new Uint8Array(size + 1);
  let primes = 0;
  for (let number = 2; number <= size; number++) {
    if (composite[number] === 1) continue;
    primes++;
    for (let multiple = number * number; multiple <= size; multiple += number) composite[multiple] = 1;
  }
  return primes;
};

export default defineWorkload({
  name: 'sieve',
  suite: 'compute',
  title: 'The sieve of Eratosthenes in ring 3; the checksum is the number of primes.',
  operation: 'one pass over all numbers up to `size`',
  stresses: ['direct execution', 'stores'],
  parameters: {
    operations: operations(10, 100_000),
    size: {kind: 'number', default: 8192, min: 2, max: 4_000_000, meaning: 'the largest number looked at; one byte of memory for each'},
    timer: timer(11932),
  },
  image: 'sieve.elf',
  paravirtualImage: 'sieve-paravirtual.elf',
  exitValue: 0x10,
  timeIndependentOutput: true,
  expected: (params) => reportLine('sieve', Number(params.operations), countPrimes(Number(params.size))),
  instructions: (params) => 30_000 + (Number(params.operations) + 1) * 20 * Number(params.size),
});
