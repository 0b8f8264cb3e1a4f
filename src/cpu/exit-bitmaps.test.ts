import test from 'ava';
import {hpa} from '../memory/address.ts';
import {msrExits, portExits} from './exit-bitmaps.ts';
import {Bench} from './testing/single.ts';

const A = 0x2000, B = 0x3000, MSRS = 0x4000;

/** A processor with bitmaps of zeros but for the bits named. */
function withBits(bits: ReadonlyArray<readonly [page: number, bit: number]>): Bench {
  const bench = new Bench();
  Object.assign(bench.cpu.controls, {useIoBitmaps: true, ioBitmapA: A, ioBitmapB: B, useMsrBitmaps: true, msrBitmap: MSRS});
  for (const [page, bit] of bits) bench.memory.writeBytes(hpa(page + (bit >>> 3)), Uint8Array.of(1 << (bit & 7)));
  return bench;
}

const PORTS: ReadonlyArray<readonly [what: string, bits: ReadonlyArray<readonly [number, number]>, port: number, width: number, exits: boolean]> = [
  ['a clear bit passes', [], 0x80, 1, false],
  ['a set bit exits', [[A, 0x80]], 0x80, 1, true],
  ['any byte of a wide access', [[A, 0x83]], 0x80, 4, true],
  ['but none behind it', [[A, 0x84]], 0x80, 4, false],
  ['the upper half has a bitmap of its own', [[B, 0x10]], 0x8010, 1, true],
  ['which does not speak of the lower half', [[B, 0x10]], 0x10, 1, false],
  ['an access across both', [[B, 0]], 0x7fff, 2, true],
  ['past the last port', [], 0xffff, 2, true],
  ['the last port', [], 0xffff, 1, false],
];
for (const [what, bits, port, width, exits] of PORTS) {
  test(`I/O bitmaps: ${what}`, t => t.is(portExits(withBits(bits).cpu, port, width), exits));
}

const REGISTERS: ReadonlyArray<readonly [what: string, bits: ReadonlyArray<readonly [number, number]>, msr: number, write: boolean, exits: boolean]> = [
  ['a clear bit passes a read', [], 0x10, false, false],
  ['a low read', [[MSRS, 0x10]], 0x10, false, true],
  ['says nothing of a write', [[MSRS, 0x10]], 0x10, true, false],
  ['a high read', [[MSRS + 1024, 0x80]], 0xc000_0080 | 0, false, true],
  ['a low write', [[MSRS + 2048, 0x10]], 0x10, true, true],
  ['a high write', [[MSRS + 3072, 0x1fff]], 0xc000_1fff | 0, true, true],
  ['beyond the low range', [], 0x2000, false, true],
  ['beyond the high range', [], 0xc000_2000 | 0, false, true],
];
for (const [what, bits, msr, write, exits] of REGISTERS) {
  test(`MSR bitmaps: ${what}`, t => t.is(msrExits(withBits(bits).cpu, msr, write), exits));
}

test('without bitmaps every access exits', t => {
  const {cpu} = new Bench();
  t.true(portExits(cpu, 0x80, 1));
  t.true(msrExits(cpu, 0x10, false));
});
