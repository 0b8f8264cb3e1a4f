// Where following a guest begins and ends: at a marker, at an address, or at a count of instructions.
import {UsageError} from './usage-error.ts';

export type Place = {readonly at: 'marker' | 'address' | 'count'; readonly value: number};

const MARKER = /^marker[ :=]?(\d{1,5})$/, ADDRESS = /^0x([0-9a-f]{1,8})$/i, COUNT = /^\d{1,15}$/;

/** @throws UsageError */
export function readPlace(flag: string, written: string): Place {
  const text = written.trim();
  const marker = MARKER.exec(text), address = ADDRESS.exec(text);
  if (marker) return {at: 'marker', value: Number(marker[1])};
  if (address) return {at: 'address', value: Number.parseInt(address[1], 16) | 0};
  if (COUNT.test(text)) return {at: 'count', value: Number(text)};
  throw new UsageError(`${flag} is '${written}'; give 'marker N', an address such as 0x101000, or a count of instructions`);
}
