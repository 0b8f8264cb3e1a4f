// The address PROM: 16 bytes with the card's address, a checksum, and two letters by which drivers know that it is there. AMD 19436, Address
// PROM Space.
import type {MacAddress} from '../network/wire.ts';

const CHECKSUM = 12, LETTERS = 14;

export function addressProm(address: MacAddress): Uint8Array {
  const prom = new Uint8Array(16);
  prom.set(address);
  prom.fill('W'.charCodeAt(0), LETTERS);
  const sum = prom.reduce((total, byte) => total + byte, 0);
  prom.set([sum & 0xff, sum >>> 8], CHECKSUM);
  return prom;
}
