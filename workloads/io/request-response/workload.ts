// Transactions over the network, by size of the answer and how many are under way.
import {defineWorkload} from 'worldswitch';
import {cardOf, depth, expectedLine, instructionsOf, networkParameters} from '../../network/definition.ts';

export default defineWorkload({
  name: 'request-response',
  suite: 'io',
  title: 'Small requests and their answers, each checked.',
  operation: 'one request and its answer',
  stresses: ['network', 'device emulation', 'interrupts'],
  parameters: networkParameters({depth: depth('transactions under way at once')}),
  image: 'request-response.elf',
  paravirtualImage: 'request-response-paravirtual.elf',
  network: 'host',
  card: cardOf,
  exitValue: 0x10,
  timeIndependentOutput: true,
  expected: params => expectedLine('request-response', params),
  instructions: instructionsOf,
});
