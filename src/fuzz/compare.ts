// The first difference between a program under a technique and on bare metal, or null.
import {divergence} from '../lab/equivalence.ts';
import {addressOf, type Behaviour} from './machine.ts';

const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;

export function difference(ours: Behaviour, bare: Behaviour): string | null {
  if (bare.run === null) throw new Error(`bare metal failed: ${bare.failure}`);
  if (ours.run === null) return ours.failure;
  return divergence(ours.run, bare.run) ?? memoryDifference(ours.memory, bare.memory);
}

function memoryDifference(ours: Int32Array, bare: Int32Array): string | null {
  if (Buffer.compare(Buffer.from(ours.buffer), Buffer.from(bare.buffer)) === 0) return null;
  const at = ours.findIndex((word, index) => word !== bare[index]);
  return `memory differs at ${hex(addressOf(at))}: ${hex(ours[at])}, on bare metal ${hex(bare[at])}`;
}
