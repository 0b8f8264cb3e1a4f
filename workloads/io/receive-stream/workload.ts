// Throughput of receiving, by packet size and how many come at once.
import {defineWorkload} from 'worldswitch';
import {cardOf, depth, expectedLine, instructionsOf, networkParameters} from '../../network/definition.ts';

export default defineWorkload({
  name: 'receive-stream',
  suite: 'io',
  title: 'Datagrams received as fast as the peer sends them, each checked.',
  operation: 'one datagram received',
  stresses: ['network', 'device emulation', 'interrupts'],
  parameters: networkParameters({depth: depth('datagrams asked for at once; as many more are under way')}),
  image: 'receive-stream.elf',
  paravirtualImage: 'receive-stream-paravirtual.elf',
  network: 'host',
  card: cardOf,
  exitValue: 0x10,
  timeIndependentOutput: true,
  expected: params => expectedLine('receive-stream', params),
  instructions: instructionsOf,
});
