// Throughput of sending, by packet size and how many are handed over at once.
import {defineWorkload} from 'worldswitch';
import {cardOf, depth, expectedLine, instructionsOf, networkParameters} from '../../network/definition.ts';

export default defineWorkload({
  name: 'transmit-stream',
  suite: 'io',
  title: 'Datagrams sent as fast as the card takes them; the peer says what it got.',
  operation: 'one datagram sent',
  stresses: ['network', 'device emulation', 'interrupts'],
  parameters: networkParameters({depth: depth('datagrams handed over before the card is told')}),
  image: 'transmit-stream.elf',
  paravirtualImage: 'transmit-stream-paravirtual.elf',
  network: 'host',
  card: cardOf,
  exitValue: 0x10,
  timeIndependentOutput: true,
  expected: params => expectedLine('transmit-stream', params),
  instructions: instructionsOf,
});
