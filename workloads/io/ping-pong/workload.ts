// Latency of the network: pings, one at a time.
import {defineWorkload} from 'worldswitch';
import {cardOf, expectedLine, instructionsOf, networkParameters} from '../../network/definition.ts';

export default defineWorkload({
  name: 'ping-pong',
  suite: 'io',
  title: 'One ping at a time to a host on the same wire, each answer checked.',
  operation: 'one ping and its answer',
  stresses: ['network', 'device emulation', 'interrupts'],
  parameters: networkParameters(),
  image: 'ping-pong.elf',
  paravirtualImage: 'ping-pong-paravirtual.elf',
  network: 'host',
  card: cardOf,
  exitValue: 0x10,
  timeIndependentOutput: true,
  expected: params => expectedLine('ping-pong', params),
  instructions: instructionsOf,
});
